from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petition_nlp.redact import RedactionPolicy, Redactor, redact
from petition_nlp.redact.digits import find_numbers
from petition_nlp.redact.names import find_names, is_titled
from petition_nlp.types import Entity

RECALL = RedactionPolicy(recall_first=True)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("我叫钱多多，住在河边。", ["钱多多"]),
        ("本人周水根，男，七十岁。", ["周水根"]),
        ("来电人：吴小满\n诉求：", ["吴小满"]),
        ("联系人 郑秀芬 电话见附件", ["郑秀芬"]),
        ("举报人：欧阳铁柱", ["欧阳铁柱"]),
        ("村主任冯有才把钱拿走了", ["冯有才"]),
        ("我去找王女士、刘姐和陈书记。", ["王女士", "刘姐", "陈书记"]),
        ("李某某与张X、赵*分了钱", ["李某某", "张X", "赵*"]),
        ("参加的有孙志强、马兰花、丁一，都签了字", ["孙志强", "马兰花", "丁一"]),
        ("请领导明察。\n\n潘金旺\n2021年3月", ["潘金旺"]),
        ("老郭说没钱，阿强也说没钱", ["老郭", "阿强"]),
        ("李姓业务员来过", ["李姓业务员"]),
        ("户主扎西旺堆没有领到", ["扎西旺堆"]),
        ("尊敬的赵书记：您好", ["赵书记"]),
        ("支书蒋大山的儿子。后来蒋大山又来", ["蒋大山"]),
    ],
)
def test_names_found(text: str, hidden: list[str]) -> None:
    left = redact([], text, RECALL).text
    for name in hidden:
        assert name not in left


@pytest.mark.parametrize(
    "text", ["高速公路的方案没有任何说明。", "他们关于农田水利工程的计划，全部公开。", "安全生产与平安建设"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact([], text, RECALL).text == text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("打 138 1234 5678 找我", "138 1234 5678"),
        ("打１３８１２３４５６７８找我", "１３８１２３４５６７８"),
        ("座机(0731)8888-1234转8001", "8888-1234"),
        ("电话幺三八零零一二三四五六", "幺三八零零一二三四五六"),
        ("电话：12345", "12345"),
        ("邮箱 zhang.san@example.com 。", "zhang.san@example.com"),
        ("微信号：abc_12345", "abc_12345"),
        ("加QQ 12345678", "12345678"),
        ("VX:lao-wang88", "lao-wang88"),
        ("车牌湘A·12345停在门口", "湘A·12345"),
        ("车牌鄂J0T56K。", "鄂J0T56K"),
        ("身份证 43010219800101123X", "43010219800101123X"),
        ("警号：012005", "012005"),
        ("卡尾号5516", "5516"),
        ("城管CG0027打人", "CG0027"),
        ("电话0410-75812O6", "0410-75812O6"),
    ],
)
def test_numbers_found(text: str, hidden: str) -> None:
    assert hidden not in redact([], text, RECALL).text


@pytest.mark.parametrize("text", ["2019-04-25", "2015-2018", "花了123456元", "2021年12月31日"])
def test_dates_and_short_numbers_stay(text: str) -> None:
    assert redact([], text, RECALL).text == text


def test_only_the_types_asked_for() -> None:
    text = "我叫王秀兰，电话13812345678"
    assert redact([], text, RedactionPolicy(types=("PHONE",), recall_first=True)).text == "我叫王秀兰，电话[电话1]"
    assert (
        redact([], text, RedactionPolicy(types=("PERSON",), recall_first=True)).text == "我叫[人名1]，电话13812345678"
    )


def test_model_settles_doubtful_names() -> None:
    text = "，刘家湾，"
    assert redact([], "，刘建华，", RECALL).text == "，[人名1]，"
    assert redact([Entity("PLACE", "刘家湾", 1, 4)], text, RECALL).text == text


def test_titled() -> None:
    assert is_titled("王书记")
    assert is_titled("老王")
    assert not is_titled("王建国")


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("王李某张三丰国电话0123 -()、，\n号人叫我微信QQ@.a"), max_size=80))
def test_any_string(text: str) -> None:
    for start, end, _ in find_names(text):
        assert 0 <= start < end <= len(text)
    for start, end, kind in find_numbers(text):
        assert 0 <= start < end <= len(text)
        assert kind in ("PHONE", "ID_NUMBER", "CONTACT")


@pytest.mark.parametrize("piece", ["王", "1", "1 ", "某", "、王", "幺", "a", "aB1", "姓", "王 ", "(", "a@", "\n王"])
def test_long_input_ends(piece: str) -> None:
    text = piece * 20_000
    find_names(text)
    find_numbers(text)


@pytest.mark.parametrize("piece", ["某", "王某", "[人名1]", "1 ", "王x", "王建国、", "幺", "老王"])
@pytest.mark.parametrize("action", ["pseudonym", "remove"])
def test_repetitive_input_takes_linear_memory(piece: str, action: str) -> None:
    text = piece * 3_000
    policy = RedactionPolicy(recall_first=True, action=action, scope="file")
    result = Redactor(policy).redact(text)
    assert result.restore(result.originals(text)) == text
    assert max((len(n) for n in _surfaces(text)), default=0) <= 12


def _surfaces(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in find_names(text)]
