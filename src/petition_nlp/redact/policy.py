"""What to hide and how: the redaction policy, from arguments, a mapping or a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from petition_nlp.errors import InputError

ACTIONS = ("pseudonym", "mask", "remove")
SCOPES = ("text", "file")
DEFAULT_TYPES = ("PERSON", "PHONE", "ID_NUMBER")
LABELS: Mapping[str, str] = {
    "PERSON": "人名",
    "POSITION": "职务",
    "ORG": "机构",
    "PLACE": "地点",
    "PROJECT": "项目",
    "PROGRAM": "待遇",
    "MONEY": "金额",
    "DATE": "日期",
    "AREA": "面积",
    "HEADCOUNT": "人数",
    "PHONE": "电话",
    "ID_NUMBER": "证件",
    "DOC_REF": "文件",
    "CONTACT": "账号",
}
"""Entity type -> word in its pseudonyms. CONTACT (e-mail, WeChat, QQ) is found in recall-first mode only and hidden
with PHONE."""

_NOT_IN_LABEL = set("[]0123456789")


@dataclass(frozen=True, slots=True)
class RedactionPolicy:
    """Which entity types are hidden and how.

    Attributes:
        types: entity types to hide.
        action: what is done with them: ``pseudonym`` (张建国 -> [人名1]), ``mask`` (张**, 138****5678; the length
            stays) or ``remove``.
        actions: entity type -> action, where it differs from ``action``.
        recall_first: for publication: besides the model's entities everything the rules take for a name, a number or an
            account is hidden; some ordinary words go with it.
        scope: how far a pseudonym holds: ``text`` (numbers start anew in each text) or ``file``.
        labels: entity type -> word in its pseudonyms, for types of an own taxonomy or other words than the built-in.

    Raises:
        InputError: a value is wrong; the message names the key.
    """

    types: tuple[str, ...] = DEFAULT_TYPES
    action: str = "pseudonym"
    actions: Mapping[str, str] = field(default_factory=dict)
    recall_first: bool = False
    scope: str = "text"
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.types, str) or not all(isinstance(t, str) for t in self.types):
            raise InputError("types: expected a list of entity types, e.g. [PERSON, PHONE]")
        object.__setattr__(self, "types", tuple(dict.fromkeys(self.types)))
        if not self.types:
            raise InputError("types: is empty; name at least one entity type")
        for key, value in (("actions", self.actions), ("labels", self.labels)):
            if not isinstance(value, Mapping):
                raise InputError(f"{key}: expected a mapping from entity type to text, got {type(value).__name__}")
        for name, label in self.labels.items():
            if not isinstance(label, str) or not label.strip() or _NOT_IN_LABEL & set(label):
                raise InputError(f"labels.{name}: should be a word without digits and square brackets")
        known = {**LABELS, **self.labels}
        for name in self.types:
            if name not in known:  # a misspelt type would leave names standing
                raise InputError(
                    f"types: unknown entity type {name!r}; known are {', '.join(LABELS)}; "
                    "give a type of your own taxonomy a word under labels"
                )
        if len({known[t] for t in known}) < len(known):
            raise InputError("labels: two entity types share a word; their pseudonyms could not be told apart")
        for name in self.actions:
            if name not in known:
                raise InputError(f"actions.{name}: unknown entity type; known are {', '.join(known)}")
        for key, action in [("action", self.action), *((f"actions.{t}", a) for t, a in self.actions.items())]:
            if action not in ACTIONS:
                raise InputError(f"{key}: unknown action {action!r}; use {', '.join(ACTIONS)}")
        if self.scope not in SCOPES:
            raise InputError(f"scope: unknown scope {self.scope!r}; use {' or '.join(SCOPES)}")
        if not isinstance(self.recall_first, bool):
            raise InputError(f"recall_first: should be true or false, is {self.recall_first!r}")

    def hides(self, kind: str) -> bool:
        """Whether entities of this type are hidden."""
        return kind in self.types or (kind == "CONTACT" and "PHONE" in self.types)

    def action_for(self, kind: str) -> str:
        """The action for an entity type."""
        if kind == "CONTACT" and kind not in self.actions:
            kind = "PHONE"
        return self.actions.get(kind, self.action)

    def label_for(self, kind: str) -> str:
        """The word in the pseudonyms of an entity type."""
        return self.labels.get(kind) or LABELS[kind]

    def to_dict(self) -> dict[str, Any]:
        """The mapping that :func:`parse_policy` reads."""
        return {
            "types": list(self.types),
            "action": self.action,
            "actions": dict(self.actions),
            "recall_first": self.recall_first,
            "scope": self.scope,
            "labels": dict(self.labels),
        }


def parse_policy(data: Any, *, where: str = "policy") -> RedactionPolicy:
    """Build a policy from a mapping; keys that are missing keep their default.

    Raises:
        InputError: not a mapping, an unknown key or a wrong value; the message begins with ``where`` and the key.
    """
    if not isinstance(data, Mapping):
        raise InputError(f"{where}: expected a mapping, got {type(data).__name__}")
    known = RedactionPolicy().to_dict()
    for key in data:
        if key not in known:
            raise InputError(f"{where}: unknown key {key!r}; the keys are {', '.join(known)}")
    values = dict(data)
    if isinstance(values.get("types"), list):
        values["types"] = tuple(values["types"])
    elif "types" in values and not isinstance(values["types"], tuple):
        raise InputError(f"{where}: types: expected a list of entity types, e.g. [PERSON, PHONE]")
    try:
        return RedactionPolicy(**values)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    except TypeError as error:  # an unhashable value where a word is wanted
        raise InputError(f"{where}: types, action and scope should be plain words") from error


def load_policy(path: str | Path) -> RedactionPolicy:
    """Read a policy file (YAML; JSON is YAML too).

    Raises:
        InputError: no such file, not YAML, or a wrong key; the message names file and key.
    """
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise InputError(f"{path}: not a YAML file in UTF-8{line}") from error
    return parse_policy({} if data is None else data, where=str(path))
