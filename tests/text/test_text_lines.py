"""Site navigation, broken lines, spaced-out words, repeated signs."""

from __future__ import annotations

import pytest

from petition_nlp.text import Normalizer, normalize

BODY = "水渠修好以后一直没有通水。"
LETTER = """关于柳沟村机井款去向的反映
乡纪委：
我们是柳沟乡柳沟村三组的村民。前年秋天村里打了两眼机
井，县水务局拨来四十六万元，说好全部用在井上。可是井打
到一半就停了，钱却报销得干干净净。施工队的老板对我们
讲，他只收到十八万元，剩下的由村会计领走，领条上写的是2021
年腊月。我们去乡里问过三回，经管站的人说账在村里，村里
说账在乡里。
请求：
一、查清四十六万元的去向；
二、把没有打完的井打完，让下游一百二十户人家的地今年能浇
上水。
柳沟村三组村民 白长顺
2023年3月5日"""


@pytest.mark.parametrize(
    "line",
    [
        "首页 > 民生 > 信访", "首页>>政务公开>>通知", "您当前的位置 :某某在线 > 理论在线 > 正文",
        "所在位置:首页 > 水利要闻", "当前位置：首页 » 公告", "首页 / 新闻 / 要闻", "【字体：大 中 小】",
        "字号：大 中 小 打印", "打印本页 关闭窗口", "【打印本页】【关闭窗口】 鄂ICP备00000000号", "分享到：",
        "分享到：微信 微博 QQ空间", "来源：县纪委 时间：2022-07-05 10:33 点击：873次 字体：【大 中 小】",
        "来源：某某日报 浏览次数：1024", "上一篇：县委巡察反馈 下一篇：清风小院",
        "如若转载,请注明出处:https://www.example.com/1.html", "版权所有 某某县人民政府", "　返回顶部　",
    ],
)  # fmt: skip
def test_navigation_goes_as_a_whole_line(line: str) -> None:
    for text in (f"{line}\n{BODY}", f"{BODY}\n{line}", f"{BODY}\n{line}\n{BODY}"):
        n = normalize(text)
        assert "navigation_removed" in n.notes
        assert n.text == text.replace(f"{line}\n", "").replace(f"\n{line}", "")


@pytest.mark.parametrize(
    "line",
    [
        "来源：12345热线 时间：2022-07-05", "我家的位置：三组水塔旁", "首页打不开", "打印店老板说要收钱",
        "分享到朋友圈以后被村里人骂", "字体太小看不清", "来源：村民举报。浏览次数：3", "上一篇稿子没有回音",
        "补偿标准3>2", "作者：某某", "大 中 小三种补贴", "阅读室关了", "时间：今年三月 地点：村部",
    ],
)  # fmt: skip
def test_lines_that_only_look_like_navigation_stay(line: str) -> None:
    assert normalize(f"题目\n{line}\n{BODY}").identity


def test_navigation_alone_stays() -> None:
    assert normalize("首页 > 民生 > 信访").identity
    assert normalize("首页 > 民生 > 信访\n打印本页 关闭窗口").identity
    assert Normalizer(strip_navigation=False).normalize(f"首页 > 民生 > 信访\n{BODY}").identity


def test_many_paths_at_the_ends_go_at_once() -> None:
    paths = "甲网 » 乙栏 » 丙文\n" * 40
    assert normalize(f"{paths}{BODY}\n{paths}").text == f"{BODY}\n"
    assert normalize(f"题目\n甲网 » 乙栏 » 丙文\n{BODY}").identity


def test_navigation_at_both_ends() -> None:
    assert normalize(f"首页 > 民生 > 信访\n{BODY}\n打印本页\n关闭窗口").text == BODY
    assert normalize(f"首页 > 民生 > 信访\n打印本页\n{BODY}\n").text == BODY + "\n"


def test_a_scanned_letter_is_joined_inside_its_sentences() -> None:
    n = normalize(LETTER)
    assert n.notes == ["linebreaks_joined"]
    assert n.text.split("\n") == [
        "关于柳沟村机井款去向的反映",
        "乡纪委：",
        "我们是柳沟乡柳沟村三组的村民。前年秋天村里打了两眼机井，县水务局拨来四十六万元，说好全部用在井上。可是井打到一半就停了，"
        "钱却报销得干干净净。施工队的老板对我们讲，他只收到十八万元，剩下的由村会计领走，领条上写的是2021年腊月。我们去乡里问过三回，"
        "经管站的人说账在村里，村里说账在乡里。",
        "请求：",
        "一、查清四十六万元的去向；",
        "二、把没有打完的井打完，让下游一百二十户人家的地今年能浇上水。",
        "柳沟村三组村民 白长顺",
        "2023年3月5日",
    ]
    at = n.text.index("2021年腊月")
    assert LETTER[slice(*n.to_original(at, at + 7))] == "2021\n年腊月"


@pytest.mark.parametrize(
    "text",
    [
        "反映机井款\n我们村的机井款去了哪里，请查一查",
        "甲村一组张某某三千二百元\n甲村二组李某某四千五百元\n甲村三组王某某五千一百元\n甲村四组赵某某六千三百元",
        "题目\n" + "第一条 本办法适用于本县。\n" * 5,
        "此致\n敬礼\n白长顺",
    ],
)
def test_titles_lists_and_paragraphs_keep_their_breaks(text: str) -> None:
    assert normalize(text).identity


def test_joining_switched_off() -> None:
    assert Normalizer(join_lines=False).normalize(LETTER).identity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("申 请 书", "申请书"),
        ("第一章　总　　则\n第一条", "第一章 总则\n第一条"),
        ("举报人：张 三，男", "举报人：张三，男"),
        ("我 们 村 的 书 记", "我们村的书记"),
    ],
)
def test_spaced_words_are_joined(text: str, expected: str) -> None:
    n = normalize(text)
    assert n.text == expected
    assert "spaces_removed" in n.notes


@pytest.mark.parametrize(
    "text",
    [
        "我去退股 管事的讲没有",
        "村民代表 郑有田 李桂芝",
        "一 二 三",
        "王 小明来了",
        "大 中 小三种补贴",
        "你 我 大家",
        "第一条 本法",
        "3 亩",
        "甲\t乙",
    ],
)
def test_spaces_between_words_stay(text: str) -> None:
    assert normalize(text).identity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不止！！！！！！", "不止！！！"),
        ("=====甲____乙■■■■■", "===甲___乙■■■"),
        ("甲…………", "甲………"),
        ("甲。。。。。乙......", "甲。。。乙..."),
        ("甲\n\n\n\n\n乙乙      丙", "甲\n\n\n乙乙   丙"),
        ("😡😡😡😡😡", "😡😡😡"),
    ],
)
def test_noise_is_shortened_to_three(text: str, expected: str) -> None:
    n = normalize(text)
    assert n.text == expected
    assert n.notes == ["noise_shortened"]


@pytest.mark.parametrize(
    "text", ["10000000元", "哈哈哈哈哈", "138****5678", "张××××", "XXXX村", "！！！", "■■", "○○○○"]
)
def test_repeats_with_a_meaning_stay(text: str) -> None:
    assert normalize(text).identity
