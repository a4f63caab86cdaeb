from __future__ import annotations

from pathlib import Path

import pytest

import petition_nlp
from helpers.tiny import tiny_texts
from petition_nlp import PetitionNLP
from petition_nlp.corpus import LabeledText
from petition_nlp.errors import InputError
from petition_nlp.evaluate import compare, joint_taxonomy
from petition_nlp.taxonomy import Taxonomy, default_taxonomy, parse_taxonomy
from petition_nlp.train import TrainingConfig, save_trained, train_linear


def bundle(path: Path, texts: list[LabeledText], taxonomy: Taxonomy | None = None) -> PetitionNLP:
    config = TrainingConfig.from_dict({"folds": 3, "c": [5.0]})
    trained = train_linear(texts, taxonomy or default_taxonomy(), config)
    return petition_nlp.load(save_trained(trained, path, name=path.name, version="1", card=""))


def only(texts: list[LabeledText], *heads: str) -> list[LabeledText]:
    return [LabeledText(t.id, t.text, {h: t.labels[h] for h in heads if h in t.labels}) for t in texts]


@pytest.fixture(scope="module")
def confused(tmp_path_factory: pytest.TempPathFactory) -> PetitionNLP:
    """A bundle that learned the domains from shuffled labels."""
    texts = only(tiny_texts(), "doc_type", "domains")
    moved = [t.labels["domains"] for t in texts[7:] + texts[:7]]
    for item, labels in zip(texts, moved, strict=True):
        item.labels["domains"] = labels
    return bundle(tmp_path_factory.mktemp("c") / "confused", texts)


def test_a_bundle_is_no_better_than_itself(nlp: PetitionNLP) -> None:
    found = compare(nlp, nlp, tiny_texts(1), rounds=50)
    assert found.worse == found.better == []
    assert {d.verdict for d in found.differences.values()} == {"can't tell"}
    assert all(d.a == d.b and d.low == d.high == 0 for d in found.differences.values())


def test_a_worse_bundle_is_told_both_ways(nlp: PetitionNLP, confused: PetitionNLP) -> None:
    gold = only(tiny_texts(), "doc_type", "domains")
    worse = compare(nlp, confused, gold, rounds=200)
    assert worse.worse == ["domains_macro_f1", "domains_exact"]
    better = compare(confused, nlp, gold, rounds=200)
    assert better.better == ["domains_macro_f1", "domains_exact"]
    there, back = worse.differences["domains_exact"], better.differences["domains_exact"]
    assert (there.a, there.low) == (back.b, pytest.approx(-back.high))
    assert worse.skipped["severity"] == "not labelled in the data"


def test_few_texts_tell_nothing(nlp: PetitionNLP, confused: PetitionNLP) -> None:
    gold = only(tiny_texts(), "domains")
    same = [t for t, a, b in zip(gold, nlp.pipe(t.text for t in gold), confused.pipe(t.text for t in gold), strict=True)
            if {x.id for x in a.domains} == {x.id for x in b.domains}]  # fmt: skip
    assert compare(nlp, confused, same[:5], rounds=50).worse == []


def test_a_head_that_is_gone_is_worse_and_a_new_one_is_skipped(nlp: PetitionNLP, confused: PetitionNLP) -> None:
    found = compare(nlp, confused, tiny_texts(1), rounds=20)
    assert {"severity_qwk", "petition_type_macro_f1", "misconduct_micro_f1"} <= set(found.worse)
    assert found.to_dict()["figures"]["severity_qwk"]["b"] is None
    assert "severity" in compare(confused, nlp, tiny_texts(1), rounds=20).skipped


def test_a_label_of_ones_own_counts_against_the_bundle_that_lacks_it(nlp: PetitionNLP, tmp_path: Path) -> None:
    source = default_taxonomy().source.replace(
        "      - id: land\n", "      - id: pets\n        name: {zh: 宠物}\n      - id: land\n", 1
    )
    taxonomy = parse_taxonomy(source)
    texts = only(tiny_texts(), "domains")
    for item in texts:
        if "养狗" in item.text:
            item.labels["domains"] = ["pets"]
    own = bundle(tmp_path / "own", texts, taxonomy)
    found = compare(nlp, own, texts, rounds=200)
    assert found.differences["domains_macro_f1"].b > found.differences["domains_macro_f1"].a
    joint = joint_taxonomy(own.taxonomy, nlp.taxonomy)
    assert joint.heads["domains"].ids == (*nlp.taxonomy.heads["domains"].ids, "pets")


def test_nothing_to_compare(nlp: PetitionNLP) -> None:
    with pytest.raises(InputError, match="nothing to compare"):
        compare(nlp, nlp, [LabeledText("1", "村里的账没有公开", {})])
