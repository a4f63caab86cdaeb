"""HTML tags, comments and entities, Markdown links, and the ``_x000D_`` that Excel leaves in exported cells.

Only tag names that exist are touched (``<某村>`` and ``3<5`` stay). Block tags become one newline together with the
white space around them, or nothing at the ends of the text; table cells become a space; other tags vanish. The content
of script and style goes with them. A Markdown link keeps its words; it is one only if its target looks like an address
(``[2017](112)号`` stays).
"""

from __future__ import annotations

import html
import re
from html.entities import html5

from .offsets import Edit

_BLOCK_NAMES = """
    address article aside blockquote body br caption center dd details dir div dl dt fieldset figcaption figure footer
    form frameset h1 h2 h3 h4 h5 h6 head header hr html legend li main menu nav ol optgroup option p pre section select
    summary table tbody template tfoot thead title tr ul
"""
_INLINE_NAMES = """
    a abbr acronym area audio b base basefont bdi bdo big button canvas cite code col colgroup data datalist del dfn
    dialog em embed font frame i iframe img input ins kbd label link map mark marquee meta meter nobr noframes noscript
    object output param picture progress q rp rt ruby s samp script small source span strike strong style sub sup svg
    textarea time track tt u var video wbr o:p
"""
_BLOCK = frozenset(_BLOCK_NAMES.split())
_CELL = frozenset(("td", "th"))
_INLINE = frozenset(_INLINE_NAMES.split())
_NAMES = "|".join(sorted(_BLOCK | _CELL | _INLINE, key=len, reverse=True))

# Attribute text never crosses a "<", so that every failed attempt ends at the next one: linear on any input.
_ATTRIBUTES = r"""(?P<attributes>\s(?:[^<>"']|"[^"<]{0,500}"|'[^'<]{0,500}'){0,4000}|\s[^<>]{0,4000})?"""
_TOKEN = re.compile(
    rf"<(?=[!?/a-z])(?:(?P<comment>!--)|(?P<close>/?)(?P<name>{_NAMES}){_ATTRIBUTES}\s{{0,9}}/?>|(?:!doctype|\?xml)\b[^<>]{{0,500}}>"
    r"|!\[CDATA\[)"
    r"|&(?:amp;)*(?P<entity>\#[0-9]{1,7};|\#x[0-9a-f]{1,6};|[a-z][a-z0-9]{1,30};|nbsp(?![a-z;]))"
    r"|(?P<excel>(?:_x000[da]_)+\n?)"
    r"|\]\]>",
    re.IGNORECASE | re.ASCII,
)
_LINK = re.compile(
    r"!?\[([^\[\]\n]{0,200})\]\((?:https?://|www\.|/|\#|mailto:|javascript:)[^()\s]{0,2000}\)", re.IGNORECASE | re.ASCII
)
_CLOSERS = {
    "comment": re.compile("-->"),
    "script": re.compile(r"</script\s{0,9}>", re.IGNORECASE | re.ASCII),
    "style": re.compile(r"</style\s{0,9}>", re.IGNORECASE | re.ASCII),
}
_WHITE = frozenset(" \t\n")
_BLANKS = _WHITE | {""}


def find_markup(text: str) -> list[Edit]:
    """The edits that take markup out of ``text`` (one level of it: what they uncover is found on the next call)."""
    if "<" in text or "&" in text or "_x000" in text or "_X000" in text:
        edits = _merge_blocks(text, _tokens(text))
        if edits:
            return edits
    return _links(text) if "](" in text else []


def _tokens(text: str) -> list[Edit]:
    """Each tag, comment, entity by itself; a block tag as a newline."""
    edits: list[Edit] = []
    unclosed: set[str] = set()
    position = 0
    while (found := _TOKEN.search(text, position)) is not None:
        start, end = found.span()
        position = end
        name = (found["name"] or "").lower()
        if name and not _plausible(name, found["attributes"]):
            position = start + 1
            continue
        if found["entity"]:
            char = _decode(found["entity"])
            if char is None:
                continue
            edits.append((start, end, char))
        elif found["excel"] or name in _BLOCK:
            edits.append((start, end, "\n"))
        elif name in _CELL:
            edits.append((start, end, " "))
        else:
            kind = "comment" if found["comment"] else "" if found["close"] else name
            if kind in _CLOSERS:
                closer = None if kind in unclosed else _CLOSERS[kind].search(text, end)
                if closer is not None:
                    position = end = closer.end()
                else:
                    unclosed.add(kind)  # not searched for again: the text is read once, however many are opened
            edits.append((start, end, ""))
    return edits


def _plausible(name: str, attributes: str | None) -> bool:
    """Whether what follows a tag name is attributes: ``a<b and c>d`` and ``<p 某>`` are not tags."""
    if not attributes or "=" in attributes:
        return True
    words = attributes.strip(" \t\n/")
    return not words or (len(name) > 1 and words.isascii())


def _decode(entity: str) -> str | None:
    """The character of an entity (given without its ``&``), ``""`` for one without meaning, None if unknown."""
    if entity.startswith("#"):
        code = int(entity[2:-1], 16) if entity[1] in "xX" else int(entity[1:-1])
        if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
            return None
        return html.unescape(f"&#{code};")[:1]  # knows the Windows-1252 numbers that old editors wrote
    if entity.lower() in ("nbsp", "nbsp;"):
        return " "
    char = html5.get(entity, "")
    return char if len(char) == 1 else None


def _merge_blocks(text: str, edits: list[Edit]) -> list[Edit]:
    """Widen each newline over the white space and the vanishing tags beside it, so that runs of them become one."""
    merged: list[Edit] = []
    index = 0
    while index < len(edits):
        start, end, new = edits[index]
        index += 1
        if new == "\n":
            while True:
                floor = merged[-1][1] if merged else 0
                while start > floor and text[start - 1] in _WHITE:
                    start -= 1
                if not merged or floor != start or merged[-1][2] not in _BLANKS:
                    break
                start = merged.pop()[0]
            while True:
                while end < len(text) and text[end] in _WHITE:
                    end += 1
                if index == len(edits) or edits[index][0] > end or edits[index][2] not in _BLANKS:
                    break
                end = edits[index][1]
                index += 1
            if start == 0 or end == len(text):
                new = ""
        merged.append((start, end, new))
    return merged


def _links(text: str) -> list[Edit]:
    edits: list[Edit] = []
    for found in _LINK.finditer(text):
        edits.append((found.start(), found.start(1), ""))
        edits.append((found.end(1), found.end(), ""))
    return edits
