"""Retraining, measured: a taxonomy of one's own against tf-idf + LinearSVC, and a new kind of text added to a base.

    python training/benchmark/retrain.py own [--csv FILE --text-field NAME --label-field NAME] [--data ../shared/data]
    python training/benchmark/retrain.py add [--label village_asset] [--data ../shared/data]

``own``: seven classes. Without ``--csv`` they are made of the labels of ``--data``'s train.jsonl, whose texts are cut
into short pieces: the first domain, and where there is none the petition type or document type. Pieces of one text may
stand on both sides of the split. Both contenders learn from the same four fifths, the peer's C tuned by
cross-validation, and are measured on the same fifth.

``add``: a base is trained without the texts of one domain; then 200 of them, drawn from this project's corpus, are
added with ``Trainer(base=…)``. Printed: F1 of that domain on texts that neither saw, and the figures of all heads on
the dev sets' other texts, before and after.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import petition_nlp
from petition_nlp.corpus import LabeledText, derive_taxonomy, read_labeled
from petition_nlp.evaluate import head_figures
from petition_nlp.evaluate.metrics import head_table
from petition_nlp.taxonomy import default_taxonomy
from petition_nlp.train import Trainer, TrainingConfig, train_linear

HERE = Path(__file__).resolve().parent
PIECE = 70  # characters of a made short text; hotline tickets are about so long
SEED = 0


def short_texts(data: Path, limit: int) -> tuple[list[str], list[str]]:
    """Seven classes of short texts, made of the labels of train.jsonl; pieces of a text share its class."""
    texts, labels = [], []
    for item in read_labeled(data / "train.jsonl"):
        domains = item.labels.get("domains", [])
        kind = item.labels.get("petition_type", [])
        if domains:
            label = domains[0]
        else:
            label = "other_request" if kind and kind[0] in ("appeal", "accusation") else "other_question"
            label = label if item.labels["doc_type"] == ["petition"] else "official"
        flat = " ".join(item.text.split())
        pieces = [flat[i : i + PIECE] for i in range(0, min(len(flat), 6 * PIECE), PIECE)]
        texts += [p for p in pieces if len(p) >= PIECE // 2]
        labels += [label] * (len(texts) - len(labels))
    order = np.random.default_rng(SEED).permutation(len(texts))[:limit]
    return [texts[i] for i in order], [labels[i] for i in order]


def own_taxonomy(args: argparse.Namespace) -> None:
    if args.csv:
        with args.csv.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
        texts, labels = [r[args.text_field] for r in rows], [r[args.label_field] for r in rows]
    else:
        texts, labels = short_texts(args.data, args.limit)
    x, x_test, y, y_test = train_test_split(texts, labels, test_size=0.2, random_state=SEED, stratify=labels)
    print(f"{len(x)} texts to learn, {len(x_test)} to measure, mean {np.mean([len(t) for t in texts]):.0f} characters")
    print("labels:", dict(Counter(labels).most_common()))
    with tempfile.TemporaryDirectory() as scratch:
        table = Path(scratch) / "labels.csv"
        with table.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("内容", "类别"), *zip(x, y, strict=True)])
        begin = time.perf_counter()
        taxonomy = derive_taxonomy([table])
        trained = Trainer(TrainingConfig(), taxonomy=taxonomy).fit(read_labeled(table, taxonomy))
        bundle = trained.save(Path(scratch) / "bundle")
        ours_time = time.perf_counter() - begin
        documents = petition_nlp.load(bundle).pipe(x_test, entities=False, evidence=False)
        ours = [d.domains[0].name for d in documents]
    begin = time.perf_counter()
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), sublinear_tf=True, min_df=2)
    grid = {"linearsvc__C": [0.1, 0.3, 1.0, 3.0]}
    # The vectoriser is outside of the search: it is fitted once, which favours the peer.
    svc = GridSearchCV(make_pipeline(LinearSVC()), grid, cv=5, scoring="f1_macro")
    svc.fit(vectorizer.fit_transform(x), y)
    theirs = svc.predict(vectorizer.transform(x_test))
    their_time = time.perf_counter() - begin
    print(f"{'':34}{'macro-F1':>9}{'accuracy':>10}{'seconds':>9}")
    peer = f"tf-idf 1-4 + LinearSVC(C={svc.best_params_['linearsvc__C']:g})"
    for name, said, seconds in ((peer, theirs, their_time), ("petition-nlp train", ours, ours_time)):
        accuracy = np.mean(np.array(said) == np.array(y_test))
        print(f"{name:34}{f1_score(y_test, said, average='macro'):9.4f}{accuracy:10.4f}{seconds:9.1f}")


def add_a_kind(args: argparse.Namespace) -> None:
    def has(item: LabeledText) -> bool:
        return args.label in item.labels.get("domains", ())

    real = list(read_labeled(args.data / "train.jsonl"))
    corpus = [t for p in sorted((HERE.parent / "corpus").glob("*.jsonl")) for t in read_labeled(p)]
    dev = [t for n in ("dev", "dev_village") for t in read_labeled(args.data / f"{n}.jsonl")]
    with tempfile.TemporaryDirectory() as scratch:
        begin = time.perf_counter()
        learnt = [t for t in (*real, *corpus) if not has(t)]
        first = train_linear(learnt, default_taxonomy(), TrainingConfig())
        first.replay = [t for t in corpus if not has(t)]
        base = petition_nlp.load(first.save(Path(scratch) / "base"))
        print(f"base: {len(learnt)} texts without {args.label}, {time.perf_counter() - begin:.0f} s")
        kind = [t for t in corpus if has(t)]
        order = np.random.default_rng(args.seed).permutation(len(kind))
        added, unseen = ([kind[i] for i in part] for part in (order[: args.texts], order[args.texts :]))
        begin = time.perf_counter()
        trained = Trainer(TrainingConfig(), base=base).fit(added)
        after = petition_nlp.load(trained.save(Path(scratch) / "new"))
        print(f"{len(added)} texts added, {time.perf_counter() - begin:.0f} s; heads kept: {', '.join(trained.left)}")
        rows: dict[str, list[float]] = {}
        for nlp in (base, after):
            for name, value in figures(nlp, args.label, [*dev, *unseen], [t for t in dev if not has(t)]).items():
                rows.setdefault(name, []).append(value)
    print(f"{'figure':44}{'before':>8}{'after':>8}{'points':>8}")
    for name, (was, now) in rows.items():
        print(f"{name:44}{was:8.3f}{now:8.3f}{100 * (now - was):8.2f}")


def figures(
    nlp: petition_nlp.PetitionNLP, label: str, kind: list[LabeledText], old: list[LabeledText]
) -> dict[str, float]:
    def f1s(items: list[LabeledText]) -> dict[str, float]:
        documents = list(nlp.pipe((t.text for t in items), entities=False, evidence=False))
        table, rows = head_table(items, documents, nlp.taxonomy.heads["domains"])
        return {k: v["f1"] for k, v in table.per_label(np.arange(len(rows))).items()}

    documents = list(nlp.pipe((t.text for t in old), entities=False, evidence=False))
    heads = head_figures(old, documents, nlp.taxonomy, rounds=1)
    before = f1s(old)
    out = {f"{label} F1, {len(kind)} unseen texts of all kinds": f1s(kind)[label]}
    out["domains macro-F1 of the old labels"] = float(np.mean([v for k, v in before.items() if k != label]))
    return out | {k: v.value for k, v in heads.items() if not k.startswith("domains")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("own", "add"))
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    parser.add_argument("--csv", type=Path, help="own: labelled table with one label a row")
    parser.add_argument("--text-field", default="text")
    parser.add_argument("--label-field", default="label")
    parser.add_argument("--limit", type=int, default=9000, help="own: at most so many made texts")
    parser.add_argument("--label", default="village_asset", help="add: the domain held back")
    parser.add_argument("--texts", type=int, default=200, help="add: how many texts are added")
    parser.add_argument("--seed", type=int, default=0, help="add: which ones")
    args = parser.parse_args()
    own_taxonomy(args) if args.what == "own" else add_a_kind(args)


if __name__ == "__main__":
    sys.exit(main())
