"""Phone numbers. All numbers are invented."""

from __future__ import annotations

import pytest

from petition_nlp.extract import Context, Match
from petition_nlp.extract.phone import PhoneRecognizer


def find(text: str) -> list[Match]:
    return PhoneRecognizer().find(text, Context())


@pytest.mark.parametrize(
    ("surface", "value"),
    [
        ("13800001234", {"number": "13800001234", "kind": "mobile"}),
        ("138-0000-1234", {"number": "13800001234", "kind": "mobile"}),
        ("138 0000 1234", {"number": "13800001234", "kind": "mobile"}),
        ("+8613800001234", {"number": "13800001234", "kind": "mobile"}),
        ("0731-88880000", {"number": "073188880000", "kind": "landline"}),
        ("(0731)88880000", {"number": "073188880000", "kind": "landline"}),
        ("0454-2340000", {"number": "04542340000", "kind": "landline"}),
        ("0731-88880000转8001", {"number": "073188880000", "kind": "landline", "ext": "8001"}),
        ("400-123-4567", {"number": "4001234567", "kind": "service"}),
        ("8008101234", {"number": "8008101234", "kind": "service"}),
        ("0000-00000000", {"number": "000000000000", "kind": "landline"}),
    ],
)
def test_one_number(surface: str, value: dict[str, str]) -> None:
    text = f"联系人小李{surface}，随时可打。"
    (match,) = find(text)
    assert text[match.start : match.end] == surface
    assert match.value == value


def test_local_numbers_need_a_word_before_them() -> None:
    assert [m.value for m in find("办公电话6512345。")] == [{"number": "6512345", "kind": "landline"}]
    assert find("编号6512345。") == []
    assert len(find("张三13800001234 李四6512345")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "138****1234", "1380000123", "138000012345", "A13800001234", "拨打12345和110", "12369", "2019-07-07",
        "20190707", "水表编号0000-00000000", "www.a.cn/13800001234", "430102199001011234", "1.13800001234",
    ],
)  # fmt: skip
def test_what_is_no_phone(text: str) -> None:
    assert find(text) == []
