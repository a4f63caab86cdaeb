"""``petition-nlp train DATA… -o BUNDLE``: a new bundle from labelled data, for the shipped or another taxonomy."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import yaml

from petition_nlp.corpus import LabeledText, read_labeled
from petition_nlp.errors import InputError
from petition_nlp.taxonomy import default_taxonomy, load_taxonomy


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", nargs="+", metavar="DATA", help="labelled jsonl, csv, xlsx or parquet")
    parser.add_argument("-o", "--output", required=True, metavar="BUNDLE", help="folder of the new bundle")
    parser.add_argument("--taxonomy", metavar="FILE", help="label sets (default: the shipped ones)")
    parser.add_argument("--config", metavar="FILE", help="training settings, YAML (see TrainingConfig)")
    parser.add_argument("--name", help="name in the manifest (default: the folder's)")
    parser.add_argument("--version", default="1", help="version in the manifest")
    parser.add_argument("--seed", type=int, help="seed of folds and solvers")


def run(args: argparse.Namespace) -> int:
    from petition_nlp.train import TrainingConfig, save_trained, train_linear
    from petition_nlp.train.card import model_card

    taxonomy = load_taxonomy(args.taxonomy) if args.taxonomy else default_taxonomy()
    settings = _settings(args.config) if args.config else {}
    if args.seed is not None:
        settings["seed"] = args.seed
    config = TrainingConfig.from_dict(settings)
    texts: list[LabeledText] = []
    sources: list[str] = []
    for path in args.data:
        more = list(read_labeled(path, taxonomy))
        texts += more
        sources.append(f"{len(more)} texts ({Path(path).name})")

    def progress(stage: str, done: int, total: int) -> None:
        print(f"\r{stage}: {done}/{total}   ", end="\n" if done == total else "", file=sys.stderr, flush=True)

    trained = train_linear(texts, taxonomy, config, progress=progress)
    name = args.name or Path(args.output).name
    card = model_card(trained, name=name, version=args.version, sources=sources, figures={})
    save_trained(trained, args.output, name=name, version=args.version, card=card, sources=sources)
    print(f"{len(texts)} texts, heads {', '.join(trained.heads)} → {args.output}", file=sys.stderr)
    return 0


def _settings(path: str) -> dict[str, object]:
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read as YAML: {error}") from error
    if not isinstance(data, dict):
        raise InputError(f"{path}: expected a mapping of settings")
    return data
