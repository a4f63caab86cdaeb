from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from petition_nlp.errors import TaxonomyError
from petition_nlp.taxonomy import default_taxonomy, load_taxonomy, parse_taxonomy

GOOD = """
format: 1
id: t
version: "1"
heads:
  doc_type: {kind: single, labels: [letter, note]}
  domains: {kind: multi, labels: [{id: a, name: {zh: 甲, en: A}}, b]}
  severity: {kind: ordinal, only_for: [letter], labels: [low, high]}
"""


def test_default_has_the_guidelines_labels() -> None:
    taxonomy = default_taxonomy()
    assert taxonomy.heads["domains"].ids == ("low_income", "land", "project", "village_asset")
    assert taxonomy.heads["severity"].kind == "ordinal"
    assert [label.name for label in taxonomy.heads["severity"].labels] == ["一般", "较重", "严重", "紧急"]
    assert len(taxonomy.heads["misconduct"].ids) == 11
    assert taxonomy.heads["petition_type"].only_for == ("petition",)


def test_labels_are_found_by_id_and_by_either_name() -> None:
    head = parse_taxonomy(GOOD).heads["domains"]
    assert head.find("甲") == head.find("A") == head.find("a") == head.labels[0]
    assert head.find("丙") is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda d: d.update(format=9), "format"),
        (lambda d: d.update(colour="red"), "colour"),
        (lambda d: d.pop("id"), "id"),
        (lambda d: d["heads"].update(mood={"kind": "single", "labels": ["x", "y"]}), "heads.mood"),
        (lambda d: d["heads"]["domains"].update(kind="ordinal"), "heads.domains.kind"),
        (lambda d: d["heads"]["domains"]["labels"].append("b"), r"heads.domains.labels\[2\].id"),
        (lambda d: d["heads"]["domains"]["labels"].append({"name": "x"}), r"heads.domains.labels\[2\].id"),
        (lambda d: d["heads"]["domains"]["labels"].append("x,y"), r"heads.domains.labels\[2\].id"),
        (lambda d: d["heads"]["severity"].update(labels=["one"]), "heads.severity.labels"),
        (lambda d: d["heads"]["severity"].update(only_for=["nothing"]), "heads.severity.only_for"),
        (lambda d: d["heads"]["doc_type"].update(name=[1]), "heads.doc_type.name"),
        (lambda d: d.update(heads=[]), "heads"),
    ],
)
def test_errors_name_the_key(change: object, named: str) -> None:
    data = yaml.safe_load(GOOD)
    change(data)  # type: ignore[operator]
    with pytest.raises(TaxonomyError, match=named):
        parse_taxonomy(yaml.safe_dump(data, allow_unicode=True), where="my.yaml")


def test_bad_yaml_and_missing_file(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="not valid YAML"):
        parse_taxonomy("a: [")
    with pytest.raises(TaxonomyError, match=r"gone\.yaml"):
        load_taxonomy(tmp_path / "gone.yaml")
