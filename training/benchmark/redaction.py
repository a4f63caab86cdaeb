"""How much of names, phone and ID numbers redaction hides, and how much else, plain and recall-first.

    python training/benchmark/redaction.py [--data ../shared/data] [--bundle default]

Counted in characters through the public API: recall is the share of a type's gold characters that are replaced,
precision the share of replaced characters that gold has in one of the types asked for. Nothing of the texts is printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import petition_nlp
from petition_nlp.corpus import read_labeled
from petition_nlp.redact import DEFAULT_TYPES, RedactionPolicy, Redactor

HERE = Path(__file__).resolve().parent


def measure(nlp: petition_nlp.PetitionNLP, path: Path, policy: RedactionPolicy) -> dict[str, float]:
    """Recall by type and precision on one labelled file, in characters."""
    redactor = Redactor(policy)
    total = dict.fromkeys(policy.types, 0)
    hidden = dict.fromkeys(policy.types, 0)
    replaced = right = characters = 0
    for item in read_labeled(path):
        result = nlp.redact(item.text, redactor=redactor)
        gone = bytearray(len(item.text))
        for r in result.replacements:
            gone[r.start : r.end] = b"\1" * (r.end - r.start)
        wanted = bytearray(len(item.text))
        for kind, start, end in item.entities or []:
            if kind in total:
                total[kind] += end - start
                hidden[kind] += sum(gone[start:end])
                wanted[start:end] = b"\1" * (end - start)
        replaced += sum(gone)
        right += sum(a & b for a, b in zip(gone, wanted, strict=True))
        characters += len(item.text)
    figures = {kind: hidden[kind] / total[kind] if total[kind] else 1.0 for kind in policy.types}
    everything = sum(total.values())
    figures["all"] = sum(hidden.values()) / everything if everything else 1.0
    figures["precision"] = right / replaced if replaced else 1.0
    figures["share hidden"] = replaced / characters
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE.parents[2] / "shared" / "data")
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--files", nargs="+", default=["dev.jsonl", "dev_village.jsonl"])
    args = parser.parse_args()
    nlp = petition_nlp.load(args.bundle)
    tagger = "with" if "tagger" in nlp.bundle.manifest else "without"
    print(f"bundle {nlp.info.name} {nlp.info.version}, {tagger} a tagger; characters, types {', '.join(DEFAULT_TYPES)}")
    for name in args.files:
        for mode, recall_first in (("plain", False), ("recall-first", True)):
            figures = measure(nlp, args.data / name, RedactionPolicy(recall_first=recall_first))
            print(f"{name:18} {mode:13}" + "  ".join(f"{k} {v:.4f}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
