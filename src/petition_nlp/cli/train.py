"""``petition-nlp train DATA… -o BUNDLE``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from petition_nlp.cli.labeled import add_column_options, read_columns
from petition_nlp.corpus import derive_taxonomy
from petition_nlp.corpus.check import MIN_TEXTS, LoadedTexts, check_texts, load_texts
from petition_nlp.corpus.report import LabelIssue
from petition_nlp.errors import InputError
from petition_nlp.pipeline import PetitionNLP, load
from petition_nlp.taxonomy import Taxonomy, default_taxonomy, load_taxonomy
from petition_nlp.train.config import TrainingConfig
from petition_nlp.train.figures import HeadFigure
from petition_nlp.train.trainer import ENGINES, Trainer

_SHOWN = 5  # unreadable rows named before the rest is counted


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "data",
        nargs="+",
        metavar="DATA",
        help="labelled files: .jsonl, .csv, .xlsx, .parquet, Label Studio .json, doccano .jsonl",
    )
    parser.add_argument("-o", "--output", metavar="BUNDLE", help="folder of the new bundle")
    parser.add_argument(
        "--base",
        metavar="BUNDLE",
        help="bundle to train further; default: the shipped one, or with --taxonomy none: from nothing",
    )
    parser.add_argument("--engine", choices=ENGINES, default="linear")
    parser.add_argument(
        "--taxonomy",
        metavar="FILE",
        help="taxonomy file, or auto: one head, domains, of the labels that the data holds",
    )
    parser.add_argument("--config", metavar="FILE.yaml", help="training settings; missing ones keep their defaults")
    add_column_options(parser)
    parser.add_argument("--map", dest="column", action="append", type=_pair, metavar="FIELD=NAME", help="as --column")
    parser.add_argument("--label-field", metavar="NAME", help="the same as --column domains=NAME")
    parser.add_argument(
        "--empty-is-none",
        action="store_true",
        help="records of annotation tools without labels mean none of the labels (default: not labelled)",
    )
    parser.add_argument("--name", help="name of the new model (default: the folder's)")
    parser.add_argument("--version", dest="model_version", default="1", help="version of the new model (1)")
    parser.add_argument("--seed", type=int, help="of folds and solvers; the same seed and data give the same bundle")
    parser.add_argument("--dry-run", action="store_true", help="say what the data holds and train nothing")
    parser.add_argument("--no-outliers", action="store_true", help="with --dry-run: do not look for label errors")
    parser.add_argument("--yes", action="store_true", help="leave unreadable rows out without asking")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no summary")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console

    console = Console(stderr=True, quiet=args.quiet)
    if not args.output and not args.dry_run:
        raise InputError("name the folder of the new bundle with -o, or look at the data with --dry-run")
    config = _config(args)
    columns = read_columns(args)
    if args.label_field:
        columns["domains"] = args.label_field
    from_nothing = args.base == "none" or (args.base is None and args.taxonomy is not None)
    base = None if from_nothing else load(args.base)
    taxonomy = _taxonomy(args, base, columns)
    loaded = _read(args, taxonomy, columns, console)
    if args.dry_run:
        return _dry_run(args, taxonomy, loaded, config)
    _refuse_or_skip(loaded, args, console)
    work = Path(f"{args.output.rstrip('/')}.work")
    with _Bar(console) as progress:
        trainer = Trainer(config, base=base, taxonomy=taxonomy, engine=args.engine, work=work, progress=progress)
        trained = trainer.fit(loaded.texts)
    sources = [f"{len(loaded.texts)} labelled texts from {', '.join(Path(p).name for p in args.data)}"]
    if base is not None:
        sources.insert(0, f"the bundle {base.info.name} {base.info.version}, trained further")
    path = trained.save(args.output, name=args.name, version=args.model_version, sources=sources)
    trainer.done()
    if not args.quiet:
        if trainer.resumed:
            console.print(f"went on from {trainer.resumed} finished stages")
        _print_rare(console, trained.data["labels"])
        _print_figures(Console(), trained.figures, trained.left)
        print(f"→ {path}")
    return 0


def _config(args: argparse.Namespace) -> TrainingConfig:
    config = TrainingConfig()
    if args.config:
        try:
            data = yaml.safe_load(Path(args.config).read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(f"{args.config}: cannot be read as YAML: {error}") from error
        if not isinstance(data, dict):
            raise InputError(f"{args.config}: expected settings, e.g. folds: 5")
        config = TrainingConfig.from_dict(data)
    return config if args.seed is None else replace(config, seed=args.seed)


def _taxonomy(args: argparse.Namespace, base: PetitionNLP | None, columns: Mapping[str, str]) -> Taxonomy:
    if args.taxonomy == "auto":
        if base is not None:
            raise InputError("--taxonomy auto starts from nothing; leave --base out, or write a taxonomy file")
        name = args.name or Path(args.output or args.data[0]).stem
        return derive_taxonomy(args.data, columns=columns, name=name)
    if args.taxonomy:
        return load_taxonomy(args.taxonomy)
    return base.taxonomy if base is not None else default_taxonomy()


def _read(args: argparse.Namespace, taxonomy: Taxonomy, columns: Mapping[str, str], console: Any) -> LoadedTexts:
    def show(mapping: dict[str, str]) -> None:
        text = ", ".join(f"{field} ← {column}" for field, column in mapping.items())
        console.print(f"columns: {text}", markup=False, highlight=False)

    loaded = load_texts(args.data, taxonomy, columns=columns or None, empty_is_none=args.empty_is_none, on_columns=show)
    if not loaded.texts and not loaded.problems:
        raise InputError(f"{', '.join(args.data)}: no labelled text in it")
    return loaded


def _dry_run(args: argparse.Namespace, taxonomy: Taxonomy, loaded: LoadedTexts, config: TrainingConfig) -> int:
    from rich.console import Console

    from petition_nlp.cli.check import print_report

    def outliers(*of: Any) -> list[LabelIssue]:
        from petition_nlp.train.outliers import label_issues

        return label_issues(of[0], of[1], config)

    report = check_texts(loaded.texts, taxonomy, places=loaded.places, outliers=None if args.no_outliers else outliers)
    report.findings = loaded.problems + report.findings
    console = Console()
    console.print(f"taxonomy {taxonomy.tag}", markup=False)
    print_report(console, report, 10)
    return 0


def _refuse_or_skip(loaded: LoadedTexts, args: argparse.Namespace, console: Any) -> None:
    """Ask a person, or need ``--yes``, before rows that cannot be read are left out."""
    if not loaded.problems:
        return
    for finding in loaded.problems[:_SHOWN]:
        console.print(f"{finding.places[0].at}: {finding.message}", markup=False, highlight=False)
    if len(loaded.problems) > _SHOWN:
        console.print(f"… and {len(loaded.problems) - _SHOWN} more")
    said = f"{len(loaded.problems)} rows cannot be read"
    if not loaded.texts:
        raise InputError(f"{said}, and no other is there; the first: {_first(loaded)}")
    if args.yes:
        console.print(f"{said} and are left out; {len(loaded.texts)} are used")
        return
    if sys.stdin.isatty() and not args.quiet and console.input(f"{said}. Train on the others? [y/N] ").lower() == "y":
        return
    raise InputError(f"{said}; correct them, or leave them out with --yes; the first: {_first(loaded)}")


def _first(loaded: LoadedTexts) -> str:
    finding = loaded.problems[0]
    return f"{finding.places[0].at}: {finding.message}"


class _Bar:
    """A progress bar that takes stage, done, total; as a context."""

    def __init__(self, console: Any) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("[bold]{task.description:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console)
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total)
        self._bar.update(self._tasks[stage], completed=done, total=total)


def _print_rare(console: Any, labels: Mapping[str, Mapping[str, int]]) -> None:
    for head, counts in labels.items():
        rare = [f"{k} {n}" for k, n in counts.items() if n < MIN_TEXTS and not k.startswith("(")]
        if rare:
            console.print(f"{head}: on fewer than {MIN_TEXTS} texts: {', '.join(rare)}", markup=False, highlight=False)


def _print_figures(console: Any, figures: Mapping[str, HeadFigure], left: Sequence[str]) -> None:
    from rich.table import Table

    titles = {"new": "on the new texts (held out in folds)", "old": "on the base's own texts (held out in folds)"}
    for group, title in titles.items():
        rows = [f for f in figures.values() if f.group == group]
        if not rows:
            continue
        table = Table("head", "figure", "texts", "base", "this", title=title, title_justify="left")
        for figure in rows:
            before = "–" if figure.before is None else str(figure.before)
            table.add_row(
                *(x.replace("[", r"\[") for x in (figure.head, figure.measure, str(figure.texts), before)),
                str(figure.after).replace("[", r"\["),
            )
        console.print(table)
    if left:
        console.print(
            f"as in the base, since the new ones are not clearly better on the new texts: {', '.join(left)}",
            markup=False,
            highlight=False,
        )


def _pair(text: str) -> Sequence[str]:
    field, equals, name = text.partition("=")
    if not (field and equals and name):
        raise argparse.ArgumentTypeError(f"{text!r}: write it as FIELD=NAME, e.g. domains=一级分类")
    return field, name
