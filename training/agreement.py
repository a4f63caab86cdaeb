"""Agreement of the corpus's first labels with those of a second reader who did not write the texts.

    python training/agreement.py

Reads training/labels/second_reading.jsonl (ids, labels, entities as surfaces) and training/corpus/*.jsonl.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from petition_nlp.corpus import EntitySpan, LabeledText, parse_labeled, read_labeled
from petition_nlp.evaluate import HeadTable, f1, quadratic_weighted_kappa
from petition_nlp.taxonomy import default_taxonomy

HERE = Path(__file__).resolve().parent


def main() -> None:
    taxonomy = default_taxonomy()
    first = {t.id: t for path in sorted((HERE / "corpus").glob("*.jsonl")) for t in read_labeled(path)}
    pairs: list[tuple[LabeledText, LabeledText]] = []
    source = HERE / "labels" / "second_reading.jsonl"
    for number, line in enumerate(source.open(encoding="utf-8"), 1):
        row = json.loads(line)
        text = first[row["id"]].text
        second = parse_labeled({**row, "text": text}, taxonomy, where=f"{source}:{number}", default_id=row["id"])
        pairs.append((first[row["id"]], second))
    print(f"{len(pairs)} texts of {len(first)} read twice\n\n| figure | agreement |\n|---|---|")
    for name, head in taxonomy.heads.items():
        both = [(a, b) for a, b in pairs if name in a.labels and name in b.labels]
        g = np.array([[x in a.labels[name] for x in head.ids] for a, _ in both])
        s = np.array([[x in b.labels[name] for x in head.ids] for _, b in both])
        table, rows = HeadTable(head, g, s), np.arange(len(both))
        if head.kind == "ordinal":
            print(f"| {name} quadratic kappa | {quadratic_weighted_kappa(*table.levels(rows), len(head.ids)):.3f} |")
        print(f"| {name} exact | {table.exact(rows):.3f} |")
        kind, value = ("micro", table.micro(rows)) if name == "misconduct" else ("macro", table.macro(rows))
        print(f"| {name} {kind}-F1 | {value:.3f} |")
    counts: dict[str, list[int]] = {}
    for a, b in pairs:
        one, two = spans(a), spans(b)
        for span in one | two:
            k = 0 if span in one and span in two else 1 if span in two else 2
            counts.setdefault(span[0], [0, 0, 0])[k] += 1
    total = [sum(c[k] for c in counts.values()) for k in range(3)]
    print(f"| entities strict F1 | {f1(*total):.3f} |")
    print("\nBy type: " + ", ".join(f"{k} {f1(*c):.2f}" for k, c in sorted(counts.items())))


def spans(text: LabeledText) -> set[EntitySpan]:
    return set(text.entities or [])


if __name__ == "__main__":
    main()
