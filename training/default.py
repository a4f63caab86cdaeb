"""Rebuilds the shipped bundle, models/default, from the training data in one command.

    python training/default.py [--data ../shared/data] [-o models/default]

Data: the real texts of ``--data`` (train.jsonl; their text stays out of this repository) and the corpus written for
this project (training/corpus/*.jsonl). Figures in the model card come from ``--data``'s dev sets.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from petition_nlp.corpus import LabeledText, read_labeled
from petition_nlp.taxonomy import default_taxonomy
from petition_nlp.train import TrainingConfig, save_trained, train_linear

HERE = Path(__file__).resolve().parent


def training_texts(data: Path) -> tuple[list[LabeledText], list[str]]:
    """All texts the default bundle learns from, and a line a source."""
    taxonomy = default_taxonomy()
    texts = list(read_labeled(data / "train.jsonl", taxonomy))
    sources = [f"{len(texts)} real public texts (train.jsonl)"]
    for path in sorted((HERE / "corpus").glob("*.jsonl")):
        more = list(read_labeled(path, taxonomy))
        texts += more
        sources.append(f"{len(more)} texts written for this project (training/corpus/{path.name})")
    return texts, sources


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "models" / "default")
    args = parser.parse_args()
    texts, sources = training_texts(args.data)
    print(f"{len(texts)} texts", file=sys.stderr)
    trained = train_linear(texts, default_taxonomy(), TrainingConfig())
    save_trained(trained, args.out, name="default", version="0.1.0", card="# Model card\n", sources=sources)
    return 0


if __name__ == "__main__":
    sys.exit(main())
