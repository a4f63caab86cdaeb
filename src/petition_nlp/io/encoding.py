"""Tells the encodings apart that Chinese office files come in: UTF-8 with or without BOM, UTF-16, GB18030.

GBK and GB2312 are parts of GB18030.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from petition_nlp.errors import InputError

_CHUNK = 1 << 20


def sniff(head: bytes) -> str | None:
    """Encoding told by the first bytes alone (a BOM), or None."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def decodes(data: bytes, encoding: str, *, final: bool = True) -> bool:
    """Whether ``data`` is valid in ``encoding``; with ``final=False`` a character cut off at the end is allowed."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final)
    except UnicodeDecodeError:
        return False
    return True


def detect_encoding(path: str | Path) -> str:
    """Find the encoding of a text file by reading it once, a megabyte at a time.

    Returns:
        ``"utf-8"``, ``"utf-8-sig"``, ``"utf-16"`` or ``"gb18030"``. A file that is valid in both UTF-8 and
        GB18030 is UTF-8: random GB18030 text is hardly ever valid UTF-8, while the reverse is common.

    Raises:
        InputError: the bytes are valid in none of them; names the byte offset where UTF-8 fails.
    """
    path = Path(path)
    with path.open("rb") as stream:
        named = sniff(stream.read(4))
    if named:
        return named
    utf8_fault = _first_fault(path, "utf-8")
    if utf8_fault is None:
        return "utf-8"
    if _first_fault(path, "gb18030") is None:
        return "gb18030"
    # A mostly-UTF-8 file with a few broken bytes is read as UTF-8, its broken rows reported one by one.
    with path.open("rb") as stream:
        head = stream.read(_CHUNK)
    broken = head.decode("utf-8", "replace").count("�")
    if broken <= max(3, len(head) // 2000):
        return "utf-8"
    raise InputError(
        f"{path}: neither UTF-8 nor GB18030 text (UTF-8 fails near byte {utf8_fault}); "
        "save it as UTF-8, or give --format if it is not a text file"
    )


def _first_fault(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return done + error.start
            if not chunk:
                return None
            done += len(chunk)
