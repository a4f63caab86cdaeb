"""How telling surnames are, what given names are made of and what stands around names: the lists of ``names.yaml``.

Which characters are surnames at all is decided in :mod:`petition_nlp.entity.surname`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml

_SIGNS = "，。、；：？！“”‘’（）()《》〈〉【】[]「」『』…—-·~～,.;:?!\"'<>/\\|@#￥$^&*_+={}%％ \n\t\r\u3000"
_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    source = (resources.files("petition_nlp.redact") / "names.yaml").read_text(encoding="utf-8")
    return {str(k): str(v) for k, v in yaml.safe_load(source).items()}


def _characters(key: str) -> str:
    return "".join(_lists()[key].split())


def _words(key: str) -> tuple[str, ...]:
    return tuple(_lists()[key].split())


PLAIN = _characters("plain")
COMMON = _characters("common")
MAJOR = _characters("major")
RARE = _characters("rare")
NO_NUMERAL = frozenset(_characters("no_numeral"))
ETHNIC = _words("ethnic")
GIVEN = _characters("given")
SELDOM = frozenset(_characters("seldom"))
NEVER = frozenset(_characters("never") + _SIGNS + _ALNUM)
TITLES = _words("titles")
SHORT_TITLES = _characters("short_titles")
BEARERS = _words("bearers")
BEFORE = _words("before")
BEFORE_WEAK = _words("before_weak")
INTRODUCTION = _words("introduction")
AFTER = _words("after")
NO_NAME_BEFORE_TITLE = frozenset(_words("no_name_before_title"))
ENDS = frozenset(_words("ends"))
NOT_BEHIND = _words("not_behind")
ORDINARY = frozenset(_words("ordinary"))
