"""All settings of a training, in one place; they are written into the bundle as the record of how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from petition_nlp.errors import InputError
from petition_nlp.feature import NgramConfig


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Settings of the linear engine's training.

    Attributes:
        ngrams: what is hashed.
        min_df: n-grams in fewer texts than this are left out.
        max_features: at most this many n-grams are kept, the most frequent.
        lexicon_scale: weight of lexicon concepts (0: lexicon off).
        c: inverse L2 strength of the logistic regressions; several: chosen per label on the folds.
        correction_c: the same for the corrections of a base model: the lower, the closer to the base.
        folds: held-out folds for calibration and thresholds.
        stack_c: inverse L2 strength of the calibration over all columns.
        urgent_recall: recall of the gravest level that the severity decision aims at on the folds.
        target_precision: share of texts not sent to review whose domains must all be right on the folds.
        seed: of folds and solvers; the same seed and data give the same bundle.
    """

    ngrams: NgramConfig = field(default_factory=lambda: NgramConfig(n_max=2, title_n_max=2))
    min_df: int = 2
    max_features: int = 150_000
    lexicon_scale: float = 0.05
    c: tuple[float, ...] = (5.0, 20.0)
    correction_c: tuple[float, ...] = (2.0, 8.0, 32.0)
    folds: int = 5
    stack_c: float = 0.3
    urgent_recall: float = 0.75
    target_precision: float = 0.95
    seed: int = 13

    def to_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "ngrams": self.ngrams.to_dict(),
            "c": list(self.c),
            "correction_c": list(self.correction_c),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TrainingConfig:
        """Read settings, e.g. from a YAML file; missing ones keep their defaults.

        Raises:
            InputError: names an unknown setting or one of the wrong kind.
        """
        known = {f.name: f for f in fields(cls)}
        values = dict(data)
        for name in values:
            if name not in known:
                raise InputError(f"training config: unknown setting {name!r}; the settings are {', '.join(known)}")
        try:
            if "ngrams" in values:
                values["ngrams"] = replace(cls().ngrams, **values["ngrams"])
            for name in ("c", "correction_c"):
                if name in values:
                    raw = values[name]
                    values[name] = tuple(float(x) for x in (raw if isinstance(raw, (list, tuple)) else [raw]))
            config = cls(**values)
        except (TypeError, ValueError) as error:
            raise InputError(f"training config: {error}") from error
        strengths = (*config.c, *config.correction_c)
        if config.folds < 2 or not config.c or not config.correction_c or min(strengths) <= 0:
            raise InputError("training config: folds must be at least 2, c and correction_c greater than 0")
        return config
