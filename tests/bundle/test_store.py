from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import petition_nlp
from petition_nlp.bundle import MANIFEST, open_bundle, write_bundle
from petition_nlp.errors import BundleError


@pytest.fixture
def copy(bundle_path: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle_path, tmp_path / "b"))


def edit(path: Path, **changes: object) -> None:
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    manifest.update(changes)
    (path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def test_every_file_is_listed_and_none_is_a_pickle(copy: Path) -> None:
    manifest = open_bundle(copy).manifest
    assert set(manifest["files"]) == {p.name for p in copy.iterdir()} - {MANIFEST}
    for path in copy.iterdir():
        assert not path.read_bytes().startswith(b"\x80")
        assert path.suffix in {".json", ".yaml", ".md", ".safetensors"}


def test_tampered_truncated_missing(copy: Path) -> None:
    file = copy / "lexicon.json"
    data = file.read_bytes()
    file.write_bytes(data[:-1] + b" ")
    with pytest.raises(BundleError, match=r"lexicon\.json.*SHA-256"):
        petition_nlp.load(copy)
    file.write_bytes(data[:-5])
    with pytest.raises(BundleError, match=r"lexicon\.json.*truncated"):
        petition_nlp.load(copy)
    file.unlink()
    with pytest.raises(BundleError, match=r"lexicon\.json.*missing"):
        petition_nlp.load(copy)


def test_newer_unknown_and_damaged_manifests(copy: Path) -> None:
    edit(copy, format=99)
    with pytest.raises(BundleError, match=r"format 99 is newer.*upgrade"):
        petition_nlp.load(copy)
    edit(copy, format=1, engine="quantum")
    with pytest.raises(BundleError, match="quantum"):
        petition_nlp.load(copy)
    edit(copy, engine="linear", heads=None)
    with pytest.raises(BundleError, match="not consistent"):
        petition_nlp.load(copy)
    edit(copy, files={"../x": {"sha256": "", "bytes": 0}})
    with pytest.raises(BundleError, match="outside"):
        petition_nlp.load(copy)
    (copy / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(BundleError, match="damaged"):
        petition_nlp.load(copy)


def test_no_bundle_there(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no model bundle"):
        petition_nlp.load(tmp_path / "nowhere")


def test_a_failed_write_leaves_the_old_bundle(tmp_path: Path) -> None:
    path = tmp_path / "b"
    write_bundle(path, {"n": 1}, texts={"a.txt": "one"})

    def fail(_: Path) -> None:
        raise RuntimeError("probe failed")

    with pytest.raises(RuntimeError):
        write_bundle(path, {"n": 2}, texts={"a.txt": "two"}, before_rename=fail)
    assert open_bundle(path).read_text("a.txt") == "one"
    assert [p.name for p in tmp_path.iterdir()] == ["b"]
    write_bundle(path, {"n": 3}, texts={"a.txt": "three"})
    assert open_bundle(path).manifest["n"] == 3
    assert [p.name for p in tmp_path.iterdir()] == ["b"]


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    with pytest.raises(BundleError, match="is no bundle"):
        write_bundle(tmp_path / "mine", {}, texts={"a.txt": "x"})
    assert (tmp_path / "mine" / "letter.txt").exists()
