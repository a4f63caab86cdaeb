"""Errors a caller can act on. Each message names the file, row or field at fault and says what to do."""

from __future__ import annotations

import importlib
from types import ModuleType


class PetitionError(Exception):
    """Base of every error this library raises on purpose."""


class InputError(PetitionError):
    """The caller's input (file, column, row, argument) cannot be used."""


class DataError(InputError):
    """A labelled record breaks the format. ``where`` names file and row."""

    def __init__(self, message: str, *, where: str | None = None) -> None:
        self.where = where
        super().__init__(f"{where}: {message}" if where else message)


class TaxonomyError(PetitionError):
    """The taxonomy file is wrong; the message names the key."""


class BundleError(PetitionError):
    """A model bundle is missing, damaged, tampered with, or of an unknown format."""


class MissingExtraError(PetitionError, ImportError):
    """An optional dependency is not installed; the message holds the install command."""


def importable(module: str, extra: str) -> ModuleType:
    """Import an optional dependency or say which command installs it.

    Args:
        module: dotted module name, e.g. ``"pyarrow.parquet"``.
        extra: the extra of this package that brings it, e.g. ``"parquet"``.

    Raises:
        MissingExtraError: when the module cannot be imported.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{module.split('.')[0]} is needed here and is not installed; run: pip install 'petition-nlp[{extra}]'"
        ) from error
