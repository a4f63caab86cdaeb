"""Gives merged entities their values and tells which mentions mean the same person, body or place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from petition_nlp.entity.cluster import assign_clusters
from petition_nlp.entity.merge import Found
from petition_nlp.entity.values import org_value, person_value, position_value
from petition_nlp.gazetteer import default_gazetteer


def enrich(text: str, found: Sequence[Found]) -> list[tuple[Found, int | None]]:
    """Values of PERSON, POSITION, ORG and PLACE (value types have theirs from the grammars), and cluster ids.

    Args:
        text: the normalised text that the entities' offsets count in. found: entities by start, not overlapping.

    Returns:
        each entity with its value, and the id it shares with other mentions (None: it stands alone).
    """
    gazetteer = default_gazetteer()
    places = [(f.start, f.end) for f in found if f.type == "PLACE"]
    resolved = dict(zip(places, gazetteer.resolve(text, places), strict=True)) if places else {}
    out: list[Found] = []
    for i, f in enumerate(found):
        surface = text[f.start : f.end]
        if f.type == "PERSON":
            f = replace(f, value=person_value(surface))
        elif f.type == "POSITION":
            before = found[i - 1] if i and found[i - 1].end == f.start and found[i - 1].type == "ORG" else None
            f = replace(f, value=position_value(surface, text[before.start : before.end] if before else None))
        elif f.type == "ORG":
            f = replace(f, value=org_value(surface, gazetteer.county_cities))
        elif f.type == "PLACE":
            f = replace(f, value=resolved[f.start, f.end])
        out.append(f)
    clusters = assign_clusters(text, [(f.type, f.start, f.end, f.value) for f in out])
    return list(zip(out, clusters, strict=True))
