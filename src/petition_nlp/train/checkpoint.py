"""Finished stages of a training on disk, so that an interrupted run goes on instead of beginning anew.

The folder belongs to one training: its key tells data, settings and base. With another key it is emptied.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from petition_nlp.errors import InputError

_KEY = "key.txt"
Arrays = dict[str, NDArray[Any]]


class NoStages:
    """Keeps nothing."""

    def get(self, name: str) -> Arrays | None:
        return None

    def put(self, name: str, arrays: Arrays) -> None:
        pass


class Stages:
    """Named groups of arrays in a folder.

    Args:
        folder: made when missing. If it holds stages of another ``key``, they are removed.

    Raises:
        InputError: the folder cannot be written, or holds other things than stages.
    """

    def __init__(self, folder: str | Path, key: str) -> None:
        self.folder = Path(folder)
        self.found = 0
        try:
            if self.folder.exists():
                self._empty_unless(key)
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / _KEY).write_text(key, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{self.folder}: cannot keep the training's stages there: {error.strerror}") from error
        self.found = sum(1 for _ in self.folder.glob("*.safetensors"))

    def _empty_unless(self, key: str) -> None:
        mark = self.folder / _KEY
        if not mark.is_file():
            if any(self.folder.iterdir()):
                raise InputError(f"{self.folder}: exists and was not made by a training; move it away")
            return
        if mark.read_text(encoding="utf-8") != key:
            shutil.rmtree(self.folder)

    def get(self, name: str) -> Arrays | None:
        """The arrays of a finished stage; None when it is not finished."""
        path = self._path(name)
        if not path.is_file():
            return None
        try:
            return dict(load_file(path))
        except SafetensorError:
            return None  # cut off by a crash of the machine: computed again

    def put(self, name: str, arrays: Arrays) -> None:
        """Keep a stage; after a crash it is there whole or not at all."""
        path = self._path(name)
        temporary = path.with_suffix(".tmp")
        save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, temporary)
        temporary.replace(path)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.safetensors"
