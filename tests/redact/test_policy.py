from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from petition_nlp.errors import InputError
from petition_nlp.redact import RedactionPolicy, load_policy, parse_policy


def test_defaults() -> None:
    policy = RedactionPolicy()
    assert policy.types == ("PERSON", "PHONE", "ID_NUMBER")
    assert policy.action_for("PERSON") == "pseudonym"
    assert not policy.recall_first


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        "types: [PERSON, ORG]\nactions: {ORG: remove}\nscope: file\nlabels: {PERSON: 当事人}\n", encoding="utf-8"
    )
    policy = load_policy(path)
    assert (policy.action_for("ORG"), policy.action_for("PERSON"), policy.label_for("PERSON")) == (
        "remove",
        "pseudonym",
        "当事人",
    )
    assert parse_policy(policy.to_dict()) == policy


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"typs": ["PERSON"]}, "typs"),
        ({"types": "PERSON"}, "types"),
        ({"types": []}, "types"),
        ({"types": ["PRESON"]}, "PRESON"),
        ({"types": [1]}, "types"),
        ({"types": [[]]}, "types"),
        ({"action": "hash"}, "action"),
        ({"action": ["mask"]}, "action"),
        ({"actions": {"PERSON": "hash"}}, "actions.PERSON"),
        ({"actions": {"PRESON": "mask"}}, "actions.PRESON"),
        ({"actions": ["mask"]}, "actions"),
        ({"scope": "row"}, "scope"),
        ({"recall_first": "yes"}, "recall_first"),
        ({"labels": {"PERSON": "a1"}}, "labels.PERSON"),
        ({"labels": {"PERSON": "电话"}}, "labels"),
        (["PERSON"], "mapping"),
    ],
)
def test_errors_name_the_key(data: Any, named: str) -> None:
    with pytest.raises(InputError, match=named) as error:
        parse_policy(data, where="p.yaml")
    assert str(error.value).startswith("p.yaml: ")


@pytest.mark.parametrize("content", [b"types: [", b"\xff\xfe\x00", b"types: [PERSON\n  x: {"])
def test_broken_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"p\.yaml"):
        load_policy(path)
    with pytest.raises(InputError, match=r"none\.yaml"):
        load_policy(tmp_path / "none.yaml")


def test_own_type_needs_a_word() -> None:
    policy = RedactionPolicy(types=("VEHICLE",), labels={"VEHICLE": "车辆"})
    assert policy.label_for("VEHICLE") == "车辆"
