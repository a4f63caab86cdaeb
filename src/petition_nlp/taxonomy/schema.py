"""Reads and checks a taxonomy file. Every error names the key at fault."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from petition_nlp.errors import TaxonomyError

FORMAT = 1
HEAD_NAMES = ("doc_type", "domains", "petition_type", "severity", "misconduct")
HEAD_KINDS = ("single", "multi", "ordinal")
# What a head of the output format may be: one label or several. severity must be ordered to have levels.
_ALLOWED: dict[str, tuple[str, ...]] = {
    "doc_type": ("single",),
    "domains": ("multi", "single"),
    "petition_type": ("single",),
    "severity": ("ordinal",),
    "misconduct": ("multi",),
}
_ID = re.compile(r"[^\s,;|、，；\"'{}\[\]]{1,64}")


@dataclass(frozen=True, slots=True)
class LabelDef:
    """One label: the id that data and outputs carry, and what people read."""

    id: str
    name: str
    name_en: str = ""
    definition: str = ""
    definition_en: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """One question asked of a text.

    Attributes:
        kind: ``single`` (exactly one label), ``multi`` (any number), ``ordinal`` (one of an ordered scale).
        only_for: ids of ``doc_type`` for which the question has an answer; empty: all.
    """

    name: str
    kind: str
    labels: tuple[LabelDef, ...]
    title: str = ""
    title_en: str = ""
    only_for: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(label.id for label in self.labels)

    def index(self, label_id: str) -> int:
        """Place of a label in this head; ValueError if it has none such."""
        return self.ids.index(label_id)

    def find(self, text: str) -> LabelDef | None:
        """The label whose id or name (either language) is ``text``, as hand-made tables write it."""
        for label in self.labels:
            if text in (label.id, label.name, label.name_en):
                return label
        return None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All heads. ``source`` is the YAML text it was read from, kept so that a bundle can carry it as it was."""

    id: str
    version: str
    heads: Mapping[str, Head]
    name: str = ""
    source: str = field(default="", repr=False)

    @property
    def tag(self) -> str:
        """How outputs name it, e.g. ``petition-cn@1.1``."""
        return f"{self.id}@{self.version}"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.source.encode("utf-8")).hexdigest()


def parse_taxonomy(source: str, *, where: str = "taxonomy") -> Taxonomy:
    """Parse and validate YAML text.

    Raises:
        TaxonomyError: the message names the key, e.g. ``my.yaml: heads.domains.labels[2].id: …``.
    """
    try:
        data = yaml.safe_load(source)
    except yaml.YAMLError as error:
        raise TaxonomyError(f"{where}: not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise TaxonomyError(f"{where}: expected a mapping with the keys format, id, version, heads")
    _known(data, {"format", "id", "version", "name", "heads"}, where)
    if data.get("format") != FORMAT:
        raise TaxonomyError(
            f"{where}: format: this library reads format {FORMAT}, the file says {data.get('format')!r}"
        )
    ident = _text(data, "id", where)
    version = data.get("version")
    if not isinstance(version, (str, int, float)) or isinstance(version, bool):
        raise TaxonomyError(f'{where}: version: expected a string such as "1.0"')
    raw_heads = data.get("heads")
    if not isinstance(raw_heads, dict) or not raw_heads:
        raise TaxonomyError(f"{where}: heads: expected a mapping from head name to its labels")
    heads = {}
    for name, raw in raw_heads.items():
        if name not in HEAD_NAMES:
            raise TaxonomyError(f"{where}: heads.{name}: unknown head; the heads are {', '.join(HEAD_NAMES)}")
        heads[name] = _head(name, raw, f"{where}: heads.{name}")
    _check_only_for(heads, where)
    title, _ = _names(data.get("name"), ident, f"{where}: name")
    return Taxonomy(id=ident, version=str(version), heads=heads, name=title, source=source)


def load_taxonomy(path: str | Path) -> Taxonomy:
    """Read a taxonomy file (UTF-8 YAML).

    Raises:
        TaxonomyError: the file cannot be read or a key is wrong.
    """
    path = Path(path)
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TaxonomyError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    return parse_taxonomy(source, where=str(path))


@lru_cache(maxsize=1)
def default_taxonomy() -> Taxonomy:
    """The taxonomy shipped with the library."""
    source = (resources.files("petition_nlp.taxonomy") / "default.yaml").read_text(encoding="utf-8")
    return parse_taxonomy(source, where="default.yaml")


def _head(name: str, raw: Any, where: str) -> Head:
    if not isinstance(raw, dict):
        raise TaxonomyError(f"{where}: expected a mapping with kind and labels")
    _known(raw, {"kind", "name", "labels", "only_for"}, where)
    kind = raw.get("kind")
    if kind not in _ALLOWED[name]:
        raise TaxonomyError(f"{where}.kind: expected {' or '.join(_ALLOWED[name])}, got {kind!r}")
    raw_labels = raw.get("labels")
    if not isinstance(raw_labels, list) or not raw_labels:
        raise TaxonomyError(f"{where}.labels: expected a list of labels")
    if kind != "multi" and len(raw_labels) < 2:
        raise TaxonomyError(f"{where}.labels: a head of kind {kind} needs at least two labels")
    labels = tuple(_label(item, f"{where}.labels[{i}]") for i, item in enumerate(raw_labels))
    seen: set[str] = set()
    for i, label in enumerate(labels):
        if label.id in seen:
            raise TaxonomyError(f"{where}.labels[{i}].id: {label.id!r} stands twice")
        seen.add(label.id)
    only_for = raw.get("only_for", [])
    if not isinstance(only_for, list) or not all(isinstance(x, str) for x in only_for):
        raise TaxonomyError(f"{where}.only_for: expected a list of doc_type ids")
    title, title_en = _names(raw.get("name"), name, f"{where}.name")
    return Head(name=name, kind=kind, labels=labels, title=title, title_en=title_en, only_for=tuple(only_for))


def _label(raw: Any, where: str) -> LabelDef:
    if isinstance(raw, (str, int)) and not isinstance(raw, bool):
        raw = {"id": str(raw)}
    if not isinstance(raw, dict):
        raise TaxonomyError(f"{where}: expected an id or a mapping with id and name")
    _known(raw, {"id", "name", "definition"}, where)
    ident = _text(raw, "id", where)
    if not _ID.fullmatch(ident):
        raise TaxonomyError(f"{where}.id: {ident!r} may not hold white space, quotes, brackets or , ; | 、")
    name, name_en = _names(raw.get("name"), ident, f"{where}.name")
    definition, definition_en = _names(raw.get("definition"), "", f"{where}.definition")
    return LabelDef(ident, name, name_en, definition, definition_en)


def _names(raw: Any, default: str, where: str) -> tuple[str, str]:
    if raw is None:
        return default, ""
    if isinstance(raw, str):
        return raw, ""
    if isinstance(raw, dict) and raw and set(raw) <= {"zh", "en"} and all(isinstance(v, str) for v in raw.values()):
        return raw.get("zh") or raw.get("en") or default, raw.get("en", "")
    raise TaxonomyError(f"{where}: expected text or a mapping with zh and/or en")


def _check_only_for(heads: Mapping[str, Head], where: str) -> None:
    for name, head in heads.items():
        if not head.only_for:
            continue
        types = heads["doc_type"].ids if "doc_type" in heads else ()
        for ident in head.only_for:
            if name == "doc_type" or ident not in types:
                raise TaxonomyError(f"{where}: heads.{name}.only_for: {ident!r} is no doc_type of this taxonomy")


def _known(data: Mapping[Any, Any], keys: set[str], where: str) -> None:
    for key in data:
        if key not in keys:
            raise TaxonomyError(f"{where}: unknown key {key!r}; expected {', '.join(sorted(keys))}")


def _text(data: Mapping[Any, Any], key: str, where: str) -> str:
    value = data.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise TaxonomyError(f"{where}.{key}: expected text" if "heads" in where else f"{where}: {key}: expected text")
    return value.strip()
