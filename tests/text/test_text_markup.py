"""Tags, entities, links, Excel escapes."""

from __future__ import annotations

import pytest

from petition_nlp.text import Normalizer, normalize


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>甲</p><p>乙</p>", "甲\n乙"),
        ("甲 <p>乙<br/>丙</p> ", "甲\n乙\n丙"),
        ("甲<br><br />\n</p>乙", "甲\n乙"),
        ("<STRONG>甲</STRONG>乙", "甲乙"),
        ('<a href="http://a.b/?x>y" target=_blank>甲</a>', "甲"),
        ('<div class="reply"\n id=x>甲</div>乙', "甲\n乙"),
        ("<table><tr><td>姓名</td><td>王某</td></tr></table>丙", "姓名  王某\n丙"),
        ("甲<!-- 注\n释 -->乙", "甲乙"),
        ("甲<script>if (a<b) x('</p>')</script>乙<style>p{}</style >丙", "甲乙丙"),
        ("甲<script>乙", "甲乙"),
        ("<!DOCTYPE html><?xml version='1.0'?><html><body>甲</body></html>", "甲"),
        ("<o:p>甲</o:p>", "甲"),
        ("甲甲&nbsp;&nbsp;乙乙&nbsp丙", "甲甲  乙乙 丙"),
        ("3 &lt; 5 &amp; A&#66;&#x43;&ldquo;丁&rdquo;", "3 < 5 & ABC“丁”"),
        ("&amp;lt;某村&amp;gt;", "<某村>"),
        ("&lt;p&gt;甲&lt;/p&gt;乙", "甲\n乙"),
        ("&#65313;&#8203;&#30007;", "A男"),
        ("甲&nbsp;</p> 乙", "甲\n乙"),
        ("甲 [查看原文](https://tv.example.cn/a_b) 乙", "甲 查看原文 乙"),
        ("![图](/a.png)甲", "图甲"),
        ("甲_x000D_ 乙_x000D_\n丙", "甲\n乙\n丙"),
        ("＜ｂｒ＞甲＜b＞乙＜/b＞", "甲乙"),
        ("甲<b<b>r>乙", "甲\n乙"),
        ("<option selected>甲</option><hr noshade/>", "甲"),
    ],
)
def test_resolved(text: str, expected: str) -> None:
    n = normalize(text)
    assert n.text == expected
    assert "html_removed" in n.notes


@pytest.mark.parametrize(
    "text",
    [
        "3<5且6>4", "<某村>的<李某>", "甲&乙公司", "a&b;", "&notanentity;", "&#0;&#xD800;&#9999999;", "<br",
        "< p >", "<pp>", "if a<b and c>d", "<li 某>", "[政府发文](2017)112号文件", "衡财农指[2011]207号",
        "[甲]乙(丙)", "a_b_c", "_x0041_",
    ],
)  # fmt: skip
def test_kept(text: str) -> None:
    assert normalize(text).identity


def test_a_tag_between_two_characters_lies_inside_their_span() -> None:
    text = "低<b>保</b>金"
    n = normalize(text)
    assert n.text == "低保金"
    assert text[slice(*n.to_original(0, 2))] == "低<b>保"
    assert n.to_normalized(1, 4) == (1, 1)


def test_a_newline_names_the_tags_it_stands_for() -> None:
    text = "甲 </p><p> 乙"
    n = normalize(text)
    assert text[slice(*n.to_original(1, 2))] == " </p><p> "


def test_deep_nesting_loses_its_brackets_but_not_its_words() -> None:
    n = normalize("村" + "<b" * 40 + " >" * 40 + "民")
    assert "markup_discarded" in n.notes
    assert n.text[0] == "村"
    assert n.text[-1] == "民"


def test_line_breaks_are_the_last_to_be_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("petition_nlp.text.normalizer._ROUNDS", 1)
    assert normalize("甲<b>乙\n丙").text == "甲乙\n丙"
    n = normalize("甲&#xff11;\n乙")
    assert n.text == "甲1乙"
    assert n.notes == ["html_removed", "markup_discarded", "width_folded"]


def test_switched_off() -> None:
    assert Normalizer(strip_html=False).normalize("<p>甲&nbsp;</p>").identity
