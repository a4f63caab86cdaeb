from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from petition_nlp.entity.merge import merge
from petition_nlp.extract import Match


def match(kind: str, start: int, end: int, score: float = 0.95) -> Match:
    return Match(kind, start, end, {"n": start}, score, "rule")


def test_without_a_tagger_every_match_counts() -> None:
    found = merge([match("MONEY", 0, 3, 0.2), match("DATE", 5, 8)])
    assert [(f.type, f.source) for f in found] == [("MONEY", "grammar"), ("DATE", "grammar")]


def test_precedence() -> None:
    matches = [match("PHONE", 0, 11), match("MONEY", 20, 24), match("AREA", 40, 44), match("DATE", 50, 53, 0.5)]
    tagged = [(("PERSON", 9, 12), 0.9), (("MONEY", 19, 24), 0.8), (("ORG", 30, 36), 0.7)]
    found = merge(matches, tagged, [("PROJECT", 28, 33)])
    assert [(f.type, f.start, f.end, f.source) for f in found] == [
        ("PHONE", 0, 11, "grammar"),
        ("MONEY", 19, 24, "tagger"),
        ("PROJECT", 28, 33, "dictionary"),
        ("AREA", 40, 44, "grammar"),
    ]
    assert found[1].value == {"n": 20}
    assert found[1].score == 0.8


SPANS = st.lists(
    st.tuples(st.sampled_from(["MONEY", "PHONE", "ORG"]), st.integers(0, 40), st.integers(1, 9)), max_size=8
)


@given(SPANS, SPANS, SPANS)
def test_nothing_overlaps_and_all_is_in_order(a: list, b: list, c: list) -> None:
    found = merge(
        [match(k, s, s + n) for k, s, n in a], [((k, s, s + n), 0.5) for k, s, n in b], [(k, s, s + n) for k, s, n in c]
    )
    assert all(x.end <= y.start for x, y in pairwise(found))
