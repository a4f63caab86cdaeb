"""A model bundle is a folder with a manifest that names every file by SHA-256. Nothing in it is a pickle.

Writing goes to a temporary sibling that is renamed when complete; reading verifies every file first.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from petition_nlp.errors import BundleError

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class BundleFiles:
    """A verified bundle on disk."""

    path: Path
    manifest: dict[str, Any]

    def read_text(self, name: str) -> str:
        """A text file of the bundle (UTF-8)."""
        return self._file(name).read_text(encoding="utf-8")

    def read_json(self, name: str) -> Any:
        """A JSON file of the bundle."""
        return json.loads(self.read_text(name))

    def read_tensors(self, name: str) -> dict[str, NDArray[Any]]:
        """A safetensors file of the bundle, as numpy arrays."""
        try:
            return dict(load_file(self._file(name)))
        except SafetensorError as error:
            raise BundleError(f"{self.path / name}: not a safetensors file: {error}") from error

    def file(self, name: str) -> Path:
        """Path of a file that the manifest lists."""
        return self._file(name)

    def has(self, name: str) -> bool:
        return name in self.manifest["files"]

    def _file(self, name: str) -> Path:
        if not self.has(name):
            raise BundleError(f"{self.path}: the manifest lists no file {name}")
        return self.path / name


def open_bundle(path: str | Path) -> BundleFiles:
    """Read the manifest and verify every file it lists.

    Raises:
        BundleError: no bundle there, a newer format, or a file missing, truncated or changed.
    """
    path = Path(path)
    manifest_path = path / MANIFEST
    if not manifest_path.is_file():
        raise BundleError(f"{path}: no model bundle (it should be a folder with {MANIFEST})")
    try:
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise BundleError(f"{manifest_path}: damaged: {error}; get the bundle again") from error
    version = manifest.get("format") if isinstance(manifest, dict) else None
    if not isinstance(version, int):
        raise BundleError(f"{manifest_path}: names no format; this is no petition-nlp bundle")
    if version > FORMAT:
        raise BundleError(
            f"{path}: bundle format {version} is newer than this library reads ({FORMAT}); upgrade petition-nlp"
        )
    files = manifest.get("files")
    if not isinstance(files, dict) or not files:
        raise BundleError(f"{manifest_path}: lists no files")
    for name, entry in files.items():
        _verify(path, name, entry)
    return BundleFiles(path, manifest)


def _verify(path: Path, name: str, entry: Mapping[str, Any]) -> None:
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise BundleError(f"{path}: the manifest lists {name!r}, which lies outside the bundle")
    file = path / name
    if not file.is_file():
        raise BundleError(f"{file}: missing; get the bundle again")
    size = file.stat().st_size
    if size != entry.get("bytes"):
        raise BundleError(f"{file}: {size} bytes where the manifest says {entry.get('bytes')}: truncated or changed")
    if sha256(file) != entry.get("sha256"):
        raise BundleError(f"{file}: its SHA-256 is not the manifest's: the file was changed; get the bundle again")


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def write_bundle(
    path: str | Path,
    manifest: Mapping[str, Any],
    *,
    texts: Mapping[str, str],
    tensors: Mapping[str, Mapping[str, NDArray[Any]]] | None = None,
    copies: Mapping[str, Path] | None = None,
    before_rename: Callable[[Path], None] | None = None,
) -> Path:
    """Write a bundle so that nobody ever sees half of one.

    Args:
        manifest: everything but ``format`` and ``files``, which are added here.
        texts: file name -> text. tensors: file name -> arrays. copies: file name -> file to copy.
        before_rename: called with the temporary folder, e.g. to try the bundle out; if it raises, nothing is written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        for name, text in texts.items():
            (temporary / name).write_text(text, encoding="utf-8", newline="\n")
        for name, arrays in (tensors or {}).items():
            save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, temporary / name)
        for name, source in (copies or {}).items():
            shutil.copyfile(source, temporary / name)
        files = {
            p.name: {"sha256": sha256(p), "bytes": p.stat().st_size} for p in sorted(temporary.iterdir()) if p.is_file()
        }
        whole = {"format": FORMAT, **manifest, "files": files}
        (temporary / MANIFEST).write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for file in temporary.iterdir():
            file.chmod(0o644)
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
        temporary.chmod(0o755)
        if before_rename:
            before_rename(temporary)
        _swap(temporary, path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return path


def _swap(temporary: Path, path: Path) -> None:
    """Put the new folder in the old one's place. A folder cannot replace a non-empty one in one step, so the old one
    steps aside first; after a crash in between it lies beside as ``.NAME.old-*``.
    """
    if not path.exists():
        temporary.rename(path)
        return
    if not (path / MANIFEST).is_file() and any(path.iterdir()):
        raise BundleError(f"{path}: exists and is no bundle; choose another place for the output")
    aside = Path(tempfile.mkdtemp(prefix=f".{path.name}.old-", dir=path.parent))
    path.rename(aside / path.name)
    temporary.rename(path)
    shutil.rmtree(aside, ignore_errors=True)
