"""Rebuilds the shipped bundle, models/default, from the training data in one command.

    python training/default.py [--data ../shared/data] [-o models/default]

Data: the real texts of ``--data`` (train.jsonl; their text stays out of this repository) and the corpus written for
this project (training/corpus/*.jsonl). Figures in the model card come from ``--data``'s dev sets.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import petition_nlp
from petition_nlp import Document
from petition_nlp.corpus import LabeledText, read_labeled
from petition_nlp.evaluate import Figure, entity_figures, head_figures
from petition_nlp.taxonomy import default_taxonomy
from petition_nlp.train import TrainingConfig, save_trained, train_linear
from petition_nlp.train.card import model_card

sys.path.insert(0, str(Path(__file__).resolve().parent))
from tagger.bundle import from_bundle, from_checkpoint

HERE = Path(__file__).resolve().parent
VERSION = "0.1.0"
WEAK = (
    "`accusation` against `appeal` when a text both accuses and asks for relief.",
    "`misconduct` labels told only between the lines, and rare ones (bid rigging, retaliation) in city complaints.",
    "Severity 3 against 4: how near a danger is often rests on one clause.",
    "Texts under about 30 characters, and texts in dialect written by sound.",
)


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
    parser.add_argument(
        "--tagger", type=Path, help="checkpoint of training/tagger/train.py (default: keep OUT's tagger)"
    )
    args = parser.parse_args()
    texts, sources = training_texts(args.data)
    print(f"{len(texts)} texts", file=sys.stderr)
    trained = train_linear(texts, default_taxonomy(), TrainingConfig())
    # Only texts written for this project travel in the bundle; of the real ones it keeps logits and labels.
    trained.replay = [t for path in sorted((HERE / "corpus").glob("*.jsonl")) for t in read_labeled(path)]
    figures: dict[str, dict[str, Figure]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        tagger = from_checkpoint(args.tagger, Path(scratch)) if args.tagger else from_bundle(args.out)
        copies = {}
        if tagger:  # copied aside: the old bundle's own file goes when the new bundle takes its place
            copies["tagger.onnx"] = Path(shutil.copy(tagger[0], Path(scratch) / "kept.onnx"))
        extra: dict[str, Any] = {
            "extra_copies": copies,
            "extra_manifest": {"tagger": tagger[1]} if tagger else {},
        }
        # The figures are those of the bundle as saved (float16 weights), so it is saved, measured, and saved for good.
        trial = save_trained(trained, Path(scratch) / "trial", name="default", version=VERSION, card="", **extra)
        nlp = petition_nlp.load(trial)
        for name in ("dev", "dev_village"):
            gold = list(read_labeled(args.data / f"{name}.jsonl"))
            documents = list(nlp.pipe(t.text for t in gold))
            figures[name] = {**head_figures(gold, documents, nlp.taxonomy), **_entities(gold, documents)}
        for name, table in figures.items():
            print(name, {k: str(v) for k, v in table.items()}, file=sys.stderr)
        card = model_card(
            trained,
            name="default",
            version=VERSION,
            sources=sources,
            figures=figures,
            weak=WEAK,
            command="python training/default.py",
        )
        metrics = {d: {k: v.to_dict() for k, v in table.items()} for d, table in figures.items()}
        save_trained(
            trained, args.out, name="default", version=VERSION, card=card, sources=sources, metrics=metrics, **extra
        )
    return 0


def _entities(gold: list[LabeledText], documents: list[Document]) -> dict[str, Figure]:
    return {f"entities_{k}": v for k, v in entity_figures(gold, documents).items()}


if __name__ == "__main__":
    sys.exit(main())
