from __future__ import annotations

import pytest

from petition_nlp.errors import PetitionError
from petition_nlp.feature import Lexicon, default_lexicon, parse_lexicon
from petition_nlp.taxonomy import default_taxonomy


def test_finds_overlapping_terms_with_places() -> None:
    lexicon = Lexicon({"a": ["低保", "低保户"], "b": ["保户"]})
    text = "他是低保户"
    assert sorted((lexicon.ids[c], text[s:e]) for c, s, e in lexicon.find(text)) == [
        ("a", "低保"),
        ("a", "低保户"),
        ("b", "保户"),
    ]
    concepts, owners = lexicon.batch(["无", text])
    assert sorted(concepts.tolist()) == [0, 0, 1]
    assert owners.tolist() == [1, 1, 1]


def test_lone_surrogates_shift_nothing() -> None:
    assert Lexicon({"a": ["低保"]}).find("\ud800低保") == [(0, 1, 3)]


def test_empty_and_wrong_lexicons() -> None:
    assert Lexicon({}).find("低保") == []
    with pytest.raises(PetitionError, match="concept x"):
        parse_lexicon({"x": "砸"})
    with pytest.raises(PetitionError, match="mapping"):
        parse_lexicon(["x"])


def test_shipped_lexicon_is_simplified_and_covers_the_field() -> None:
    lexicon = default_lexicon()
    assert len(lexicon.ids) > 80
    assert not {"dibao", "expropriation", "bidding", "village_accounts", "danger_now"} - set(lexicon.ids)
    assert set(default_taxonomy().heads)
