"""The model in service, and its exchange for another without a pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from petition_nlp.errors import BundleError, PetitionError
from petition_nlp.pipeline import PetitionNLP, load
from petition_nlp_serve.settings import Settings

Loader = Callable[[], PetitionNLP]
# Invented; one of each kind that a bundle must be able to read.
PROBES = (
    "我是东河村二组的，我家的低保被停了三个月，村支书却给亲戚办了，那3.2万元请纪委查一查。",
    "請問危房（fáng）改造怎麼申請？😀",
    "",
)


class ModelSlot:
    """Holds the model that new batches use. A batch keeps the one it began with."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._lock = threading.Lock()
        self._nlp: PetitionNLP | None = None
        self.loaded_at = 0.0

    @property
    def nlp(self) -> PetitionNLP:
        """The model.

        Raises:
            BundleError: none is loaded yet.
        """
        if self._nlp is None:
            raise BundleError("no model is loaded yet")
        return self._nlp

    @property
    def loaded(self) -> bool:
        return self._nlp is not None

    def reload(self) -> PetitionNLP:
        """Load, probe and switch. Call it from a thread that serves no requests.

        Raises:
            PetitionError: the new model cannot be loaded or fails the probe; the old one stays in service.
        """
        with self._lock:
            fresh = self._loader()
            probe(fresh)
            self._nlp = fresh
            self.loaded_at = time.time()
            return fresh


def probe(nlp: PetitionNLP) -> None:
    """Check that a model gives whole answers before anyone depends on it.

    Raises:
        BundleError: it does not.
    """
    try:
        documents = nlp.analyze(PROBES)
        for text, document in zip(PROBES, documents, strict=True):
            spans = [s for d in document.domains for s in d.evidence]
            ok = document.doc_type.id and all(0 <= d.score <= 1 for d in document.domains)
            ok = ok and all(text[s.start : s.end] == s.text for s in spans)
            if not ok or any(text[e.start : e.end] != e.text for e in document.entities):
                raise BundleError("the bundle loads but gives wrong answers on the probe texts")
    except PetitionError:
        raise
    except Exception as error:
        raise BundleError(f"the bundle loads but fails on the probe texts: {type(error).__name__}") from error


def model_path(settings: Settings) -> str | Path | None:
    """The bundle folder to serve now; None: the shipped one.

    Raises:
        PetitionError: the registry has no current bundle.
    """
    if not settings.registry:
        return settings.bundle
    from petition_nlp import registry  # only this option needs it

    return Path(registry.current(settings.registry))


def loader_of(settings: Settings) -> Loader:
    """What loads the model that the settings name, looking anew where the registry points each time."""
    return lambda: load(model_path(settings))


def describe(nlp: PetitionNLP) -> dict[str, Any]:
    """The part of ``/v1/info`` that tells of the model."""
    manifest = nlp.bundle.manifest
    heads = {
        name: {
            "kind": head.kind,
            "name": head.title,
            "name_en": head.title_en,
            "only_for": list(head.only_for),
            "labels": [{"id": x.id, "name": x.name, "name_en": x.name_en} for x in head.labels],
        }
        for name, head in nlp.taxonomy.heads.items()
    }
    return {
        "model": nlp.info.to_dict(),
        "bundle": {
            "format": manifest.get("format"),
            "engine": manifest.get("engine"),
            "files": {name: entry.get("sha256") for name, entry in manifest.get("files", {}).items()},
        },
        "heads": heads,
    }
