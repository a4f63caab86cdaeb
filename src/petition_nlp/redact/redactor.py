"""Hides entities: collects what is to be hidden, gives pseudonyms, writes the text anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from petition_nlp.errors import InputError
from petition_nlp.redact.candidates import find_candidates
from petition_nlp.redact.names import is_titled
from petition_nlp.redact.policy import RedactionPolicy
from petition_nlp.redact.result import Redacted, Replacement
from petition_nlp.redact.spans import RULE, Hit, join, occurrences, seams, surface_key, with_glosses
from petition_nlp.text import NormalizedText, normalize
from petition_nlp.types import Document, Entity

Key = tuple[str, str]


def redact(
    source: Document | Iterable[Entity],
    text: str | None = None,
    policy: RedactionPolicy | None = None,
    *,
    redactor: Redactor | None = None,
) -> Redacted:
    """Hide the entities of one text.

    Args:
        source: a document, or the entities of ``text``.
        text: the text as sent; may be left out with a document.
        policy: what to hide and how; default: names, phone and ID numbers get pseudonyms.
        redactor: keeps pseudonyms from text to text (``scope="file"``); brings its own policy.

    Raises:
        InputError: the entities are not of this text, or both a policy and a redactor with another one are given.
    """
    if redactor is None:
        redactor = Redactor(policy)
    elif policy is not None and policy != redactor.policy:
        raise InputError("policy: the redactor has another policy; give only one of them")
    if isinstance(source, Document):
        return redactor.redact(source.text if text is None else text, source.entities)
    if text is None:
        raise InputError("text: is needed when entities are given without their document")
    return redactor.redact(text, source)


class Redactor:
    """Applies a policy to text after text. With ``scope="file"`` it remembers who has which pseudonym.

    Not safe to share between threads: pseudonyms are numbered in the order of the texts.
    """

    def __init__(self, policy: RedactionPolicy | None = None) -> None:
        self.policy = policy or RedactionPolicy()
        self._given: dict[Key, str] = {}
        self._taken: dict[str, str] = {}
        self._last: dict[str, int] = {}
        labels = {self.policy.label_for(t): t for t in (*self.policy.types, "CONTACT")}
        self._labels = {k: t for k, t in labels.items() if self.policy.action_for(t) == "pseudonym"}
        self._literal = re.compile(rf"\[(?P<label>{'|'.join(map(re.escape, self._labels))})[0-9]+\]")

    def redact(self, text: str, entities: Iterable[Entity] = ()) -> Redacted:
        """Hide the entities of one text (and in recall-first mode what the rules find besides).

        Args:
            text: any string.
            entities: of this text; those of types that the policy does not name are left standing.

        Raises:
            InputError: ``text`` is no string, or an entity's offsets do not fit it.
        """
        if not isinstance(text, str):
            raise InputError(f"text: expected a string, got {type(text).__name__}")
        all_entities = list(entities)
        for entity in all_entities:
            _check(entity, text)
        if self.policy.scope == "text":
            self._given, self._taken, self._last = {}, {}, {}
        normal = normalize(text)
        hits = [_hit(e, normal) for e in all_entities if self.policy.hides(e.type)]
        if self.policy.recall_first:
            hits += find_candidates(normal, self.policy, all_entities)
        hits = with_glosses(hits, normal)
        hits += with_glosses(occurrences(hits, normal), normal)
        return self._write(text, self._settle(text, hits))

    def _settle(self, text: str, hits: list[Hit]) -> list[Hit]:
        """Pieces such that the redacted text holds no hidden surface and no pseudonym but those given."""
        watched = {
            surface: h
            for h in hits
            if self.policy.action_for(h.type) != "mask"
            for surface in (h.surface, text[h.start : h.end])
            if len(surface) > 1
        }
        literals: dict[str, Hit] = {}
        while True:
            pieces = join(hits)
            dropped = [self.policy.action_for(p.type) == "remove" for p in pieces]
            more = seams(pieces, dropped, text, watched) if any(dropped) else []
            standing = self._standing_literals(pieces, dropped, text)
            for literal in standing:
                if literal in self._taken:  # given to somebody in an earlier text of the file
                    literals[literal] = Hit(0, 0, self._kind(literal), literal, None, RULE)
            more += seams(pieces, dropped, text, literals) if literals else []
            if not more:
                for literal in standing:
                    self._taken[literal] = literal
                return pieces
            hits = [*pieces, *more]

    def _standing_literals(self, pieces: Sequence[Hit], dropped: Sequence[bool], text: str) -> set[str]:
        """What looks like a pseudonym among the text that stays."""
        if not self._labels or "[" not in text:
            return set()
        parts, last = [], 0
        for piece, gone in zip(pieces, dropped, strict=True):
            parts += [text[last : piece.start], "" if gone else "\n"]
            last = piece.end
        return {m[0] for m in self._literal.finditer("".join([*parts, text[last:]]))}

    def _kind(self, literal: str) -> str:
        match = self._literal.fullmatch(literal)
        return self._labels[match["label"]] if match else self.policy.types[0]

    def _write(self, text: str, pieces: Sequence[Hit]) -> Redacted:
        parts: list[str] = []
        replacements: list[Replacement] = []
        last = size = 0
        for piece, name in zip(pieces, self._names(text, pieces), strict=True):
            parts += [text[last : piece.start], name]
            size += piece.start - last
            replacements.append(Replacement(piece.start, piece.end, piece.type, name, size, size + len(name)))
            size += len(name)
            last = piece.end
        return Redacted("".join([*parts, text[last:]]), replacements)

    def _names(self, text: str, pieces: Sequence[Hit]) -> list[str]:
        """What stands in the place of each piece."""
        members: dict[tuple[str, int], list[Hit]] = {}
        for p in pieces:
            if p.cluster is not None:
                members.setdefault((p.type, p.cluster), []).append(p)
        here: dict[Key, str] = {}
        out = []
        for piece in pieces:
            action = self.policy.action_for(piece.type)
            if action != "pseudonym":
                out.append(mask(text[piece.start : piece.end], piece.type) if action == "mask" else "")
                continue
            key = (piece.type, surface_key(piece.surface))
            if key not in here:
                group = members[piece.type, piece.cluster] if piece.cluster is not None else [piece]
                # 王支书 is somebody else in the next text; what the file remembers is the full name.
                head = max(group, key=lambda h: (not is_titled(h.surface), len(h.surface)))
                head_key = (head.type, surface_key(head.surface))
                name = self._given.get(head_key) or here.get(head_key)
                if name is None:
                    name = self._given[head_key] = self._new(piece.type, head.surface)
                for member in group:
                    here.setdefault((member.type, surface_key(member.surface)), name)
            out.append(here[key])
        return out

    def _new(self, kind: str, surface: str) -> str:
        label = self.policy.label_for(kind)
        number = self._last.get(kind, 0)
        while True:
            number += 1
            name = f"[{label}{number}]"
            if name not in self._taken:
                self._last[kind] = number
                self._taken[name] = surface
                return name


def _check(entity: Entity, text: str) -> None:
    if not 0 <= entity.start < entity.end <= len(text) or text[entity.start : entity.end] != entity.text:
        raise InputError(
            f"entities: {entity.type} at {entity.start}-{entity.end} does not fit the text; "
            "give the entities of this very text"
        )


def _hit(entity: Entity, text: NormalizedText) -> Hit:
    start, end = text.to_normalized(entity.start, entity.end)
    surface = text.text[start:end] or entity.text
    return Hit(entity.start, entity.end, entity.type, surface, entity.cluster)


def mask(piece: str, kind: str) -> str:
    """The piece with stars, length and white space kept: 王**, 138****5678, 湘A*****.

    Of a name the first character stays, of a number of eleven digits or more the first three and the last four (two of
    an ID number), of a shorter one the last two, of a licence plate its first two characters; of all else nothing.
    """
    digits = [i for i, c in enumerate(piece) if c.isdecimal()]
    keep: set[int] = set()
    if kind == "PERSON":
        keep = {0} if len(piece) > 1 else set()
    elif kind in ("PHONE", "ID_NUMBER") and len(digits) >= 7:
        tail = 4 if kind == "PHONE" else 2
        keep = {*digits[:3], *digits[-tail:]} if len(digits) >= 11 else set(digits[-2:])
        keep |= {i for i, c in enumerate(piece) if not c.isalnum()}
    elif kind == "ID_NUMBER" and not piece[0].isascii() and len(piece) >= 6:
        keep = {0, 1}
    return "".join(c if i in keep or c.isspace() else "*" for i, c in enumerate(piece))
