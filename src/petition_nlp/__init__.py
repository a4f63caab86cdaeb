"""petition-nlp: reads Chinese citizens' petitions and policy texts.

    import petition_nlp
    nlp = petition_nlp.load()
    doc = nlp("反映李家村支书王某把低保名额给自己亲戚……")

Heavy parts are imported on first use, so that importing the package stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from petition_nlp.pipeline import PetitionNLP, load
    from petition_nlp.types import Document, Entity, Factor, Label, ModelInfo, Severity, Span

__version__ = "0.1.0"
__all__ = [
    "Document",
    "Entity",
    "Factor",
    "Label",
    "ModelInfo",
    "PetitionNLP",
    "Severity",
    "Span",
    "__version__",
    "load",
]

_HOME = {
    "PetitionNLP": "pipeline",
    "load": "pipeline",
    **dict.fromkeys(("Document", "Entity", "Factor", "Label", "ModelInfo", "Severity", "Span"), "types"),
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"petition_nlp.{_HOME[name]}"), name)
    raise AttributeError(f"module 'petition_nlp' has no attribute {name!r}")
