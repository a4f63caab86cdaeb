"""Figures of the shipped bundle beside tf-idf + logistic regression trained on the same texts.

    python training/benchmark/quality.py [--data ../shared/data]

The bundle goes through ``petition-nlp tag`` and both are scored by ``../shared/annotation/score.py``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from peer import TfidfPeer

from petition_nlp.corpus import read_labeled
from petition_nlp.taxonomy import default_taxonomy

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
FIGURES = (
    "domains_macro_f1",
    "domains_exact",
    "petition_type_macro_f1",
    "severity_qwk",
    "severity_urgent_recall",
    "misconduct_micro_f1",
    "doc_type_acc",
    "entities_f1",
)


def scores(scorer: Path, gold: Path, predicted: Path) -> dict[str, float]:
    done = subprocess.run([sys.executable, scorer, gold, predicted, "--json"], capture_output=True, check=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    parser.add_argument("--bundle", default="default")
    args = parser.parse_args()
    from default import training_texts  # the recipe beside this folder

    texts, sources = training_texts(args.data)
    print(f"trained on {len(texts)} texts: " + "; ".join(sources))
    peer = TfidfPeer(default_taxonomy(), n_max=3).fit(texts)
    scorer = args.data.parent / "annotation" / "score.py"
    for name in ("dev", "dev_village"):
        gold = args.data / f"{name}.jsonl"
        items = list(read_labeled(gold))
        with tempfile.TemporaryDirectory() as scratch:
            ours, theirs = Path(scratch) / "ours.jsonl", Path(scratch) / "theirs.jsonl"
            command = [
                sys.executable,
                "-m",
                "petition_nlp",
                "tag",
                str(gold),
                "-o",
                str(ours),
                "--quiet",
                "--bundle",
                args.bundle,
            ]
            subprocess.run(command, check=True)
            with theirs.open("w", encoding="utf-8") as stream:
                for item, row in zip(items, peer.predict([t.text for t in items]), strict=True):
                    stream.write(json.dumps({"id": item.id, **row}) + "\n")
            a, b = scores(scorer, gold, theirs), scores(scorer, gold, ours)
        print(f"\n{name} ({len(items)} texts)\n{'figure':26}{'tf-idf + LR':>12}{'bundle':>9}")
        for figure in FIGURES:
            print(f"{figure:26}{a[figure]:12.3f}{b[figure]:9.3f}")


if __name__ == "__main__":
    main()
