"""Whatever moment a promotion dies at, the registry serves the old bundle or the new one, whole."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import petition_nlp
from petition_nlp.bundle import MANIFEST, open_bundle
from petition_nlp.registry import Registry, current, promote, rollback

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills child processes, which needs fork")


def variant(bundle: Path, place: Path, version: str) -> Path:
    path = Path(shutil.copytree(bundle, place / version))
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    (path / MANIFEST).write_text(json.dumps({**manifest, "version": version}), encoding="utf-8")
    return path


def in_child(work: Callable[[], object]) -> int:
    """Process id of a child that does the work and exits with 0."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def version_served(folder: Path) -> str:
    """Verifies what is served, every file by its SHA-256; the history tells of it too."""
    manifest = open_bundle(current(folder)).manifest
    events = Registry(folder).history()
    assert events[-1] == Registry(folder).pointer()
    assert [e.number for e in events] == list(range(1, len(events) + 1))
    return str(manifest["version"])


def tidy(folder: Path) -> None:
    """After the next writer nothing of the dead one is left, and the history is on disk."""
    with Registry(folder).locked():
        pass
    left = {p.name for p in folder.iterdir()} - {"bundles", "current.json", "history.jsonl", ".lock"}
    assert left == set()
    assert not [p for p in (folder / "bundles").iterdir() if p.name.startswith(".")]
    lines = (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(x)["number"] for x in lines] == list(range(1, len(lines) + 1))


@pytest.mark.slow
def test_killed_at_many_moments(bundle_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    promote(folder, variant(bundle_path, tmp_path, "0"), None, force=True, why="first")
    probe = variant(bundle_path, tmp_path, "probe")
    begin = time.perf_counter()
    promote(folder, probe, None, force=True, why="how long does it take")
    whole = time.perf_counter() - begin
    served, kills, moved = "probe", 40, 0
    for i in range(kills):
        new = variant(bundle_path, tmp_path, f"v{i}")
        child = in_child(lambda new=new: promote(folder, new, None, force=True, why="killed"))  # type: ignore[misc]
        time.sleep(whole * 1.3 * i / kills)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        now = version_served(folder)
        assert now in (served, f"v{i}")
        moved += now != served
        served = now
        if i % 6 == 0:
            tidy(folder)
        shutil.rmtree(new)
    tidy(folder)
    assert petition_nlp.load(current(folder))("村里三年没公布账目").domains
    assert Registry(folder).history()[-1].number == 2 + moved


_STEPS = [
    (os, "fsync"), (os, "replace"), (os, "truncate"), (shutil, "copyfile"), (tempfile, "mkdtemp"),
    (tempfile, "mkstemp"), (Path, "rename"), (Path, "open"), (Path, "chmod"), (Path, "mkdir"),
]  # fmt: skip


def die_at(step: int, *, after: bool) -> None:
    """Make this process die just before or just after the ``step``-th call that touches the disk."""
    calls = 0

    def wrap(function: Any) -> Any:
        def wrapped(*args: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            mine = calls == step
            if mine and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            out = function(*args, **options)
            if mine:
                os.kill(os.getpid(), signal.SIGKILL)
            return out

        return wrapped

    for home, name in _STEPS:
        setattr(home, name, wrap(getattr(home, name)))


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("action", ["promote", "rollback"])
def test_killed_at_every_step(bundle_path: Path, tmp_path: Path, action: str, after: bool) -> None:
    start = tmp_path / "start"
    for version in ("1", "2"):
        promote(start, variant(bundle_path, tmp_path, version), None, force=True, why="before")
    new = variant(bundle_path, tmp_path, "3")
    target = "3" if action == "promote" else "1"
    seen = []
    for step in range(1, 200):
        folder = Path(shutil.copytree(start, tmp_path / f"r{step}"))

        def work(folder: Path = folder, step: int = step) -> None:
            die_at(step, after=after)
            if action == "promote":
                promote(folder, new, None, force=True, why="killed")
            else:
                rollback(folder)

        _, status = os.waitpid(in_child(work), 0)
        seen.append(version_served(folder))
        assert seen[-1] in ("2", target)
        tidy(folder)
        assert version_served(folder) == seen[-1]
        shutil.rmtree(folder)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert seen[-1] == target  # the last run lived to the end
    assert seen == sorted(seen, key=lambda v: v == target)  # once switched, it stays so
    assert len(seen) > (12 if action == "promote" else 5)
    assert seen.count(target) > 1  # some died after the switch, before the history was written
