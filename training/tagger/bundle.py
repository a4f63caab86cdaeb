"""Turns a trained tagger (training/tagger/train.py) into what a bundle holds: an int8 ONNX file and its sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from petition_nlp.bundle import open_bundle
from petition_nlp.tag.export import export_tagger, halve_tables, quantize
from petition_nlp.tag.tags import N_TAGS


def from_checkpoint(checkpoint: Path, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Export a checkpoint into ``folder``: the file and the manifest's entry."""
    saved = torch.load(checkpoint, weights_only=True)
    state = {k: v.numpy() for k, v in saved["model"].items()}
    exact, target = folder / "tagger.f32.onnx", folder / "tagger.onnx"
    export_tagger(state, saved["config"], exact)
    quantize(exact, target)
    halve_tables(target)
    return target, {**saved["config"], "characters": "".join(saved["characters"]), "tags": N_TAGS}


def from_bundle(path: Path) -> tuple[Path, dict[str, Any]] | None:
    """The tagger of an existing bundle, to be kept when only the heads are trained anew."""
    if not path.is_dir():
        return None
    bundle = open_bundle(path)
    return (bundle.file("tagger.onnx"), bundle.manifest["tagger"]) if bundle.has("tagger.onnx") else None
