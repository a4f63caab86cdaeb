"""One character at a time: width, script, spaces, what is removed."""

from __future__ import annotations

import sys
import unicodedata

import numpy as np
import pytest

from petition_nlp.text import Normalizer, fold_char, normalize
from petition_nlp.text.tables import DROP, FOLDED, TRADITIONAL, tables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("２０１９年４月", "2019年4月"),
        ("９０％．５＋３－１／２＠＃＝～￥", "90%.5+3-1/2@#=~¥"),
        ("ＡＢＣａｂｃ", "ABCabc"),
        ("﹪﹤﹐﹕︰﹙﹚", "%<，：：（）"),
        ("﹝2019﹞", "〔2019〕"),
        ("⼈⺠⻋", "人民车"),
        ("\uf900\ufa19", "岂神"),
        ("𝐀𝟏", "A1"),
        ("ｱ｡､", "ア。、"),
        ("王•李‧赵・孙", "王·李·赵·孙"),
        ("3−5–7", "3-5-7"),
        ("「甲」『乙』", "“甲”‘乙’"),
    ],
)
def test_folded(text: str, expected: str) -> None:
    n = normalize(text)
    assert n.text == expected
    assert len(n.text) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "，。！？；：（）“”《》【】、〔〕〈〉…—·", "他说,对;好:吧?行!(是)", "m²和㎡、㎥、℃", "①②⑩⑴㈠", "ⅠⅣ", "½",
        "㍿№", "著名、乾县、瞭望、哪吒、蒜薹", "🙂", "一\t二", "é", "○〇",
    ],
)  # fmt: skip
def test_kept(text: str) -> None:
    n = normalize(text)
    assert n.identity
    assert n.text is text
    assert n.notes == []


def test_circled_numbers_do_not_run_into_years() -> None:
    assert normalize("补助款②2013年").text == "补助款②2013年"


def test_traditional_becomes_simplified() -> None:
    n = normalize("縣裡說這個補償與後來的徵地沒關係")
    assert n.text == "县里说这个补偿与后来的征地没关系"
    assert n.notes == ["traditional"]
    assert n.to_original(2, 5) == (2, 5)


def test_traditional_stays_when_not_asked_for() -> None:
    assert Normalizer(simplify=False).normalize("縣「裡」").identity
    assert Normalizer(fold_width=False).normalize("１２％").identity


def test_spaces_and_line_ends() -> None:
    n = normalize("甲甲\u3000\xa0乙\r\n丙\r丁\u2028戊\x0c")
    assert n.text == "甲甲  乙\n丙\n丁\n戊\n"
    assert n.notes == ["spaces_folded", "newlines_folded"]


def test_removed() -> None:
    n = normalize("\ufeff\u200b甲\x00\xad乙\u202e\ufe0f\x1f丙\u200d")
    assert n.text == "甲乙丙"
    assert n.notes == ["control_removed"]
    assert n.to_original(0, 3) == (2, 10)
    assert n.to_original(0, 1) == (2, 3)
    assert n.to_normalized(0, 2) == (0, 0)


def test_lone_surrogates_become_encodable() -> None:
    n = normalize("甲\ud800乙\udc00")
    assert n.text == "甲\ufffd乙\ufffd"
    assert n.notes == ["surrogates_replaced"]


@pytest.mark.parametrize("simplify", [True, False])
@pytest.mark.parametrize("fold_width", [True, False])
def test_tables_are_at_rest_after_one_step(simplify: bool, fold_width: bool) -> None:
    fold, classes = tables(simplify, fold_width)
    kept = np.flatnonzero(classes & DROP == 0)
    targets = fold[kept]
    assert (fold[targets] == targets).all()
    assert not (classes[targets] & FOLDED).any()
    changed = fold != np.arange(sys.maxunicode + 1)
    assert (classes[changed & (classes & DROP == 0)] & FOLDED).all()


def test_common_simplified_characters_are_never_taken_for_traditional() -> None:
    fold, classes = tables()
    gb2312 = [chr(code) for code in range(0x4E00, 0xA000) if _in_gb2312(chr(code))]
    changed = {char for char in gb2312 if classes[ord(char)] & TRADITIONAL}
    # GB 2312 holds these as surnames or variants; in running text they are traditional or mean the same.
    assert changed <= set("夥後徵拚捱摺於榘菸袷醣麴麽")
    assert all(unicodedata.name(chr(int(fold[ord(char)]))) for char in changed)


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def test_fold_char() -> None:
    assert fold_char("％") == "%"
    assert fold_char("％", fold_width=False) == "％"
    assert fold_char("\u200b") == ""
    assert fold_char("縣", simplify=False) == "縣"
