"""Builds the shipped table of divisions: ``python training/gazetteer.py [DIVISIONS.json]``.

Source: github.com/modood/Administrative-divisions-of-China (licence WTFPL), nested ``code``, ``name``, ``children``.
The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "src/petition_nlp/gazetteer/divisions.tsv.gz"
HEADER = (
    "# Administrative divisions of China, province to township, with statistical codes.",
    "# Source: https://github.com/modood/Administrative-divisions-of-China, licence WTFPL. See docs/gazetteer.md.",
)
# The statistical table ends at the mainland; these are its standard codes (GB/T 2260) for the rest.
REST = (("71", "台湾省"), ("81", "香港特别行政区"), ("82", "澳门特别行政区"))


def lines(nodes: list[dict[str, Any]], parent: str = "") -> Iterator[str]:
    """One line a division down to the county, depth first; a county's townships follow on its line."""
    for node in nodes:
        code, name, below = str(node["code"]), str(node["name"]).strip(), node.get("children", [])
        if not code.startswith(parent) or len(code) not in (2, 4, 6):
            raise SystemExit(f"{code} under {parent or 'the root'}: not a statistical code of 2, 4 or 6 digits")
        fields = [code, name]
        if len(code) == 6:
            fields += [township(str(t["code"]), str(t["name"]).strip(), code) for t in below]
            below = []
        yield "\t".join(fields)
        yield from lines(below, code)


def township(code: str, name: str, county: str) -> str:
    """Three digits after the county's code, then the name."""
    if len(code) != 9 or not code.startswith(county):
        raise SystemExit(f"{code} under {county}: not a township's code of 9 digits")
    return code[6:] + name


def main() -> int:
    """Read the nested table, write the shipped file, print its size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path, default=ROOT.parent / "shared/lexicon/divisions.json")
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT)
    args = parser.parse_args()
    nodes = json.loads(args.source.read_text(encoding="utf-8"))
    rows = [*HEADER, *lines(nodes), *(f"{code}\t{name}" for code, name in REST)]
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:  # no time, no name
        file.write(("\n".join(rows) + "\n").encode())
    packed = buffer.getvalue()
    args.output.write_bytes(packed)
    count = sum(row.count("\t") for row in rows)
    print(f"{args.output.name}: {count:,} divisions, {len(packed):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
