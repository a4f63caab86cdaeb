"""When a person must look: every reason is an id that the output carries and a rule that can be read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """Limits, chosen on held-out folds so that what is not sent to review meets ``target_precision``.

    Attributes:
        domain_confidence: least probability that the decisions of all labels are right.
        doc_type_confidence: least probability of the chosen type.
        severity_gap: most probability that may lie two or more levels above the chosen one.
        urgent: probability of the gravest level from which a person looks even if a lower level is chosen.
    """

    domain_confidence: float = 0.5
    doc_type_confidence: float = 0.7
    severity_gap: float = 0.15
    urgent: float = 0.35
    target_precision: float = 0.95

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReviewPolicy:
        return cls(**{k: float(v) for k, v in data.items()})


def domain_confidence(probabilities: F64, thresholds: F64) -> F64:
    """Probability that all decisions of a multi-label head are right, labels taken as independent. Shape (n,).

    A label given at a probability below one half (its threshold was chosen for F1) is more likely wrong than right, and
    counts so.
    """
    given = probabilities >= thresholds
    return np.asarray(np.prod(np.where(given, probabilities, 1 - probabilities), axis=1))
