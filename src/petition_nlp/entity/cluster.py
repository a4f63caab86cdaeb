"""Which mentions of one text mean the same person, body or place. Errs on the side of keeping them apart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

_CLUSTERED = ("PERSON", "ORG", "PLACE")
# Spellings of one body, brought to one form before suffixes are compared.
_BODY_FORMS = (
    ("村民委员会", "村委会"),
    ("居民委员会", "居委会"),
    ("业主委员会", "业委会"),
    ("街道办事处", "街道办"),
    ("人民政府", "政府"),
    ("镇府", "镇政府"),
    ("村村委", "村委"),
)
_BODY_FORM = re.compile("委员会|办事处|政府|镇府|村委")
_FIRM = re.compile("(?:有限责任|股份有限|有限)?(?:责任)?(?:公司|集团)$")
_FIRM_TRADE = re.compile(
    "(?:房地产开发|房地产|置业|地产|物业管理|物业服务|物业|建筑工程|建设工程|建筑|建设|工程|实业|投资|贸易|商贸|科技|发展|旅游|开发)+$"
)
# Where a name above may end before a shorter form of the place begins.
_PLACE_EDGE = frozenset("省市县区州盟旗镇乡村道社木")
_POST_NEAR = 1  # characters between a name and the post beside it

Entity = tuple[str, int, int, Mapping[str, Any] | None]


def assign_clusters(text: str, entities: Sequence[Entity]) -> list[int | None]:
    """Ids shared by mentions of the same person, body or place; None for a mention that stands alone.

    Equal surfaces of one type belong together. 王某, 王支书 and 老王 join 王建国 when he is the only person of that
    surname named in full and they cannot be two people themselves. 镇政府 joins 柳塘镇政府, 金鼎村 joins 春华镇金鼎村
    when there is just one such longer name.

    Args:
        text: the text the offsets count in.
        entities: (type, start, end, value) in any order; value as of ``person_value`` and ``Gazetteer.resolve``.

    Returns:
        One id per entity, counted from 0 in the order of first mention; PERSON, ORG and PLACE only.
    """
    keys: list[tuple[str, str] | None] = [None] * len(entities)
    members: dict[str, dict[str, list[int]]] = {kind: {} for kind in _CLUSTERED}
    for i, (kind, start, end, _) in enumerate(entities):
        if kind in members and (surface := "".join(text[max(start, 0) : max(end, 0)].split())):
            keys[i] = (kind, surface)
            members[kind].setdefault(surface, []).append(i)
    links = _Links()
    _persons(text, entities, members["PERSON"], links)
    _bodies(members["ORG"], links)
    _places(entities, members["PLACE"], links)
    size: dict[tuple[str, str], int] = {}
    roots: list[tuple[int, int, tuple[str, str]]] = []
    for i, key in enumerate(keys):
        if key:
            root = links.root(key)
            size[root] = size.get(root, 0) + 1
            roots.append((entities[i][1], i, root))
    ids: dict[tuple[str, str], int] = {}
    out: list[int | None] = [None] * len(entities)
    for _, i, root in sorted(roots):
        if size[root] > 1:
            out[i] = ids.setdefault(root, len(ids))
    return out


class _Links:
    """Sets of equal mentions; each set is known by one of its members."""

    def __init__(self) -> None:
        self._up: dict[tuple[str, str], tuple[str, str]] = {}

    def root(self, key: tuple[str, str]) -> tuple[str, str]:
        while key in self._up:
            key = self._up[key]
        return key

    def join(self, kind: str, one: str, other: str) -> None:
        if one == other:
            return
        a, b = self.root((kind, one)), self.root((kind, other))
        if a != b:
            self._up[b] = a


def _persons(text: str, entities: Sequence[Entity], members: Mapping[str, list[int]], links: _Links) -> None:
    full: dict[str, dict[str, str]] = defaultdict(dict)  # surname -> name without title -> first surface
    short: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for surface, at in members.items():
        value = entities[at[0]][3]
        family = value.get("surname") if value else None
        if not value or not family:
            continue
        if value.get("kind") == "full" and value.get("given"):
            name = f"{family}{value['given']}"
            first = full[family].setdefault(name, surface)
            links.join("PERSON", first, surface)
        else:
            short[family].append((surface, value))
    for family, mentions in short.items():
        names = full.get(family, {})
        if len(names) != 1:
            continue
        name, surface = next(iter(names.items()))
        beside = _posts_beside(text, entities, members[surface])
        fitting = [(s, v) for s, v in mentions if _may_be(v, name[len(family) :])]
        for group in (
            [m for m in fitting if m[1].get("kind") == "masked"],
            [m for m in fitting if m[1].get("title") and m[1].get("kind") != "masked"],
            [m for m in fitting if m[1].get("kind") == "nickname" and not m[1].get("title")],
        ):
            # 王主任 and 王书记 may be two people: only the one whose post stands beside the full name is he.
            chosen = group if len(group) == 1 else [m for m in group if m[1].get("title") in beside]
            if len(chosen) == 1:
                links.join("PERSON", surface, chosen[0][0])


def _may_be(value: Mapping[str, Any], given: str) -> bool:
    known = value.get("given")
    return not known or given.startswith(known) or given.endswith(known)


def _posts_beside(text: str, entities: Sequence[Entity], mentions: Sequence[int]) -> set[str]:
    """Titles that stand right before or after these mentions, as POSITION entities or within them."""
    starts = {entities[i][1] for i in mentions}
    ends = {entities[i][2] for i in mentions}
    posts: set[str] = set()
    for kind, start, end, value in entities:
        if kind != "POSITION":
            continue
        before = any(end + gap in starts for gap in range(_POST_NEAR + 1))
        after = any(start - gap in ends for gap in range(_POST_NEAR + 1))
        if before or after:
            posts.add(text[max(start, 0) : max(end, 0)])
            if value and isinstance(value.get("role"), str):
                posts.add(value["role"])
    return posts | {p[1:] for p in posts if p[:1] in "村镇乡县市区" and len(p) > 2}


def _bodies(members: Mapping[str, list[int]], links: _Links) -> None:
    forms: dict[str, str] = {}
    for surface in members:
        form = surface
        if _BODY_FORM.search(form):
            for old, new in _BODY_FORMS:
                form = form.replace(old, new)
            if form.endswith("村委"):
                form += "会"
        first = forms.setdefault(form, surface)
        links.join("ORG", first, surface)
    _suffixes("ORG", forms, links, edge=None)
    firms = {form: _FIRM.sub("", form) for form in forms if form.endswith(("公司", "集团"))}
    for form, core in firms.items():
        brand = _FIRM_TRADE.sub("", core)
        if len(brand) < 2:
            continue
        # 宏达公司 for 云岭宏达建筑工程有限公司: the one longer firm that has the whole short name in it.
        longer = [f for f, c in firms.items() if len(f) > len(form) and brand in c and core[len(brand) :] in c]
        if len({links.root(("ORG", forms[f])) for f in longer}) == 1:
            links.join("ORG", forms[longer[0]], forms[form])


def _places(entities: Sequence[Entity], members: Mapping[str, list[int]], links: _Links) -> None:
    forms = {surface: surface for surface in members}
    seen: dict[tuple[str, str], str] = {}
    for surface, at in members.items():
        value = entities[at[0]][3]
        if value and value.get("code"):
            first = seen.setdefault((str(value["code"]), "".join(str(value.get("rest", "")).split())), surface)
            links.join("PLACE", first, surface)
    _suffixes("PLACE", forms, links, edge=_PLACE_EDGE)


def _suffixes(kind: str, forms: Mapping[str, str], links: _Links, edge: frozenset[str] | None) -> None:
    """Join each form to the longer ones that end in it, when these are all one; longest first."""
    if len(forms) < 2:
        return
    longer: dict[str, list[str]] = defaultdict(list)
    # Read backwards and sorted, a form comes right before the forms that end in it.
    above: list[str] = []
    for form in sorted(f[::-1] for f in forms):
        while above and not form.startswith(above[-1]):
            above.pop()
        for tail in above:
            if edge is None or form[len(tail)] in edge:
                longer[tail[::-1]].append(form[::-1])
        if len(form) > 1:  # one character names nothing
            above.append(form)
    for tail in sorted(longer, key=len, reverse=True):
        owners = {links.root((kind, forms[f])) for f in longer[tail]}
        if len(owners) == 1:
            links.join(kind, forms[longer[tail][0]], forms[tail])
