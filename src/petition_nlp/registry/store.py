"""The registry folder on disk, laid out so that it can be served from whatever moment its writer dies at.

    bundles/<first 16 hex digits of the manifest's SHA-256>/   a bundle; complete from the moment it has this name
    current.json    which of them is in service, with the event that put it there
    history.jsonl   every event, one a line, only ever appended to

The one step that changes what is served is the replacement of ``current.json`` by a file written and flushed beside
it, which the file system does whole or not at all. The history follows it: as the pointer carries its own event, an
event that its writer did not live to append is appended by the next one, and readers see it meanwhile all the same.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from petition_nlp.bundle import MANIFEST, BundleFiles, open_bundle, sha256
from petition_nlp.errors import BundleError, InputError

POINTER, HISTORY, BUNDLES, LOCK = "current.json", "history.jsonl", "bundles", ".lock"
_TEMPORARY = ".new-"


@dataclass(frozen=True, slots=True)
class Event:
    """One change of what is served.

    Attributes:
        number: counts from 1.
        action: ``promote`` or ``rollback``.
        to, origin: names of the bundles after and before; origin is None for the first.
        when: UTC, ISO 8601. who: user name. why: in the user's words.
        figures: of the comparison on the frozen set; ``forced`` if it spoke against the bundle.
        version: the bundle's own name and version, for readers.
    """

    number: int
    action: str
    to: str
    origin: str | None
    when: str
    who: str
    why: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    forced: bool = False
    version: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As it stands in the history; ``origin`` is named ``from`` there."""
        out = asdict(self)
        out["from"] = out.pop("origin")
        return out

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Event:
        plain = dict(data)
        plain["origin"] = plain.pop("from")
        return cls(**plain)


def current(folder: str | Path) -> Path:
    """Path of the bundle in service: what a server loads.

    Raises:
        BundleError: nothing was promoted yet, the pointer is damaged, or its bundle is gone.
    """
    registry = Registry(folder)
    event = registry.pointer()
    if event is None:
        raise BundleError(f"{registry.folder}: no bundle is in service; run: petition-nlp models promote BUNDLE")
    path = registry.path(event.to)
    if not (path / MANIFEST).is_file():
        raise BundleError(f"{path}: the bundle in service is gone; roll back, or promote it again")
    return path


class Registry:
    """A registry folder. Reading needs no lock; every change is made inside :meth:`locked`."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.bundles = self.folder / BUNDLES

    def path(self, name: str) -> Path:
        """Folder of a bundle by its registry name."""
        return self.bundles / name

    def pointer(self) -> Event | None:
        """The event that put the bundle in service there; None before the first.

        Raises:
            BundleError: the file is damaged, which no crash of ours can cause.
        """
        path = self.folder / POINTER
        try:
            return Event.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise BundleError(f"{path}: damaged or unreadable ({type(error).__name__}); restore it") from error

    def history(self) -> list[Event]:
        """All events, oldest first, the pointer's own included even if its writer died before noting it."""
        events = [event for event, _ in self._lines()]
        last = self.pointer()
        if last and (not events or events[-1].number < last.number):
            events.append(last)
        return events

    def next_number(self) -> int:
        """Number of the next event."""
        events = self.history()
        return events[-1].number + 1 if events else 1

    def names(self) -> list[str]:
        """Registry names of the bundles that lie there, those of the history first and in its order."""
        there = sorted(p.name for p in self.bundles.glob("*") if (p / MANIFEST).is_file() and p.name[0] != ".")
        known = [n for n in dict.fromkeys(e.to for e in self.history()) if n in there]
        return [*known, *(n for n in there if n not in known)]

    def previous(self) -> str | None:
        """What was in service before the present bundle was promoted; None if nothing was. A rollback takes the last
        promotion back, so that a second one goes one further.
        """
        stack: list[str] = []
        for event in self.history():
            if event.action == "rollback" and len(stack) > 1:
                stack.pop()
            else:
                stack.append(event.to)
        return stack[-2] if len(stack) > 1 else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for a change; the operating system lets go of it when the holder dies. Then tidy up what an
        earlier holder that died left.

        Raises:
            InputError: another process is changing it, or it cannot be written.
        """
        try:
            self.bundles.mkdir(parents=True, exist_ok=True)
            stream = (self.folder / LOCK).open("a+b")
        except OSError as error:
            raise InputError(f"{self.folder}: cannot be used as a registry: {error.strerror}") from error
        with stream:
            if not _try_lock(stream):
                raise InputError(f"{self.folder}: another process is changing it; try again when it has finished")
            self._recover()
            yield

    def add(self, source: BundleFiles) -> str:
        """Copy a verified bundle in, unless it is there already whole. Returns its registry name."""
        name = sha256(source.path / MANIFEST)[:16]
        target = self.path(name)
        if target.exists() and _whole(target):
            return name
        temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self.bundles))
        for file in (*source.manifest["files"], MANIFEST):
            (temporary / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source.path / file, temporary / file)
            _flush(temporary / file)
        temporary.chmod(0o755)
        open_bundle(temporary)  # the source may have been rewritten while it was copied
        _flush(temporary)
        if target.exists():  # damaged since it came: step aside, to be cleared away by the next change
            target.rename(temporary.with_name(f"{temporary.name}.old"))
        temporary.rename(target)
        _flush(self.bundles)
        return name

    def switch(self, event: Event) -> None:
        """Put ``event.to`` in service and note it. The replacement is the moment it happens."""
        content = json.dumps(event.to_dict(), ensure_ascii=False, indent=1) + "\n"
        handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=self.folder)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        os.replace(name, self.folder / POINTER)  # noqa: PTH105
        _flush(self.folder)
        self._append(event)

    def _append(self, event: Event) -> None:
        with (self.folder / HISTORY).open("ab") as stream:
            stream.write((json.dumps(event.to_dict(), ensure_ascii=False) + "\n").encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())

    def _lines(self) -> Iterator[tuple[Event, int]]:
        """Events of the history file and where each line ends; a last line that its writer did not finish is none."""
        path = self.folder / HISTORY
        if not path.exists():
            return
        end = 0
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n"):
                    return
                end += len(line)
                try:
                    yield Event.from_dict(json.loads(line)), end
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise BundleError(f"{path}: line {number} is damaged; restore the file") from error

    def _recover(self) -> None:
        lines = list(self._lines())
        path = self.folder / HISTORY
        end = lines[-1][1] if lines else 0
        if path.exists() and path.stat().st_size > end:
            os.truncate(path, end)
        last = self.pointer()
        if last and (not lines or lines[-1][0].number < last.number):
            self._append(last)
        for left in (*self.bundles.glob(f"{_TEMPORARY}*"), *self.folder.glob(f"{_TEMPORARY}*")):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _whole(path: Path) -> bool:
    try:
        open_bundle(path)
    except BundleError:
        return False
    return True


def _flush(path: Path) -> None:
    """Make the system write a file, or the names in a folder, to the disk. Windows opens no folder: it needs none."""
    with suppress(PermissionError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _try_lock(stream: IO[bytes]) -> bool:
    try:
        if os.name == "nt":  # pragma: no cover
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
