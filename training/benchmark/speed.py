"""Documents a second of the shipped bundle and its peers, on the same texts in the same run; start-up and memory.

    python training/benchmark/speed.py [--texts FILE.jsonl] [--rounds 5]

Every contender runs in one process and one thread; the best of several interleaved rounds counts, which evens out a
noisy machine. Only the ratios carry over to other machines.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import jieba  # noqa: E402
import jieba.posseg  # noqa: E402
from peer import TfidfPeer  # noqa: E402

import petition_nlp  # noqa: E402
from petition_nlp.corpus import LabeledText, read_labeled  # noqa: E402
from petition_nlp.taxonomy import default_taxonomy  # noqa: E402

HERE = Path(__file__).resolve().parent


def corpus_texts() -> list[LabeledText]:
    return [t for path in sorted((HERE.parent / "corpus").glob("*.jsonl")) for t in read_labeled(path)]


def contenders(train: list[LabeledText], texts: list[str]) -> dict[str, tuple[Callable[[], object], int]]:
    nlp = petition_nlp.load()
    peer = TfidfPeer(default_taxonomy(), n_max=4, tune=False).fit(train)
    few = texts[: max(20, len(texts) // 5)]  # the slow ones need not read everything
    return {
        "petition-nlp classify": (lambda: list(nlp.pipe(texts, entities=False, evidence=False)), len(texts)),
        "petition-nlp classify + evidence": (lambda: list(nlp.pipe(texts, entities=False)), len(texts)),
        "petition-nlp full analysis": (lambda: list(nlp.pipe(texts)), len(texts)),
        "sklearn tf-idf(char 1-4) + LR": (lambda: peer.predict(texts), len(texts)),
        "jieba.cut": (lambda: [list(jieba.cut(t)) for t in texts], len(texts)),
        "jieba.posseg.cut": (lambda: [list(jieba.posseg.cut(t)) for t in few], len(few)),
    }


def in_new_process(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, help="jsonl with text (default: the corpus of this repository)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=600)
    args = parser.parse_args()
    train = corpus_texts()
    if args.texts:
        with args.texts.open(encoding="utf-8") as stream:
            texts = [json.loads(line)["text"] for line in stream]
    else:
        texts = [t.text for t in train]
    texts = texts[: args.limit]
    print(f"{len(texts)} texts, mean {sum(map(len, texts)) / len(texts):.0f} characters; one thread")
    jieba.initialize()
    run = contenders(train, texts)
    best = dict.fromkeys(run, 0.0)
    for _ in range(args.rounds):
        for name, (work, n) in run.items():
            begin = time.perf_counter()
            work()
            best[name] = max(best[name], n / (time.perf_counter() - begin))
    base = best["sklearn tf-idf(char 1-4) + LR"]
    tagger = best["jieba.posseg.cut"]
    print(f"{'':34}{'docs/s':>9}{'x sklearn':>11}{'x posseg':>10}")
    for name, speed in best.items():
        print(f"{name:34}{speed:9.0f}{speed / base:11.2f}{speed / tagger:10.2f}")
    clock = "import time; t = time.perf_counter(); import petition_nlp; "
    print(
        "import petition_nlp:",
        min(float(in_new_process(clock + "print(time.perf_counter() - t)")) for _ in range(3)),
        "s",
    )
    first = "import petition_nlp, time; t = time.perf_counter(); petition_nlp.load()('村里的账三年没公布'); "
    print(
        "load + first text:",
        min(float(in_new_process(first + "print(time.perf_counter() - t)")) for _ in range(3)),
        "s",
    )
    # VmHWM, not ru_maxrss: the latter counts the parent's memory from before the new program was started.
    peak = first + "print(next(x for x in open('/proc/self/status') if x.startswith('VmHWM')).split()[1], 'kB')"
    print("peak memory after it:", in_new_process(peak))


if __name__ == "__main__":
    main()
