"""Every idea tried on the linear engine, one row each, in one command.

    python training/experiments.py [--data ../shared/data] [--only NAME…]

Prints the tables that training/RESULTS.md quotes. Figures: dev and dev_village through the trained engine and its
decisions (``petition_nlp.evaluate``). Seeds are fixed. About half an hour on two cores.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from petition_nlp.calibrate import HeadCalibration, expected_calibration_error
from petition_nlp.corpus import LabeledText, read_labeled
from petition_nlp.engine import LinearEngine
from petition_nlp.evaluate import HeadTable, quadratic_weighted_kappa
from petition_nlp.feature import NgramConfig
from petition_nlp.taxonomy import default_taxonomy
from petition_nlp.text import normalize
from petition_nlp.train import TrainingConfig, train_linear
from petition_nlp.train.linear import Trained

HERE = Path(__file__).resolve().parent
Decisions = dict[str, list[list[int]]]
BASE = TrainingConfig()
SHORT = ("dom F1", "exact", "type F1", "QWK", "rec4", "misc F1", "doc")


def decide(
    engine: LinearEngine, heads: dict[str, HeadCalibration], texts: Sequence[str]
) -> tuple[Decisions, dict[str, np.ndarray]]:
    logits = engine.logits(texts)
    p = {k: h.probabilities(logits) for k, h in heads.items()}
    return {k: heads[k].decide(v) for k, v in p.items()}, p


def figures(decisions: Decisions, gold: Sequence[LabeledText]) -> list[float]:
    """The seven figures of SHORT; petition heads of texts taken for something else count as wrong, as when serving."""
    taxonomy = default_taxonomy()
    tables = {}
    for name, head in taxonomy.heads.items():
        rows = [i for i, t in enumerate(gold) if name in t.labels]
        g = np.array([[x in gold[i].labels[name] for x in head.ids] for i in rows])
        s = np.zeros_like(g)
        for r, i in enumerate(rows):
            if not head.only_for or taxonomy.heads["doc_type"].ids[decisions["doc_type"][i][0]] in head.only_for:
                s[r, decisions[name][i]] = True
        tables[name] = HeadTable(head, g, s)
    every = {k: np.arange(len(t.gold)) for k, t in tables.items()}
    levels = tables["severity"].levels(every["severity"])
    top = levels[0] == 3
    return [
        tables["domains"].macro(every["domains"]),
        tables["domains"].exact(every["domains"]),
        tables["petition_type"].macro(every["petition_type"]),
        quadratic_weighted_kappa(*levels, 4),
        float((levels[1][top] == 3).mean()) if top.any() else float("nan"),
        tables["misconduct"].micro(every["misconduct"]),
        tables["doc_type"].exact(every["doc_type"]),
    ]


class Bench:
    """Dev sets, normalised once, and the printing of rows."""

    def __init__(self, data: Path) -> None:
        self.sets = {n: list(read_labeled(data / f"{n}.jsonl")) for n in ("dev", "dev_village")}
        self.texts = {n: [normalize(t.text).text for t in s] for n, s in self.sets.items()}
        print("| what | texts | " + " | ".join(f"{n} {f}" for n in ("dev", "village") for f in SHORT) + " | s |")
        print("|---|---|" + "---|" * (2 * len(SHORT) + 1))

    def row(
        self,
        name: str,
        train: Sequence[LabeledText],
        config: TrainingConfig = BASE,
        change: Callable[[Trained], None] | None = None,
    ) -> Trained:
        begin = time.time()
        trained = train_linear(train, default_taxonomy(), config)
        if change:
            change(trained)
        cells = []
        for n, gold in self.sets.items():
            cells += figures(decide(trained.engine, trained.heads, self.texts[n])[0], gold)
        print(
            f"| {name} | {len(train)} | " + " | ".join(f"{c:.3f}" for c in cells) + f" | {time.time() - begin:.0f} |",
            flush=True,
        )
        return trained


def with_labels(data: Path) -> list[LabeledText]:
    """The pool texts that were labelled for this project (training/labels): ids and labels here, texts there."""
    import json

    with (data / "pool.jsonl").open(encoding="utf-8") as stream:
        pool = {row["id"]: row["text"] for row in map(json.loads, stream)}
    out = []
    taxonomy = default_taxonomy()
    from petition_nlp.corpus import parse_labeled

    for path in sorted((HERE / "labels").glob("*.jsonl")):
        for number, line in enumerate(path.open(encoding="utf-8"), 1):
            row = json.loads(line)
            out.append(
                parse_labeled(
                    {**row, "text": pool[row["id"]]}, taxonomy, where=f"{path}:{number}", default_id=row["id"]
                )
            )
    return out


def own_logit_only(trained: Trained) -> None:
    """Ablation: calibration that reads a label's own columns only (Platt scaling in place of stacking)."""
    for name, head in trained.heads.items():
        keep = np.array([h == name for h, _ in trained.engine.columns])
        head.weights[~keep] = 0.0


def calibration(trained: Trained, bench: Bench) -> None:
    print("\n| set | ECE per domain | sent to review | right in all domains of the rest |\n|---|---|---|---|")
    from petition_nlp.calibrate import domain_confidence

    head = trained.heads["domains"]
    for name, gold in bench.sets.items():
        _, p = decide(trained.engine, trained.heads, bench.texts[name])
        truth = np.array([[x in t.labels["domains"] for x in head.labels] for t in gold])
        ece = ", ".join(
            f"{x} {expected_calibration_error(p['domains'][:, i], truth[:, i]):.3f}" for i, x in enumerate(head.labels)
        )
        confidence = domain_confidence(p["domains"], head.thresholds)
        right = ((p["domains"] >= head.thresholds) == truth).all(1)
        kept = confidence >= trained.review.domain_confidence
        print(f"| {name} | {ece} | {1 - kept.mean():.2f} | {right[kept].mean():.3f} |")
        print(f"\nCurve of {name} (coverage: right): ", end="")
        order = np.argsort(-confidence)
        for share in (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
            n = max(1, int(share * len(order)))
            print(f"{share:.1f}: {right[order[:n]].mean():.3f}", end="; ")
        print("\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[1] / "shared" / "data")
    parser.add_argument("--only", nargs="*", help="parts: features, data, curve, authors, calibration")
    args = parser.parse_args()
    sys.path.insert(0, str(HERE))
    from default import training_texts

    parts = set(args.only or ("features", "data", "curve", "authors", "calibration"))
    every = training_texts(args.data)[0]
    real = [t for t in every if "author" not in t.meta]
    corpus = [t for t in every if "author" in t.meta]
    seeds = [t for t in corpus if str(t.meta["author"]).startswith("seed_")]
    bench = Bench(args.data)
    if "features" in parts:
        bench.row("shipped recipe", every)
        bench.row("no lexicon", every, replace(BASE, lexicon_scale=0.0))
        bench.row("lexicon x 3", every, replace(BASE, lexicon_scale=0.15))
        bench.row("no title features", every, replace(BASE, ngrams=NgramConfig(n_max=2, title_chars=0)))
        bench.row(
            "characters 1-3", every, replace(BASE, ngrams=NgramConfig(n_max=3, title_n_max=3), max_features=400_000)
        )
        bench.row(
            "characters 1-4", every, replace(BASE, ngrams=NgramConfig(n_max=4, title_n_max=3), max_features=600_000)
        )
        bench.row("C 2 and 5", every, replace(BASE, c=(2.0, 5.0)))
        bench.row("stacking weaker", every, replace(BASE, stack_c=0.02))
        bench.row("own logit only", every, BASE, own_logit_only)
    if "data" in parts:
        bench.row("real texts only", real)
        bench.row("real + 236 seeds", [*real, *seeds])
        bench.row("corpus only", corpus)
        if (HERE / "labels").exists():
            bench.row("+ pool labels", [*every, *with_labels(args.data)])
    if "curve" in parts:
        order = np.random.default_rng(0).permutation(len(every))
        for share in (0.1, 0.25, 0.5, 1.0):
            bench.row(f"{share:.0%} of the data", [every[i] for i in order[: int(share * len(every))]])
    if "authors" in parts:
        authors = sorted({str(t.meta["author"]) for t in corpus})
        groups = [authors[k::4] for k in range(4)]
        print("\n| author groups held out | texts | " + " | ".join(SHORT) + " |\n|---|---|" + "---|" * len(SHORT))
        for group in groups:
            held = [t for t in corpus if t.meta["author"] in group]
            trained = train_linear([t for t in every if t.meta.get("author") not in group], default_taxonomy(), BASE)
            cells = figures(decide(trained.engine, trained.heads, [normalize(t.text).text for t in held])[0], held)
            print(f"| {', '.join(group)} | {len(held)} | " + " | ".join(f"{c:.3f}" for c in cells) + " |", flush=True)
    if "calibration" in parts:
        calibration(bench.row("calibration of", every), bench)


if __name__ == "__main__":
    main()
