"""The model card, written by the training run from what it did and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from petition_nlp.evaluate import Figure
from petition_nlp.train.linear import Trained, library_versions

_NOT_FOR = """\
- **No decision about a person without a person.** The tags sort a pile of letters; they prove nothing. An allegation is
  tagged as alleged, true or not.
- Not for ranking, profiling or tracing petitioners, nor for finding out who wrote an anonymous letter.
- Not for closing or refusing a petition without somebody reading it. A low severity is no reason not to read.
"""


def model_card(
    trained: Trained,
    *,
    name: str,
    version: str,
    sources: Sequence[str],
    figures: Mapping[str, Mapping[str, Figure]],
    weak: Sequence[str] = (),
    command: str = "",
) -> str:
    """Markdown of a bundle's card.

    Args:
        figures: data set name -> figure name -> value with interval.
        weak: sentences on what the model is bad at.
        command: what rebuilds the bundle and its figures.
    """
    data = trained.data
    parts = [
        f"# {name} {version}\n",
        f"Tags Chinese petitions and policy texts by the taxonomy {trained.taxonomy.tag}. "
        f"Engine: {trained.engine.name}, {len(trained.engine.space)} features, "
        f"{len(trained.engine.columns)} columns.\n",
        "## Data\n",
        *(f"- {s}" for s in sources),
        f"\n{data['texts']} texts, {data['characters']} characters; fingerprint `{data['fingerprint'][:16]}`.\n",
        *_counts(data["labels"]),
        "\n## Figures\n",
        f"95 % bootstrap intervals over texts. {f'Command: `{command}`.' if command else ''}\n",
        *_figures(figures),
        "\n## Weak points\n",
        *(
            f"- {w}"
            for w in weak or ["Not examined for this bundle; run `petition-nlp evaluate` and read the bad cases."]
        ),
        "\n## Must not be used for\n",
        _NOT_FOR,
        "## How it was made\n",
        f"Settings: `{trained.config.to_dict()}`\n",
        "Versions: " + ", ".join(f"{k} {v}" for k, v in library_versions().items()) + ".\n",
    ]
    return "\n".join(parts)


def _counts(labels: Mapping[str, Mapping[str, int]]) -> list[str]:
    out = ["| head | label: texts |", "|---|---|"]
    for head, counts in labels.items():
        out.append(f"| {head} | " + ", ".join(f"{k}: {v}" for k, v in counts.items()) + " |")
    return out


def _figures(figures: Mapping[str, Mapping[str, Any]]) -> list[str]:
    if not figures:
        return ["None measured."]
    names = list(dict.fromkeys(n for table in figures.values() for n in table))
    out = ["| figure | " + " | ".join(figures) + " |", "|---|" + "---|" * len(figures)]
    for n in names:
        out.append(f"| {n} | " + " | ".join(str(table.get(n, "–")) for table in figures.values()) + " |")
    return out
