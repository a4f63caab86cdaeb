"""Labels saved by choosing what to label next, against choosing at random: learning curves on held-out texts.

    python training/benchmark/selection.py [--data ../shared/data/train.jsonl] [--seeds 3]

A third of the labelled texts is held out; the others are the pool, their labels hidden until they are chosen. Each
round trains on what is labelled so far (domains only, fixed C, three folds), measures domains macro-F1 on the held-out
third and chooses the next 200. All strategies start from the same 200 random texts of a seed.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

import petition_nlp  # noqa: E402
from petition_nlp.corpus import LabeledText, read_labeled  # noqa: E402
from petition_nlp.evaluate import head_table  # noqa: E402
from petition_nlp.select import STRATEGIES, select  # noqa: E402
from petition_nlp.taxonomy import default_taxonomy  # noqa: E402
from petition_nlp.train import TrainingConfig, save_trained, train_linear  # noqa: E402

HERE = Path(__file__).resolve().parent
TARGET = 0.6


def domains_only(path: Path) -> list[LabeledText]:
    texts = read_labeled(path, default_taxonomy())
    return [LabeledText(t.id, t.text, {"domains": t.labels["domains"]}) for t in texts if "domains" in t.labels]


def curve(texts: Sequence[LabeledText], strategy: str, seed: int, start: int, step: int, last: int) -> list[float]:
    """Domains macro-F1 on the held-out third after each round."""
    order = np.random.default_rng(seed).permutation(len(texts))
    held_out = [texts[i] for i in order[: len(texts) // 3]]
    pool = [texts[i] for i in order[len(texts) // 3 :]]
    labelled, pool = pool[:start], pool[start:]
    head = default_taxonomy().heads["domains"]
    out: list[float] = []
    with tempfile.TemporaryDirectory() as scratch:
        while True:
            trained = train_linear(labelled, default_taxonomy(), TrainingConfig(c=(10.0,), folds=3))
            path = save_trained(trained, Path(scratch) / "bundle", name="trial", version="0", card="")
            nlp = petition_nlp.load(path)
            documents = nlp.pipe((t.text for t in held_out), entities=False, evidence=False)
            table, rows = head_table(held_out, list(documents), head)
            out.append(table.macro(np.arange(len(rows))))
            if len(labelled) >= last or not pool:
                return out
            if strategy == "random":
                taken = list(range(min(step, len(pool))))  # the pool's order is random already
            else:
                known = [t.text for t in labelled]
                found = select(nlp, [t.text for t in pool], step, labelled=known, strategy=STRATEGIES[strategy])
                taken = [s.row for s in found]
            inside = set(taken)
            labelled = labelled + [pool[i] for i in taken]
            pool = [t for i, t in enumerate(pool) if i not in inside]


def labels_to_reach(figure: float, sizes: Sequence[int], means: NDArray[np.float64]) -> float:
    """Least number of labels at which a curve reaches a figure, straight between its points; infinite if never."""
    for i, value in enumerate(means):
        if value >= figure:
            if i == 0:
                return float(sizes[0])
            share = (figure - means[i - 1]) / (value - means[i - 1])
            return sizes[i - 1] + float(share) * (sizes[i] - sizes[i - 1])
    return float("inf")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data" / "train.jsonl")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--start", type=int, default=200)
    parser.add_argument("--step", type=int, default=200)
    parser.add_argument("--last", type=int, default=1400)
    parser.add_argument("--strategies", nargs="+", default=["random", *STRATEGIES], choices=["random", *STRATEGIES])
    args = parser.parse_args()
    texts = domains_only(args.data)
    sizes = list(range(args.start, args.last + 1, args.step))
    print(f"{len(texts)} texts, {len(texts) // 3} held out; domains macro-F1, mean of {args.seeds} seeds")
    print(f"{'labels':24}" + "".join(f"{n:>8}" for n in sizes))
    means: dict[str, NDArray[np.float64]] = {}
    for name in args.strategies:
        begin = time.perf_counter()
        rows = [curve(texts, name, seed, args.start, args.step, args.last) for seed in range(args.seeds)]
        means[name] = np.mean(rows, axis=0)
        spread = np.std(rows, axis=0)
        print(f"{name:24}" + "".join(f"{m:8.3f}" for m in means[name]) + f"   ({time.perf_counter() - begin:.0f} s)")
        print(f"{'  (spread over seeds)':24}" + "".join(f"{s:8.3f}" for s in spread), flush=True)
    if "random" not in means:
        return
    goal = float(means["random"][-1])
    print(f"\nlabels needed to reach random's {goal:.3f} at {sizes[-1]} labels (target: at most {TARGET:.0%})")
    for name, values in means.items():
        needed = labels_to_reach(goal, sizes, values)
        print(f"{name:24}{needed:8.0f}{needed / sizes[-1]:8.0%}")


if __name__ == "__main__":
    main()
