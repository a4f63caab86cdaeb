"""Laws, titles and document numbers. Titles and numbers are invented or those of public statutes."""

from __future__ import annotations

from typing import Any

import pytest

from petition_nlp.extract import Context, Match
from petition_nlp.extract.doc_ref import DocRefRecognizer


def find(text: str) -> list[Match]:
    return DocRefRecognizer().find(text, Context())


def surfaces(text: str) -> list[str]:
    return [text[m.start : m.end] for m in find(text)]


@pytest.mark.parametrize(
    ("surface", "value"),
    [
        ("《土地管理法》", {"title": "土地管理法"}),
        ("《土地管理法》第四十七条第二款", {"title": "土地管理法", "article": "第四十七条第二款"}),
        ("《物权法》第73条", {"title": "物权法", "article": "第73条"}),
        ("《行政复议法》第六条、第九条", {"title": "行政复议法", "article": "第六条、第九条"}),
        ("《某县〈低保办法〉实施细则》", {"title": "某县〈低保办法〉实施细则"}),
        ("《关于印发《某市征地办法》的通知》", {"title": "关于印发《某市征地办法》的通知"}),
        ("《某市低保办法》（某民发〔2019〕5号）", {"title": "某市低保办法", "number": "某民发〔2019〕5号"}),
        ("国办发〔2019〕1号", {"number": "国办发〔2019〕1号"}),
        ("某政发[2003]23号", {"number": "某政发[2003]23号"}),
        ("某政发（2014）7号", {"number": "某政发（2014）7号"}),
        ("某土资【2012】2313号", {"number": "某土资【2012】2313号"}),
        ("某林证字第0417号", {"number": "某林证字第0417号"}),
        ("（2018）京0101民初123号", {"number": "（2018）京0101民初123号"}),
        ("GB50096-2011", {"number": "GB50096-2011"}),
        ("劳动法", {"title": "劳动法"}),
        ("物业管理条例第三十条", {"title": "物业管理条例", "article": "第三十条"}),
    ],
)
def test_one_reference(surface: str, value: dict[str, Any]) -> None:
    text = f"答复违反{surface}，请纠正。"
    (match,) = find(text)
    assert text[match.start : match.end] == surface
    assert match.value == value


def test_orders_know_who_gave_them() -> None:
    (match,) = find("按照某某市人民政府令第103号执行")
    assert match.value == {"number": "令第103号", "issuer": "某某市人民政府"}
    assert surfaces("按第五十二号令拆迁") == ["第五十二号令"]


def test_number_and_title_side_by_side_are_one() -> None:
    (match,) = find("依据某发改〔2017〕236号《某市价格规程》执行")
    assert match.value == {"number": "某发改〔2017〕236号", "title": "某市价格规程"}


def test_the_title_line_of_a_rule() -> None:
    (match,) = find("某某市养犬管理条例\n第一条 为了规范养犬行为")
    assert match.value == {"title": "某某市养犬管理条例"}
    assert find("投诉某小区不合规定\n各位领导") == []


@pytest.mark.parametrize(
    "text",
    [
        "《某某晚报》报道", "《群众呼声》栏目", "看了《山里的歌》", "他是公司法人代表", "5号楼和3号线", "2018年3号",
        "第三十条", "根据有关规定", "门牌12号", "《", "》《", "〔2019〕", "号", "没有办法",
    ],
)  # fmt: skip
def test_what_is_no_document(text: str) -> None:
    assert surfaces(text) == []
