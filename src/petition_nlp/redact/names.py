"""Finds what may be a person's name by rule, for the recall-first mode: better a word hidden than a name left.

Each place where a surname stands is scored: how telling the surname is, whether given-name characters follow, what
stands before (我叫, 村民, 主任 …) and behind (同志, 等人, 的妻子 …), and whether the word is an ordinary one. Names
beside other names in a list need less. The rules were developed on the project's training texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from petition_nlp.entity.surname import COMPOUND, SINGLE
from petition_nlp.entity.values import person_value
from petition_nlp.redact.surnames import (
    AFTER,
    BEARERS,
    BEFORE,
    BEFORE_WEAK,
    COMMON,
    ENDS,
    ETHNIC,
    GIVEN,
    INTRODUCTION,
    MAJOR,
    NEVER,
    NO_NAME_BEFORE_TITLE,
    NO_NUMERAL,
    NOT_BEHIND,
    ORDINARY,
    PLAIN,
    RARE,
    SELDOM,
    SHORT_TITLES,
    TITLES,
)

Span = tuple[int, int]

_CJK = "\u3400-\u9fff"


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=lambda w: (-len(w), w)))


_REST = "".join(sorted(SINGLE - set(PLAIN + COMMON)))
_SURNAME = f"(?:{_any(COMPOUND)}|[{PLAIN}{COMMON}{_REST}])"
_ANY_SURNAME = re.compile(_SURNAME)
_BEFORE = re.compile(rf"(?:{_any(BEFORE)})[是为叫:：,，\s“\"'‘(（【\[]{{0,3}}$")
_BEFORE_WEAK = re.compile(rf"(?:{_any(BEFORE_WEAK)})$")
_AFTER = re.compile(rf"[\s)）”\"]?(?:{_any(AFTER)})")
_NOT_BEHIND = re.compile(_any(NOT_BEHIND))
_TITLE = f"(?:副|总)?(?:{_any(TITLES)})"
_BEARER = f"(?:{_any(TITLES)}|{_any(BEARERS)})"
_NAME_TITLED = re.compile(_TITLE)
_MASKED = re.compile(  # looked for at every place: 主任张某 is no 任张某
    rf"(?=(?P<name>(?:{_SURNAME}|[{_CJK}](?=某)(?<![在有和的由个为是对从向以与跟被把让给到因凭及等或按]))"
    rf"(?:某{{1,3}}(?:[A-Za-z0-9]|甲|乙|丙|丁)?|[XxＸ×*＊○〇□△]{{1,3}}(?![A-Za-z0-9*])|[{_CJK}](?:某|[*＊×]))[{GIVEN}]?))"
)
_TITLED = re.compile(_SURNAME + _TITLE)
_SHORT_TITLED = re.compile(rf"[{PLAIN}{MAJOR}](?:副|总)?[{SHORT_TITLES}](?![{SHORT_TITLES}长员])")
_OF_SURNAME = re.compile(
    rf"{_SURNAME}姓的?[{_CJK}]{{0,4}}?{_BEARER}"
    rf"|(?<=[一个叫是位])姓{_SURNAME}(?:的[{_CJK}]{{0,3}}?{_BEARER})?"
    rf"|{_SURNAME}氏(?:兄弟|姐妹|父子)?"
)
_LATIN = re.compile(rf"[{PLAIN}{MAJOR}于易云高方石](?:[a-z]{{2,8}}|[A-Z][a-z]{{1,7}}|[A-Z]{{1,2}})(?![A-Za-z0-9])")
_FAMILIAR = re.compile(rf"[老小阿][{PLAIN}{COMMON}](?:头|哥|姐|妹|嫂|叔|伯|爷|儿|子)?|阿[{GIVEN}]")
_ETHNIC = re.compile(rf"(?:{_any(ETHNIC)})(?:{_any(ETHNIC)}|[{GIVEN}])?某?")
_KIN = re.compile("[二三四五六七八九幺](?:爷爷?|奶奶|叔|婶|伯|嫂|姨|爹|婆婆?|哥|姐|娃|狗)")
_DOTTED = re.compile(rf"[{_CJK}]{{1,6}}(?:[·•‧・][{_CJK}]{{1,8}}){{1,3}}")
_SURE = (_MASKED, _TITLED)
_SHAPES = (*_SURE, _SHORT_TITLED, _OF_SURNAME, _LATIN, _FAMILIAR, _ETHNIC, _KIN, _DOTTED)
_INTRODUCED = re.compile(
    rf"(?:{_any(INTRODUCTION)})(?:是|为)?[:：\s(（]{{0,4}}(?P<name>(?:[{_CJK}](?![:：])){{2,4}})"
    r"(?=[\s,，。;；、()（）0-9*]|$|电话|手机|联系|身份)"
)
_NICKNAMED = re.compile(rf"(?:外号|绰号|人称|诨名|小名)[叫是为:：“\"]{{0,2}}(?P<name>[{_CJK}]{{2,3}})")
_SIGNATURE = re.compile(
    rf"(?:^|\n)[ \t]*(?P<name>{_SURNAME} ?[{_CJK}](?: ?[{_CJK}])?)[ \t]*(?=\n|$|[0-9*(（]|电话|手机|联系)"
)
_SPACED = re.compile(rf"(?<![{_CJK}])(?P<name>{_SURNAME} {{1,3}}[{GIVEN}])(?![{_CJK}])")
_OFFICE = "(?:书记|市长|县长|区长|镇长|局长|主任|省长|部长|乡长)"
_ADDRESSED = re.compile(
    rf"(?:尊敬的|敬爱的|亲爱的|恳请|请求?|希?望|感谢|麻烦)(?P<name>[{_CJK}]{{1,3}}?{_OFFICE})"
    rf"|(?<![{_CJK}])(?P<opening>[{_CJK}]{{1,3}}?{_OFFICE})(?=[，,：: ]{{0,3}}[您你])"
)
_ITEM = re.compile(
    r"\s{0,4}(?:[、,，;；/ \t\n]|[0-9]{1,3}[.、,，: ]?|[(（][^()（）\n]{1,12}[)）]|和|与|及){1,3}\s{0,4}"
    rf"(?P<name>[{_CJK}]{{2,4}})(?![{_CJK}])"
)
_EDGE = frozenset("，。、；：？！“”‘’（）()《》〈〉【】[]「」…—-·~,.;:?!\"'<>/\\| \n\t　0123456789*")
_WEIGHT = {**dict.fromkeys(PLAIN, 2.0), **dict.fromkeys(MAJOR, 1.8), **dict.fromkeys(RARE + _REST, 0.0)}
_PREPOSITION = frozenset("向和应从于查信关万全年官满")
_GIVEN = frozenset(GIVEN)
_NUMERALS = frozenset("一二三四五六七八九十百千几两")
_THRESHOLD = 3.0


def is_titled(surface: str) -> bool:
    """Whether a person is called by surname and title or familiarly (王书记, 老王), not by the full name."""
    value = person_value(surface)
    return value is not None and value["kind"] in ("surname_title", "nickname")


def find_names(text: str) -> list[tuple[int, int, bool]]:
    """Candidates in normalised text as (start, end, sure), sorted; they may overlap. Linear in the text."""
    found: dict[Span, bool] = {}
    for pattern in _SHAPES:
        for m in pattern.finditer(text):
            start, end = m.span("name") if pattern is _MASKED else m.span()
            if text[start] in _PREPOSITION and not _edge(text, start - 1):
                continue
            if text[start : start + 2] not in ORDINARY and (not start or text[start - 1 : start + 1] not in ENDS):
                found[start, end] = pattern in _SURE
    for pattern in (_INTRODUCED, _SIGNATURE, _SPACED, _NICKNAMED):
        for m in pattern.finditer(text):
            name = m["name"]
            if not set(name[1:].replace(" ", "")) & NEVER and name[:2] not in ORDINARY:
                found[m.span("name")] = True
    for m in _ADDRESSED.finditer(text):
        group = "name" if m["name"] else "opening"
        name = m[group][:-2]
        if name[-2:] not in NO_NAME_BEFORE_TITLE and name[-1] not in "副总党长委府市县区省镇乡村的求问请":
            found[m.span(group)] = True
    for m in _ANY_SURNAME.finditer(text):
        best = _best(text, m.start(), m.end())
        if best:
            found[m.start(), best] = False
    _extend_lists(text, found)
    return sorted((start, end, sure) for (start, end), sure in found.items())


def _edge(text: str, place: int) -> bool:
    return place < 0 or text[place] in _EDGE


def _best(text: str, start: int, given: int) -> int | None:
    """Where the name ends that begins with the surname ``text[start:given]``; None when none does."""
    if text[given : given + 1] in NEVER or given >= len(text):
        return None
    if text[start] in NO_NUMERAL and text[given] in _NUMERALS:
        return None
    score = _WEIGHT.get(text[start], 0.8)
    if text[start : start + 2] in ORDINARY:
        score -= 3.5
    elif given - start > 1:
        score = 3.0
    before = text[max(0, start - 8) : start]
    if before and before[-1] + text[start] in ENDS:
        score -= 2.5
    if _BEFORE.search(before):
        score += 2.5
    elif not before or before[-1] in _EDGE or _BEFORE_WEAK.search(before):
        score += 0.7
    for size in (2, 1):
        stop = given + size
        piece = text[given:stop]
        if len(piece) < size or any(c in NEVER or not "\u3400" <= c <= "\u9fff" for c in piece):
            continue
        worth = score + sum(0.9 if c in _GIVEN else -1.2 if c in SELDOM else -0.6 for c in piece)
        if piece[0] == "家":  # 谢家 is a place or a family
            worth -= 1.0
        if size == 2 and piece in ORDINARY:
            worth -= 1.5
        if _AFTER.match(text, stop) or _NAME_TITLED.match(text, stop):
            worth += 2.0
        elif stop >= len(text) or text[stop] in _EDGE:
            worth += 0.8
        if piece[-1] in "镇道苑街巷" or _NOT_BEHIND.match(text, stop):
            worth -= 2.0
        if worth >= _THRESHOLD:
            return stop
    return None


def _extend_lists(text: str, found: dict[Span, bool]) -> None:
    """Items of a list in which a name stands are names too when they begin with a surname (刘某、王强、李二)."""
    todo = sorted(found)
    while todo:
        _, end = todo.pop()
        m = _ITEM.match(text, end)
        if not m:
            continue
        span = m.span("name")
        name = m["name"]
        if span in found or set(name[1:]) & NEVER or name in ORDINARY or name[:2] in ORDINARY:
            continue
        if _ANY_SURNAME.match(name) and len(name) <= 4:
            found[span] = False
            todo.append(span)
