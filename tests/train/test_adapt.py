"""Training a base further: what changes, what stays, and how it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import petition_nlp
from helpers.tiny import tiny_texts, tiny_trained
from petition_nlp import PetitionNLP
from petition_nlp.corpus import LabeledText
from petition_nlp.errors import BundleError, InputError
from petition_nlp.taxonomy import default_taxonomy, parse_taxonomy
from petition_nlp.train import Trainer, TrainingConfig
from petition_nlp.train.adapt import adapt_linear
from petition_nlp.train.checkpoint import Stages
from petition_nlp.train.memory import MEMORY, REPLAY, read_memory, read_replay

SMALL = TrainingConfig(folds=3, c=(5.0,), correction_c=(2.0, 8.0))
OLD = tiny_texts()
PROBES = [t.text for t in OLD[::5]]
WATER = ("家里自来水停了三天", "水压太低洗不了澡", "自来水发黄有味道", "水管爆了没人来修")
ROADS = ("路灯坏了一个月", "公交站牌被撞歪了", "垃圾桶三天没人清")
TAXONOMY = default_taxonomy()


def source(*more: str) -> str:
    """The shipped taxonomy with more domains."""
    ids = [*TAXONOMY.heads["domains"].ids, *more]
    heads = {}
    for name, head in TAXONOMY.heads.items():
        labels = ids if name == "domains" else list(head.ids)
        heads[name] = {"kind": head.kind, "labels": labels} | (
            {"only_for": list(head.only_for)} if head.only_for else {}
        )
    return json.dumps({"format": 1, "id": "more", "version": "2", "heads": heads}, ensure_ascii=False)


def new_texts(n: int = 24) -> list[LabeledText]:
    out = []
    for i in range(n):
        out.append(LabeledText(f"w{i}", f"{WATER[i % 4]}，第{i}次反映，请派人看看。", {"domains": ["water"]}))
        out.append(LabeledText(f"r{i}", f"{ROADS[i % 3]}，第{i}次反映，请派人看看。", {"domains": []}))
    return out


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> PetitionNLP:
    trained = tiny_trained()
    trained.replay = OLD
    return petition_nlp.load(trained.save(tmp_path_factory.mktemp("base") / "base", version="7"))


@pytest.fixture(scope="module")
def with_water(base: PetitionNLP, tmp_path_factory: pytest.TempPathFactory) -> PetitionNLP:
    trained = Trainer(SMALL, base=base, taxonomy=parse_taxonomy(source("water"))).fit(new_texts())
    return petition_nlp.load(trained.save(tmp_path_factory.mktemp("water") / "water"))


def heads_of(nlp: PetitionNLP, name: str) -> np.ndarray:
    return nlp.probabilities(PROBES)[name]


def test_a_bundle_carries_what_it_takes_to_go_on(base: PetitionNLP) -> None:
    memory = read_memory(base.bundle)
    assert memory is not None
    assert memory.logits.shape == (len(OLD), len(base.engine.columns))
    assert set(memory.labels) == set(TAXONOMY.heads)
    assert [t.labels for t in read_replay(base.bundle, base.taxonomy)] == [t.labels for t in OLD]
    raw = (base.bundle.path / MEMORY).read_bytes()
    assert not any(t.text.encode() in raw for t in OLD)


def test_a_label_is_added_and_the_others_answer_as_before(base: PetitionNLP, with_water: PetitionNLP) -> None:
    said = [[d.id for d in with_water(t).domains] for t in (f"{WATER[0]}，请解决", f"{ROADS[0]}，请解决", *PROBES)]
    assert "water" in said[0]
    assert "water" not in said[1]
    assert not any("water" in labels for labels in said[2:])
    for name in ("doc_type", "petition_type", "severity", "misconduct"):
        np.testing.assert_allclose(heads_of(base, name), heads_of(with_water, name), rtol=1e-6)
    before, after = ([[d.id for d in nlp(t).domains] for t in PROBES] for nlp in (base, with_water))
    assert before == after


def test_evidence_stands_for_every_label(with_water: PetitionNLP) -> None:
    for text in (f"{WATER[0]}，请解决", "村集体鱼塘包给谁没人说"):
        assert all(label.evidence for label in with_water(text).domains)


def test_a_third_generation(with_water: PetitionNLP, tmp_path: Path) -> None:
    texts = [
        LabeledText(
            f"p{i}",
            f"{'变压器烧了没电' if i % 2 else '公园里长凳坏了'}，第{i}次。",
            {"domains": ["power"] if i % 2 else []},
        )
        for i in range(30)
    ]
    taxonomy = parse_taxonomy(source("water", "power"))
    trained = Trainer(SMALL, base=with_water, taxonomy=taxonomy).fit(texts)
    nlp = petition_nlp.load(trained.save(tmp_path / "third"))
    assert "power" in [d.id for d in nlp("变压器烧了没电，又来了").domains]
    assert "water" in [d.id for d in nlp(f"{WATER[0]}，请解决").domains]
    for name in ("doc_type", "severity"):
        np.testing.assert_allclose(heads_of(with_water, name), heads_of(nlp, name), rtol=1e-6)


def test_figures_stand_beside_the_bases(base: PetitionNLP, tmp_path: Path) -> None:
    trained = Trainer(SMALL, base=base, taxonomy=parse_taxonomy(source("water"))).fit(new_texts())
    new, old = trained.figures["new/domains"], trained.figures["old/domains"]
    assert (new.texts, old.texts) == (48, len(OLD))
    assert new.before is not None
    assert new.before.value == 0 < new.after.value
    assert old.before is not None
    assert abs(old.after.value - old.before.value) < 0.02
    assert new.labels["water"][0] == 24
    path = trained.save(tmp_path / "b", sources=["48 texts"])
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["training"]["data"]["base"]["version"] == "7"
    assert set(manifest["training"]["data"]["base"]["kept_heads"]) == set(TAXONOMY.heads) - {"domains"}
    assert "old: base" in manifest["metrics"]
    assert "48 texts" in (path / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_labels_that_agree_with_the_base_change_nothing(base: PetitionNLP) -> None:
    texts = [
        LabeledText(f"n{i}", f"{t.text}又及{i}", {"petition_type": t.labels["petition_type"]})
        for i, t in enumerate(OLD)
        if "petition_type" in t.labels
    ]
    trained = adapt_linear(texts, base, config=SMALL)
    assert trained.left == ["petition_type"]
    assert trained.engine.columns == base.engine.columns
    np.testing.assert_array_equal(trained.engine.weights, base.engine.weights)


def test_a_base_without_replay_and_memory(tmp_path: Path) -> None:
    trained = tiny_trained()
    path = trained.save(tmp_path / "bare")
    bundle = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    del bundle["files"][MEMORY]
    assert REPLAY not in bundle["files"]
    (path / "manifest.json").write_text(json.dumps(bundle), encoding="utf-8")
    bare = petition_nlp.load(path)
    again = adapt_linear(new_texts(), bare, parse_taxonomy(source("water")), SMALL)
    assert "old/domains" not in again.figures
    nlp = petition_nlp.load(again.save(tmp_path / "again"))
    assert "water" in [d.id for d in nlp(f"{WATER[1]}，请解决").domains]


def test_a_damaged_memory_is_named(base: PetitionNLP, tmp_path: Path) -> None:
    trained = tiny_trained()
    trained.memory.logits = trained.memory.logits[:, :3]
    with pytest.raises(BundleError, match=r"memory.safetensors: does not fit"):
        read_memory(petition_nlp.load(trained.save(tmp_path / "bad")).bundle)


def test_errors_name_the_head(base: PetitionNLP) -> None:
    texts = [LabeledText(str(i), f"文{i}", {"severity": ["grave"]}) for i in range(20)]
    with pytest.raises(InputError, match="head 'domains' has other labels than in the base and no text is labelled"):
        adapt_linear(texts, base, parse_taxonomy(source("water")), SMALL)
    with pytest.raises(InputError, match="transformer engine cannot be trained yet"):
        Trainer(engine="transformer")
    with pytest.raises(InputError, match="unknown engine 'svm'"):
        Trainer(engine="svm")


def test_an_interrupted_training_goes_on(base: PetitionNLP, tmp_path: Path) -> None:
    work = tmp_path / "b.work"
    taxonomy = parse_taxonomy(source("water"))

    def cut(stage: str, done: int, total: int) -> None:
        if stage == "train" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Trainer(SMALL, base=base, taxonomy=taxonomy, work=work, progress=cut).fit(new_texts())
    trainer = Trainer(SMALL, base=base, taxonomy=taxonomy, work=work)
    trained = trainer.fit(new_texts())
    assert trainer.resumed == 1
    whole = Trainer(SMALL, base=base, taxonomy=taxonomy).fit(new_texts())
    np.testing.assert_array_equal(trained.engine.weights, whole.engine.weights)
    other = Trainer(SMALL, base=base, taxonomy=taxonomy, work=work)
    other.fit(new_texts()[:-2])
    assert other.resumed == 0
    other.done()
    assert not work.exists()


def test_stages_are_not_put_into_a_folder_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="was not made by a training"):
        Stages(tmp_path, "k")
    stages = Stages(tmp_path / "s", "k")
    stages.put("a", {"x": np.arange(3)})
    (tmp_path / "s" / "b.safetensors").write_bytes(b"cut")
    again = Stages(tmp_path / "s", "k")
    found = again.get("a")
    assert found is not None
    assert found["x"].tolist() == [0, 1, 2]
    assert again.get("b") is None
