"""Promotion with proof, and the way back."""

from __future__ import annotations

import getpass
import hashlib
import os
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from petition_nlp.bundle import open_bundle
from petition_nlp.corpus import LabeledText
from petition_nlp.errors import InputError, PetitionError
from petition_nlp.evaluate import Comparison, compare, head_figures
from petition_nlp.pipeline import PetitionNLP, load
from petition_nlp.registry.store import Event, Registry


class WorseError(PetitionError):
    """The bundle is significantly worse than the one in service; ``comparison`` tells on what."""

    def __init__(self, message: str, comparison: Comparison) -> None:
        self.comparison = comparison
        super().__init__(message)


def promote(
    folder: str | Path,
    bundle: str | Path,
    frozen: Sequence[LabeledText] | None,
    *,
    why: str = "",
    force: bool = False,
    who: str | None = None,
) -> tuple[Event, Comparison | None]:
    """Copy a bundle into a registry and put it in service.

    Args:
        frozen: labelled texts kept for this alone, on which it is compared with the bundle in service.
        force: promote it even if it is worse, or without a frozen set; then ``why`` must say why.

    Returns:
        the event noted, and the comparison (None for the first bundle).

    Raises:
        BundleError: the bundle is damaged or of another format.
        InputError: ``force`` without ``why``, neither ``frozen`` nor ``force``, or it is in service already.
        WorseError: it is significantly worse on a figure and ``force`` is not given.
    """
    if force and not why.strip():
        raise InputError("--force needs --why TEXT: the history keeps the reason")
    if not frozen and not force:
        raise InputError("promotion needs --frozen DATA, or --force --why TEXT to go without proof")
    registry = Registry(folder)
    candidate = load(bundle)
    with registry.locked():
        last = registry.pointer()
        comparison: Comparison | None = None
        figures: dict[str, Any] = {}
        if frozen:
            figures["frozen"] = {"texts": len(frozen), "sha256": fingerprint(frozen)}
        if frozen and last:
            comparison = compare(load(registry.path(last.to)), candidate, frozen)
            figures |= comparison.to_dict()
            if comparison.worse and not force:
                raise WorseError(
                    f"{bundle}: not promoted: significantly worse than the bundle in service on "
                    f"{', '.join(comparison.worse)}; --force --why TEXT promotes it all the same",
                    comparison,
                )
        elif frozen:
            figures["figures"] = {
                name: figure.to_dict()
                for name, figure in _alone(candidate, frozen).items()
                if figure.value == figure.value
            }
        name = registry.add(candidate.bundle)
        if last and last.to == name:
            raise InputError(f"{bundle}: is in service already as {name}")
        info = candidate.info
        event = Event(
            number=registry.next_number(),
            action="promote",
            to=name,
            origin=last.to if last else None,
            when=_now(),
            who=who or _user(),
            why=why.strip(),
            figures=figures,
            forced=force and (comparison is None or bool(comparison.worse)),
            version=f"{info.name} {info.version}",
        )
        registry.switch(event)
    return event, comparison


def rollback(folder: str | Path, *, why: str = "", who: str | None = None) -> Event:
    """Put the bundle in service again that was before the last promotion; a second rollback goes one further back.

    Raises:
        InputError: there is none before it.
        BundleError: that bundle was removed or damaged since.
    """
    registry = Registry(folder)
    with registry.locked():
        last = registry.pointer()
        name = registry.previous()
        if last is None or name is None:
            raise InputError(f"{folder}: no earlier bundle to go back to")
        manifest = open_bundle(registry.path(name)).manifest
        event = Event(
            number=registry.next_number(),
            action="rollback",
            to=name,
            origin=last.to,
            when=_now(),
            who=who or _user(),
            why=why.strip(),
            version=f"{manifest['name']} {manifest['version']}",
        )
        registry.switch(event)
    return event


def fingerprint(texts: Sequence[LabeledText]) -> str:
    """SHA-256 over the texts and labels, whatever their order: tells whether two runs used the same frozen set."""
    lines = sorted(
        hashlib.sha256(repr((t.text, sorted(t.labels.items()), t.entities)).encode("utf-8", "surrogatepass")).digest()
        for t in texts
    )
    return hashlib.sha256(b"".join(lines)).hexdigest()


def _alone(nlp: PetitionNLP, frozen: Sequence[LabeledText]) -> dict[str, Any]:
    documents = list(nlp.pipe((t.text for t in frozen), entities=False, evidence=False))
    return dict(head_figures(frozen, documents, nlp.taxonomy, rounds=200))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container without a user database
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
