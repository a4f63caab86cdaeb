"""Finds numbers and accounts by which a person can be reached or told, for the recall-first mode.

Wider than the grammars of the package ``extract``: any run of seven digits is hidden, whatever it is.
"""

from __future__ import annotations

import re

from petition_nlp.extract.fold import fold

_SEP = r"[ \t\u00a0\-‐-―－_.·]"
_RUN = re.compile(
    rf"(?:\+ ?)?(?:[(（][0-9]{{2,4}}[)）]{_SEP}{{0,2}})?[0-9](?:{_SEP}{{0,2}}[0-9OoIl]){{6,}}[Xx]?(?:转 ?[0-9]{{1,6}})?"
)
_YEAR = "(?:19|20)[0-9]{2}"
_DATE = re.compile(rf"{_YEAR}{_SEP}[0-9]{{1,2}}{_SEP}[0-9]{{1,2}}(?: [0-9]{{1,2}})?|{_YEAR}{_SEP}{{1,2}}{_YEAR}")
_NUMERAL = "零〇○一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖"
_CHINESE = re.compile(rf"[{_NUMERAL}](?:[ \-－、]{{0,2}}[{_NUMERAL}]){{6,}}")
_PHONE_WORDS = ("电话", "手机", "热线", "联系方式", "致电", "拨打", "座机", "传真", "来电", "号码")
_AFTER_WORD = re.compile(
    rf"(?P<word>{'|'.join(_PHONE_WORDS)}|警号|工号|胸牌|执法证|证号|编号|学号|考号|卡号|账号|帐号|账户|身份证|证件|存折"
    r"|户号|尾号)"
    r"(?:号码?|是|为|尾号)?[:：是为]? ?(?P<number>[A-Za-z]{0,4}[0-9][0-9 \-－]{2,30}[0-9Xx])"
)
_MAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}")
_CHAT = re.compile(
    r"(?:微信|薇信|微 信|威信|企鹅|扣扣|(?<![A-Za-z])(?:[Vv][Xx信]|[Ww][Xx]|[Ww]e[Cc]hat|[Ww]eixin|QQ|qq|Qq))"
    r"(?:同手机)?(?:号码|群号|账号|帐号|号|群|id|ID)?(?:[:：是为]|加| ){0,3}(?P<id>[A-Za-z0-9_][A-Za-z0-9_\-]{4,30})"
)
_PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼楚使领]"
    r"[A-Za-z]{1,2}[·•.\- ]?(?=[A-Za-z0-9 ]{0,6}[0-9])"
    r"[A-Za-z0-9](?: ?[A-Za-z0-9]){3,5}[学警港澳挂]?"
)
_CODE = re.compile(
    r"(?<![0-9A-Za-z])(?=(?:[A-Z]{0,20}[0-9]){5})[0-9A-Z]{8,30}(?![0-9A-Za-z])|(?<![0-9A-Za-z])[A-Z]{1,4}[0-9]{4,}"
)


def find_numbers(text: str) -> list[tuple[int, int, str]]:
    """Candidates as (start, end, type), types PHONE, ID_NUMBER and CONTACT; they may overlap. Any string will do."""
    text = fold(text)
    found: list[tuple[int, int, str]] = []
    for m in _RUN.finditer(text):
        if not _DATE.fullmatch(m[0]) and sum(c.isdigit() for c in m[0]) > 4:
            found.append((*m.span(), _kind(m[0])))
    found += [(*m.span(), "PHONE") for m in _CHINESE.finditer(text)]
    for m in _AFTER_WORD.finditer(text):
        if not _DATE.fullmatch(m["number"]):
            kind = "PHONE" if m["word"] in _PHONE_WORDS and m["number"][0].isdigit() else "ID_NUMBER"
            found.append((*m.span("number"), kind))
    found += [(*m.span(), "CONTACT") for m in _MAIL.finditer(text)]
    found += [(*m.span("id"), "CONTACT") for m in _CHAT.finditer(text)]
    found += [(*m.span(), "ID_NUMBER") for pattern in (_PLATE, _CODE) for m in pattern.finditer(text)]
    return sorted(found)


def _kind(run: str) -> str:
    """Whether a run of digits is rather a phone number or another one."""
    number = run.partition("转")[0]
    digits = re.sub("[^0-9]", "", number)
    if digits.startswith("86") and len(digits) in (12, 13):
        digits = digits[2:]
    return "PHONE" if len(digits) <= 12 and number[-1] not in "Xx" else "ID_NUMBER"
