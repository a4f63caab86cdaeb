from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petition_nlp.entity.dictionary import DictionaryEntry, UserDictionary
from petition_nlp.errors import InputError

SAMPLE = "# 本单位的名称\n\n柳塘镇经管站\tORG\t镇经管站\t经管站\n后港渠整治工程 PROJECT 后港渠\n东湖 小区\tplace\n"


def load(tmp_path: Path, text: str, encoding: str = "utf-8") -> UserDictionary:
    path = tmp_path / "names.txt"
    path.write_text(text, encoding=encoding)
    return UserDictionary.load(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_load_and_find(tmp_path: Path, encoding: str) -> None:
    names = load(tmp_path, SAMPLE, encoding)
    assert len(names) == 3
    text = "柳塘镇经管站管后港渠整治工程，经管站在东湖 小区"
    assert [(k, text[s:e]) for k, s, e in names.find(text)] == [
        ("ORG", "柳塘镇经管站"), ("PROJECT", "后港渠整治工程"), ("ORG", "经管站"), ("PLACE", "东湖 小区"),
    ]  # fmt: skip


def test_normalised_form_is_found() -> None:
    names = UserDictionary([DictionaryEntry("東湖Ａ區", "PLACE")])
    assert names.find("在东湖A区") == [("PLACE", 1, 5)]
    assert names.find("在東湖Ａ區") == [("PLACE", 1, 5)]


def test_no_entries() -> None:
    assert UserDictionary([]).find("什么") == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("甲乙\tORG\n只有名称\n", r"names\.txt:2: the entity type is missing"),
        ("甲乙\tBODY\n", r"names\.txt:1: 'BODY' is no entity type"),
        ("甲\tORG\n", r"names\.txt:1: .* at least 2"),
        ("甲乙\tORG\t乙\n", r"names\.txt:1: .* at least 2"),
        ("甲乙\tORG\n# 注\n丙丁\tPLACE\t甲乙\n", r"names\.txt:3: .*names\.txt:1"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(InputError, match=named):
        load(tmp_path, text)


def test_unreadable(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none"):
        UserDictionary.load(tmp_path / "none.txt")
    with pytest.raises(InputError, match="dictionary"):
        UserDictionary.load(tmp_path)


@settings(deadline=None)
@given(st.text(st.sampled_from("甲乙丙\ud800\U0001f600a"), max_size=30))
def test_spans_fit_any_string(text: str) -> None:
    found = UserDictionary([DictionaryEntry("甲乙", "ORG"), DictionaryEntry("甲乙丙", "PLACE")]).find(text)
    last = 0
    for kind, start, end in found:
        assert last <= start
        assert text[start:end] == {"ORG": "甲乙", "PLACE": "甲乙丙"}[kind]
        assert kind == "PLACE" or text[start : end + 1] != "甲乙丙"
        last = end


def test_jieba_of_ones_own_only(tmp_path: Path) -> None:
    jieba = pytest.importorskip("jieba")
    name = "后港渠整治工程"
    names = UserDictionary([DictionaryEntry(name, "PROJECT"), DictionaryEntry("东湖 小区", "PLACE")])
    mine, other = jieba.Tokenizer(), jieba.Tokenizer()
    names.apply_jieba(mine)
    assert name in mine.lcut("关于后港渠整治工程的事")
    assert name not in other.lcut("关于后港渠整治工程的事")
    assert name not in jieba.dt.FREQ
    for shared in (jieba, jieba.dt):
        with pytest.raises(InputError, match="Tokenizer"):
            names.apply_jieba(shared)
    names.to_jieba(tmp_path / "jieba.txt")
    other.load_userdict(str(tmp_path / "jieba.txt"))
    assert name in other.lcut("关于后港渠整治工程的事")
