from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import petition_nlp
from helpers.tiny import tiny_texts
from petition_nlp.bundle import MANIFEST, sha256
from petition_nlp.corpus import LabeledText
from petition_nlp.errors import BundleError, InputError
from petition_nlp.registry import Registry, WorseError, current, promote, rollback
from petition_nlp.taxonomy import default_taxonomy
from petition_nlp.train import TrainingConfig, save_trained, train_linear


def variant(bundle: Path, place: Path, version: str) -> Path:
    """The same model under another version, hence another manifest."""
    path = Path(shutil.copytree(bundle, place / version))
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    (path / MANIFEST).write_text(json.dumps({**manifest, "version": version}), encoding="utf-8")
    return path


def put(folder: Path, bundle: Path) -> str:
    return promote(folder, bundle, None, force=True, why="test")[0].to


@pytest.fixture(scope="module")
def frozen() -> list[LabeledText]:
    return tiny_texts()


@pytest.fixture(scope="module")
def worse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = tiny_texts()
    moved = [t.labels["domains"] for t in texts[7:] + texts[:7]]
    for item, labels in zip(texts, moved, strict=True):
        item.labels["domains"] = labels
    trained = train_linear(texts, default_taxonomy(), TrainingConfig.from_dict({"folds": 3, "c": [5.0]}))
    return save_trained(trained, tmp_path_factory.mktemp("w") / "worse", name="worse", version="1", card="")


def test_promote_and_roll_back(bundle_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    with pytest.raises(BundleError, match="no bundle is in service"):
        current(folder)
    paths = [variant(bundle_path, tmp_path, v) for v in ("1", "2", "3")]
    names = [put(folder, p) for p in paths]
    assert names == [sha256(p / MANIFEST)[:16] for p in paths]
    assert current(folder) == folder / "bundles" / names[2]
    assert petition_nlp.load(current(folder)).info.version == "3"
    assert rollback(folder, why="wrong on land").to == names[1]
    assert petition_nlp.load(current(folder)).info.version == "2"
    assert rollback(folder).to == names[0]  # one further, not back and forth
    with pytest.raises(InputError, match="no earlier bundle"):
        rollback(folder)
    put(folder, paths[2])
    assert rollback(folder).to == names[0]
    history = Registry(folder).history()
    assert [e.action for e in history] == ["promote"] * 3 + ["rollback"] * 2 + ["promote", "rollback"]
    assert [e.number for e in history] == list(range(1, 8))
    assert history[3].why == "wrong on land"
    assert history[3].origin == names[2]
    assert all(e.who and e.when.endswith("+00:00") for e in history)
    assert sorted(Registry(folder).names()) == sorted(names)


def test_a_worse_bundle_is_refused(bundle_path: Path, worse: Path, frozen: list[LabeledText], tmp_path: Path) -> None:
    folder = tmp_path / "r"
    first, comparison = promote(folder, bundle_path, frozen, who="a clerk")
    assert comparison is None
    assert first.who == "a clerk"
    assert first.figures["figures"]["domains_macro_f1"]["value"] > 0.9
    with pytest.raises(WorseError, match=r"significantly worse.*domains_exact") as caught:
        promote(folder, worse, frozen)
    assert "domains_exact" in caught.value.comparison.worse
    assert current(folder).name == first.to
    assert len(Registry(folder).history()) == 1
    with pytest.raises(InputError, match="--why"):
        promote(folder, worse, frozen, force=True, why=" ")
    event, comparison = promote(folder, worse, frozen, force=True, why="the labels were changed")
    assert comparison is not None
    assert event.forced
    assert event.figures["figures"]["domains_exact"]["verdict"] == "worse"
    assert event.figures["frozen"] == first.figures["frozen"]
    assert current(folder).name == event.to
    better, _ = promote(folder, bundle_path, frozen)
    assert not better.forced
    assert better.figures["figures"]["domains_exact"]["verdict"] == "better"


def test_proof_is_needed(bundle_path: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--frozen"):
        promote(tmp_path / "r", bundle_path, None)
    assert not (tmp_path / "r").exists()


def test_what_is_in_service_is_not_promoted_again(bundle_path: Path, tmp_path: Path) -> None:
    put(tmp_path / "r", bundle_path)
    with pytest.raises(InputError, match="in service already"):
        put(tmp_path / "r", bundle_path)


def test_a_damaged_bundle_is_refused(bundle_path: Path, tmp_path: Path) -> None:
    bad = variant(bundle_path, tmp_path, "bad")
    (bad / "lexicon.json").write_text("{}")
    with pytest.raises(BundleError, match=r"lexicon\.json"):
        put(tmp_path / "r", bad)
    assert not list(tmp_path.glob("r/bundles/*"))


def test_a_copy_that_was_damaged_is_replaced(bundle_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    paths = [variant(bundle_path, tmp_path, v) for v in ("1", "2")]
    first = put(folder, paths[0])
    put(folder, paths[1])
    (folder / "bundles" / first / "lexicon.json").write_text("{}")
    with pytest.raises(BundleError, match=r"lexicon\.json"):
        rollback(folder)
    assert put(folder, paths[0]) == first
    assert petition_nlp.load(current(folder)).info.version == "1"
    with Registry(folder).locked():
        pass
    assert len(list((folder / "bundles").iterdir())) == 2


def test_one_writer_at_a_time(bundle_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    with Registry(folder).locked(), pytest.raises(InputError, match="another process"):
        put(folder, bundle_path)
    put(folder, bundle_path)


def test_damage_from_outside_is_named(bundle_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    name = put(folder, bundle_path)
    pointer = folder / "current.json"
    whole = pointer.read_bytes()
    pointer.write_text("{")
    with pytest.raises(BundleError, match=r"current\.json: damaged"):
        current(folder)
    pointer.write_bytes(whole)
    shutil.rmtree(folder / "bundles" / name)
    with pytest.raises(BundleError, match="is gone"):
        current(folder)
    (folder / "history.jsonl").write_text("{}\n")
    with pytest.raises(BundleError, match=r"history\.jsonl: line 1"):
        Registry(folder).history()
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be used as a registry"):
        put(tmp_path / "file", bundle_path)
