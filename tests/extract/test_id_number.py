"""Personal and organisational numbers. All are invented: their checks fit, nobody owns them as far as we know."""

from __future__ import annotations

from typing import Any

import pytest

from petition_nlp.extract import Context, Match
from petition_nlp.extract.id_number import IdNumberRecognizer


def find(text: str) -> list[Match]:
    return IdNumberRecognizer().find(text, Context())


def value(text: str) -> dict[str, Any]:
    (match,) = find(text)
    assert match.value is not None
    return match.value


def citizen_id(body: str) -> str:
    """A body of 17 digits with its check character (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def credit_code(body: str) -> str:
    """A body of 17 characters with its check character (GB 32100)."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(signs.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + signs[(31 - total % 31) % 31]


def bank_card(body: str) -> str:
    for check in "0123456789":
        digits = [int(d) for d in reversed(body + check)]
        if sum(d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(digits)) % 10 == 0:
            return body + check
    raise AssertionError


def test_a_citizen_id_tells_birth_and_sex() -> None:
    assert value("身份证" + citizen_id("11010119900101001")) == {
        "kind": "citizen_id", "valid": True, "region": "110101", "birth": "1990-01-01", "sex": "男",
    }  # fmt: skip
    assert value(citizen_id("43010219561231006"))["sex"] == "女"


def test_a_wrong_check_digit_is_found_and_not_valid() -> None:
    number = citizen_id("11010119900101001")
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    assert value(f"身份证号{wrong}")["valid"] is False


def test_an_impossible_birth_needs_the_word_beside_it() -> None:
    assert find("流水号110101199013010017完成") == []
    assert value("身份证110101199013010017")["valid"] is False


def test_the_old_citizen_id_of_fifteen_digits() -> None:
    assert value("身份证110101900101001") == {
        "kind": "citizen_id", "valid": True, "region": "110101", "birth": "1990-01-01", "sex": "男",
    }  # fmt: skip


def test_bank_cards() -> None:
    card = bank_card("622588000000123456")
    assert value(f"打到{card}上") == {"kind": "bank_card", "valid": True}
    assert value(f"打到{card[:4]} {card[4:8]} {card[8:12]} {card[12:16]} {card[16:]}上")["valid"] is True
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert find(f"订单{wrong}") == []
    assert value(f"卡号{wrong}") == {"kind": "bank_card", "valid": False}


def test_credit_codes() -> None:
    code = credit_code("91430100MA4L00000")
    assert value(f"代码{code}。") == {"kind": "credit_code", "valid": True, "region": "430100"}
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert find(f"合同{wrong}。") == []
    assert value(f"统一社会信用代码{wrong}")["valid"] is False


@pytest.mark.parametrize(
    ("surface", "number"),
    [
        ("浙A12345", "浙A12345"),
        ("粤B·D12345", "粤BD12345"),
        ("黑M0T9K2", "黑M0T9K2"),
        ("鄂J·0T56K", "鄂J0T56K"),
        ("京a12345", "京A12345"),
    ],
)
def test_plates(surface: str, number: str) -> None:
    text = f"车牌{surface}的货车"
    (match,) = find(text)
    assert text[match.start : match.end] == surface
    assert match.value == {"kind": "plate", "valid": True, "number": number}


def test_a_plate_of_no_province_is_not_valid() -> None:
    assert value("楚A12345")["valid"] is False


def test_service_numbers_of_officers() -> None:
    text = "民警（警号：012005）"
    (match,) = find(text)
    assert (text[match.start : match.end], match.value) == (
        "012005",
        {"kind": "other", "valid": True, "number": "012005"},
    )


@pytest.mark.parametrize(
    "text", ["4301021990****1234", "浙A1", "新A股上市", "13800001234", "2019年", "编号12", "0" * 40, "苏" * 50]
)
def test_what_is_no_number_of_a_person(text: str) -> None:
    assert find(text) == []
