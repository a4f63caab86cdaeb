"""Crumbs of a web site around an article: where you are, tool bars, counters, links to other pages.

Only whole lines are taken, only lines made up of nothing else, never a text of one line, and never all lines of a text.
A line of fields (``来源：… 时间：… 点击：873次``) goes only when one of them is a counter or a page tool, so that the
form of a hotline ticket stays.
"""

from __future__ import annotations

import re

from .offsets import Edit
from .tables import HAN

_LONGEST = 120

_STARTS = (
    r"[ \t\[【]*(?:您|你|当前|现在|目前|所在|位置|首页|网站首页|主页|本站|字体|字号|大|打印|关闭|分享|收藏|加入收藏"
    r"|设为首页|返回|复制链接|回到|扫一扫|来源|信息来源|文章来源|作者|发布|时间|日期|浏览|点击|阅读|访问|编辑|责任编辑"
    r"|上一|下一|如若转载|如需转载|转载|版权所有|©|Copyright|.?ICP备)"
)
_FIRST = re.compile(_STARTS)
_LATER = re.compile("\n" + _STARTS)

_LOCATION = re.compile(r"(?:您|你)?(?:的)?(?:当前|现在|目前|所在)?(?:的)?(?:所在)?位置\s*[:：].*(?:[>»›→]|首页)")
_ARROW = re.compile(r"\s*(?:>+|[»›→])\s*")
_SLASH = re.compile(r"\s*[/|\\-]\s*")
_HOME = frozenset(("首页", "网站首页", "主页", "本站首页", "返回首页"))
_LEAF = frozenset(("正文", "正文内容", "详情", "详细内容", "内容", "列表"))
_SEGMENT = re.compile(rf"(?=[^{HAN}]*[{HAN}])[^，。！？；：,;!?:]{{1,20}}")
_PUNCTUATED = re.compile("[。！？；]")
_OTHER_PAGE = re.compile(r"[上下]一[篇条页]\s*[:：]")
_NOTICE = re.compile(r"(?:如若|如需)?转载[,，]?请注明|版权所有|©|Copyright", re.IGNORECASE)
_TOOL = re.compile(
    r"打印(?:本页|此页|本文|文章|页面)|关闭(?:窗口|本页|此页|页面)|字[体号](?:大小)?\s*[:：]|分享到?\s*[:：]|分享到"
    r"|收藏(?:本页|此页)|加入收藏|设为首页|返回(?:首页|顶部|列表|上一?页)|回到顶部|复制链接|.?ICP备\d{5,12}号(?:-\d+)?"
)
_COUNTER = re.compile(r"(?:(?:浏览|点击|阅读|访问)(?:次数|数|量|率)?|人气)\s*(?:[:：]\s*\d*|\d+)\s*(?:次|人次|人)?")
_FIELD = re.compile(
    r"(?:(?:信息|文章)?来源|作者|(?:责任)?编辑|(?:发布)?(?:时间|日期)|发布机构|发布人)\s*[:：]\s*"
    r"[^\s，。！？；：:|【】\[\]]{0,25}(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?"
)
_FILLER = re.compile(
    r"打印|关闭|收藏|分享|微信|新浪微博|微博|QQ空间|QQ好友|朋友圈|扫一扫|[大中小]|A[+-]?|T|[\s|丨·/\[\]【】()（）:：]"
)


def find_navigation(text: str) -> list[Edit]:
    """The deletions of whole lines (each with one line break) that are site navigation."""
    if "\n" not in text or not (">" in text or "»" in text or "›" in text or _LATER.search(text) or _FIRST.match(text)):
        return []
    lines = text.split("\n")
    filled = [number for number, line in enumerate(lines) if line and not line.isspace()]
    crumbs = {number for number in filled if _is_crumb(lines[number].strip(" \t"))}
    for order in (filled, filled[::-1]):  # at either end, a path need not name the home page
        for number in order:
            if number not in crumbs and not _is_path(lines[number].strip(" \t"), named=False):
                break
            crumbs.add(number)
    if not crumbs or len(crumbs) == len(filled):
        return []
    edits: list[Edit] = []
    start = 0
    for number, line in enumerate(lines):
        end = start + len(line) + 1
        if number in crumbs:
            if edits and edits[-1][1] == start:
                start = edits.pop()[0]
            edits.append((start, end, ""))
        start = end
    first, last, _ = edits[-1]
    if last > len(text):  # the last line has no break of its own: the one before it goes
        edits[-1] = (first - 1, len(text), "")
    return edits


def _is_crumb(line: str) -> bool:
    if len(line) > _LONGEST or not (_FIRST.match(line) or _ARROW.search(line)) or _PUNCTUATED.search(line):
        return False
    if _LOCATION.match(line) or _OTHER_PAGE.match(line) or _NOTICE.match(line):
        return True
    return _is_path(line, named=True) or _is_tool_bar(line)


def _is_path(line: str, *, named: bool) -> bool:
    """Whether ``line`` is a path of pages (``甲 > 乙 > 丙``); ``named``: one from the home page or to an article."""
    if len(line) > _LONGEST:
        return False
    steps = _ARROW.split(line)
    if len(steps) >= 2:
        known = steps[0] in _HOME or steps[-1] in _LEAF or (not named and len(steps) >= 3)
        return known and all(_SEGMENT.fullmatch(step) for step in steps)
    steps = _SLASH.split(line)
    return len(steps) >= 3 and steps[0] in _HOME and all(_SEGMENT.fullmatch(step) for step in steps)


def _is_tool_bar(line: str) -> bool:
    rest, tools = _TOOL.subn("", line)
    rest, counters = _COUNTER.subn("", rest)
    return tools + counters > 0 and not _FILLER.sub("", _FIELD.sub("", rest))
