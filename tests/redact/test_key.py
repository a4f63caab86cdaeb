from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from petition_nlp.errors import InputError
from petition_nlp.redact import RedactionKey, RedactionPolicy, Redactor
from petition_nlp.types import Entity


def made(policy: RedactionPolicy | None = None) -> tuple[RedactionKey, str, str]:
    text = "王建国和\ud800李梅"
    result = Redactor(policy).redact(text, [Entity("PERSON", "王建国", 0, 3), Entity("PERSON", "李梅", 5, 7)])
    key = RedactionKey(column="内容", scope=policy.scope if policy else "text")
    key.add(text, result)
    return key, text, result.text


@pytest.mark.parametrize("action", ["pseudonym", "mask", "remove"])
def test_round_trip_through_the_file(tmp_path: Path, action: str) -> None:
    key, text, redacted = made(RedactionPolicy(action=action))
    path = tmp_path / "k.json"
    key.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name == "nt"
    assert [p.name for p in tmp_path.iterdir()] == ["k.json"]
    loaded = RedactionKey.load(path)
    assert loaded.column == "内容"
    restored = loaded.restore(redacted)
    assert (restored.text, restored.exact) == (text, True)


def test_not_overwritten(tmp_path: Path) -> None:
    key, _, _ = made()
    path = tmp_path / "k.json"
    path.write_text("precious")
    with pytest.raises(InputError, match="--overwrite"):
        key.save(path)
    assert path.read_text() == "precious"
    key.save(path, overwrite=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name == "nt"
    with pytest.raises(InputError, match="no such folder"):
        key.save(tmp_path / "none" / "k.json")
    with pytest.raises(InputError, match="folder"):
        key.save(tmp_path)


def test_edited_text_is_restored_by_pseudonym() -> None:
    key, _, redacted = made()
    restored = key.restore("回复：" + redacted, row=1)
    assert restored.text.startswith("回复：王建国和")
    assert not restored.exact
    with pytest.raises(InputError, match="no such text"):
        key.restore("[人名1]", row=7)
    by_file, _, _ = made(RedactionPolicy(scope="file"))
    assert by_file.restore("只有[人名2]").text == "只有李梅"


def test_alike_texts_need_their_row() -> None:
    key = RedactionKey()
    for name in ("王建国", "李梅"):
        key.add(name, Redactor().redact(name, [Entity("PERSON", name, 0, len(name))]))
    assert key.restore("[人名1]", row=2).text == "李梅"
    with pytest.raises(InputError, match="original order"):
        key.restore("[人名1]")


def test_repr_shows_nothing() -> None:
    key, _, _ = made()
    assert "王" not in repr(key)


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", json.dumps({"kind": "petition-nlp redaction key", "format": 9}),
                json.dumps({"kind": "petition-nlp redaction key", "format": 1, "rows": [{"row": 1}]})],
)  # fmt: skip
def test_bad_key_files(tmp_path: Path, content: str) -> None:
    path = tmp_path / "k.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"k\.json"):
        RedactionKey.load(path)
    with pytest.raises(InputError, match="cannot be read"):
        RedactionKey.load(tmp_path / "none")
