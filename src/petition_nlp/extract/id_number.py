"""ID_NUMBER: citizen IDs, bank cards, unified social credit codes, licence plates and service numbers of officers.

Check digits are verified (GB 11643 for citizen IDs, Luhn for bank cards, GB 32100 for credit codes). A number whose
check fails is still found, with ``valid`` false, when its shape or the words beside it say what it is: people mistype.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from .base import Context, Match, merge

_FREE = "(?<![0-9A-Za-z*])"
_END = "(?![0-9A-Za-z*])"
_LONG = re.compile("[0-9A-Z](?:[0-9A-Z]{12}|[0-9]{3} [0-9]{4} )")
_CITIZEN = re.compile(rf"{_FREE}[1-9][0-9]{{16}}[0-9Xx]{_END}|{_FREE}[1-9][0-9]{{14}}{_END}")
_CARD = re.compile(rf"{_FREE}[1-9][0-9]{{3}}(?:(?: [0-9]{{4}}){{3}}(?: [0-9]{{1,4}})?|[0-9]{{9,15}}){_END}")
_CREDIT = re.compile(rf"{_FREE}[1-9ANY][1-59][0-9]{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}{_END}")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# 楚 stands for a province in pseudonymised texts
_PLATE = re.compile(
    rf"[{_PROVINCES}楚][A-Za-z][·•. ]?(?P<serial>(?=[A-Za-z0-9]{{0,5}}[0-9])[A-Za-z0-9]{{4,6}})[学警港澳领]?{_END}"
)
_LATIN = re.compile("[A-Za-z][·•. ]?[A-Za-z0-9]{4}")
_SERVICE_WORDS = ("警号", "工号", "胸牌", "执法证", "编号", "学号", "考证号")
_SERVICE = re.compile(
    "(?:警号|工号|胸牌号?|执法证号?|编号|学号|准考证号)(?:为|是|[:：])? ?"
    "(?P<number>[A-Za-z]{0,4}[0-9]{5,12})(?![0-9A-Za-z号-])"
)
_ABOUT_CITIZEN = re.compile("身份证|证件号|身份号|公民")
_ABOUT_CARD = re.compile("卡号?|账号|帐号|账户|帐户|户头|存折|开户|农信|银行")
_ABOUT_CREDIT = re.compile("信用代码|统一代码|社会信用")

_REGIONS = {
    11,
    12,
    13,
    14,
    15,
    21,
    22,
    23,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    41,
    42,
    43,
    44,
    45,
    46,
    50,
    51,
    52,
    53,
    54,
    61,
    62,
    63,
    64,
    65,
    71,
    81,
    82,
}
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECK = "10X98765432"
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


class IdNumberRecognizer:
    """Personal and organisational numbers; the module's description lists the kinds, docs/values.md the value."""

    type = "ID_NUMBER"

    def find(self, text: str, context: Context) -> list[Match]:
        found: list[Match] = []
        if _LONG.search(text):
            for pattern, read in ((_CITIZEN, _citizen), (_CREDIT, _credit), (_CARD, _card)):
                more = []
                for m in pattern.finditer(text):
                    if value := read(m[0], text[max(0, m.start() - 15) : m.start()]):
                        more.append(
                            Match("ID_NUMBER", *m.span(), value, 0.98 if value["valid"] else 0.8, value["kind"])
                        )
                found = merge(found, more)
        if _LATIN.search(text):
            plates = [Match("ID_NUMBER", *m.span(), _plate(m), 0.95, "plate") for m in _PLATE.finditer(text)]
            found = merge(found, plates)
        if "号" in text and any(word in text for word in _SERVICE_WORDS):
            services = [
                Match(
                    "ID_NUMBER",
                    *m.span("number"),
                    {"kind": "other", "valid": True, "number": m["number"]},
                    0.7,
                    "other",
                )
                for m in _SERVICE.finditer(text)
            ]
            found = merge(found, services)
        return found


def _citizen(number: str, before: str) -> dict[str, Any] | None:
    """A citizen ID of 18 or 15 characters: region, birth and sex as its digits say."""
    birth_text = number[6:14] if len(number) == 18 else "19" + number[6:12]
    birth = _date(birth_text)
    plausible = birth is not None and int(number[:2]) in _REGIONS
    if not plausible and not _ABOUT_CITIZEN.search(before):
        return None
    valid = plausible
    if len(number) == 18:
        total = sum(int(digit) * weight for digit, weight in zip(number, _CITIZEN_WEIGHTS, strict=False))
        valid = plausible and _CITIZEN_CHECK[total % 11] == number[17].upper()
    value: dict[str, Any] = {"kind": "citizen_id", "valid": valid, "region": number[:6]}
    if birth:
        value["birth"] = birth.isoformat()
    value["sex"] = "男" if int(number[16 if len(number) == 18 else 14]) % 2 else "女"
    return value


def _date(digits: str) -> datetime.date | None:
    try:
        date = datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return date if 1900 <= date.year <= 2100 else None


def _card(number: str, before: str) -> dict[str, Any] | None:
    """A bank card of 16 to 19 digits that passes Luhn, or any of 13 to 19 after a word such as 卡号."""
    digits = number.replace(" ", "")
    valid = _luhn(digits)
    about = _ABOUT_CARD.search(before)
    if not about and not (valid and 16 <= len(digits) <= 19 and digits[0] in "34569"):
        return None
    return {"kind": "bank_card", "valid": valid}


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def _credit(code: str, before: str) -> dict[str, Any] | None:
    """A unified social credit code: one that passes its check, or any after 信用代码."""
    total = sum(_CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(code, _CREDIT_WEIGHTS, strict=False))
    valid = _CREDIT_SIGNS[-total % 31] == code[17]
    return (
        {"kind": "credit_code", "valid": valid, "region": code[2:8]} if valid or _ABOUT_CREDIT.search(before) else None
    )


def _plate(m: re.Match[str]) -> dict[str, Any]:
    serial, shown = m["serial"].upper(), re.sub("[·•. ]", "", m[0]).upper()
    standard = len(serial) == 5 or (len(serial) == 6 and (serial[0] in "ABCDEFGHJK" or serial[-1] in "ABCDEFGHJK"))
    return {
        "kind": "plate",
        "valid": standard and shown[0] in _PROVINCES and not set(serial) & set("IO"),
        "number": shown,
    }
