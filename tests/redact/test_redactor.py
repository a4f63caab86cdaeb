from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.noise import to_traditional_noise
from petition_nlp import PetitionNLP
from petition_nlp.errors import InputError
from petition_nlp.redact import Redacted, RedactionKey, RedactionPolicy, Redactor, redact
from petition_nlp.types import Entity


def entity(text: str, surface: str, kind: str = "PERSON", cluster: int | None = None, nth: int = 0) -> Entity:
    start = -1
    for _ in range(nth + 1):
        start = text.index(surface, start + 1)
    return Entity(kind, surface, start, start + len(surface), cluster=cluster)


def check(text: str, result: Redacted) -> None:
    """Offsets of both texts are right, and the text comes back."""
    last = new = 0
    for r in result.replacements:
        assert 0 <= last <= r.start < r.end <= len(text)
        assert text[last : r.start] == result.text[new : r.new_start]
        assert result.text[r.new_start : r.new_end] == r.replacement
        assert result.to_redacted(r.start, r.end) == (r.new_start, r.new_end)
        if r.replacement:
            assert result.to_original(r.new_start, r.new_end) == (r.start, r.end)
        last, new = r.end, r.new_end
    assert text[last:] == result.text[new:]
    assert result.restore(result.originals(text)) == text


def test_pseudonyms_and_further_occurrences() -> None:
    text = "王建国找李某，王建国的电话13800001111。"
    result = redact([entity(text, "王建国"), entity(text, "李某"), entity(text, "13800001111", "PHONE")], text)
    assert result.text == "[人名1]找[人名2]，[人名1]的电话[电话1]。"
    check(text, result)


def test_cluster_shares_a_pseudonym() -> None:
    text = "王支书不管，王建国是支书。"
    result = redact([entity(text, "王支书", cluster=4), entity(text, "王建国", cluster=4)], text)
    assert result.text == "[人名1]不管，[人名1]是支书。"


def test_spellings_share_a_pseudonym() -> None:
    text = "电话138-0000-1111，１３８００００１１１１"
    result = redact([entity(text, "138-0000-1111", "PHONE"), entity(text, "１３８００００１１１１", "PHONE")], text)
    assert result.text == "电话[电话1]，[电话1]"


def test_never_collides_with_the_text() -> None:
    text = "[人名1]说王建国不是[人名3]，李梅也不是。"
    result = redact([entity(text, "王建国"), entity(text, "李梅")], text)
    assert result.text == "[人名1]说[人名2]不是[人名3]，[人名4]也不是。"
    check(text, result)


def test_file_scope_keeps_and_does_not_collide() -> None:
    redactor = Redactor(RedactionPolicy(scope="file"))
    first, second, third = "王建国来了", "[人名1]和王建国、李梅", "李梅"
    assert redactor.redact(first, [entity(first, "王建国")]).text == "[人名1]来了"
    result = redactor.redact(second, [entity(second, "王建国"), entity(second, "李梅")])
    assert result.text == "[人名2]和[人名1]、[人名3]"
    check(second, result)
    assert redactor.redact(third, [entity(third, "李梅")]).text == "[人名3]"


def test_text_scope_starts_anew() -> None:
    redactor = Redactor()
    for name in ("王建国", "李梅"):
        assert redactor.redact(name, [entity(name, name)]).text == "[人名1]"


def test_a_title_means_somebody_else_in_the_next_text() -> None:
    redactor = Redactor(RedactionPolicy(scope="file"))
    first, second = "王支书即王建国", "王支书"
    redactor.redact(first, [entity(first, "王支书", cluster=0), entity(first, "王建国", cluster=0)])
    assert redactor.redact(second, [entity(second, "王支书", cluster=0)]).text == "[人名2]"


@pytest.mark.parametrize(
    ("kind", "surface", "masked"),
    [
        ("PERSON", "王建国", "王**"),
        ("PERSON", "王", "*"),
        ("PHONE", "13812345678", "138****5678"),
        ("PHONE", "0731-12345678", "073*-****5678"),
        ("PHONE", "1234567", "*****67"),
        ("PHONE", "12345", "*****"),
        ("PHONE", "幺三八零零一二三四五六", "***********"),
        ("ID_NUMBER", "43010219800101123X", "430************23*"),
        ("ID_NUMBER", "湘A12345", "湘A*****"),
        ("ORG", "某某 公司", "** **"),
    ],
)
def test_mask_keeps_length(kind: str, surface: str, masked: str) -> None:
    policy = RedactionPolicy(types=("PERSON", "PHONE", "ID_NUMBER", "ORG"), action="mask")
    text = f"看{surface}了"
    assert redact([entity(text, surface, kind)], text, policy).text == f"看{masked}了"


def test_remove_puts_nothing_together() -> None:
    text = "张张三三说[人名张三1]"
    policy = RedactionPolicy(action="remove")
    result = redact([entity(text, "张三")], text, policy)
    assert "张三" not in result.text
    check(text, result)


def test_removed_pieces_make_no_pseudonym() -> None:
    text = "[人名13800001111" + "1]和王建国"
    policy = RedactionPolicy(actions={"PHONE": "remove"})
    result = redact([entity(text, "13800001111", "PHONE"), entity(text, "王建国")], text, policy)
    assert result.text == "[人名1]和[人名2]"


def test_other_types_stay() -> None:
    text = "王建国在柳塘镇"
    assert redact([entity(text, "王建国"), entity(text, "柳塘镇", "PLACE")], text).text == "[人名1]在柳塘镇"


def test_gloss_goes_with_the_name() -> None:
    text = "村民王建國(guó)反映，王(wáng)建國来过。"
    result = redact([entity(text, "王建國")], text)
    assert result.text == "村民[人名1]反映，[人名1]来过。"


def test_wrong_arguments() -> None:
    with pytest.raises(InputError, match="does not fit the text"):
        redact([Entity("PERSON", "王建国", 0, 3)], "别的文字")
    with pytest.raises(InputError, match="text"):
        redact([])
    with pytest.raises(InputError, match="policy"):
        redact([], "a", RedactionPolicy(action="mask"), redactor=Redactor())
    with pytest.raises(InputError, match="text"):
        Redactor().redact(None)  # type: ignore[arg-type]


def test_pipeline_method(nlp: PetitionNLP) -> None:
    text = "请打13800001111找我，身份证43010219800101123X。"
    result = nlp.redact(text)
    assert "[电话1]" in result.text
    check(text, result)
    assert "王秀兰" not in nlp.redact("我叫王秀兰，低保被停。", RedactionPolicy(recall_first=True)).text
    with pytest.raises(InputError):
        nlp.redact(5)  # type: ignore[arg-type]


ALPHABET = st.sampled_from("张王李三国某，。 \n[]人名电话1238()aáX\ud800\u200b国國１")
TEXTS = st.one_of(st.text(max_size=60), st.text(ALPHABET, max_size=60))
TYPES = ("PERSON", "PHONE", "ID_NUMBER", "ORG")


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[Entity]]:
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    entities = []
    for start, end in pairwise(cuts):
        if start < end and draw(st.booleans()):
            kind = draw(st.sampled_from(TYPES))
            entities.append(Entity(kind, text[start:end], start, end, cluster=draw(st.none() | st.integers(0, 2))))
    return text, entities


@settings(max_examples=300, deadline=None)
@given(
    case=cases(),
    action=st.sampled_from(["pseudonym", "remove", "mask"]),
    phone=st.sampled_from(["pseudonym", "remove"]),
    recall=st.booleans(),
    scope=st.sampled_from(["text", "file"]),
)
def test_properties(case: tuple[str, list[Entity]], action: str, phone: str, recall: bool, scope: str) -> None:
    text, entities = case
    policy = RedactionPolicy(action=action, actions={"PHONE": phone}, recall_first=recall, scope=scope)
    redactor = Redactor(policy)
    redactor.redact("张三", [Entity("PERSON", "张三", 0, 2)])
    result = redactor.redact(text, entities)
    check(text, result)
    key = RedactionKey()
    key.add(text, result)
    assert key.restore(result.text).text == text
    kept = _kept(result)
    for e in entities:
        if policy.hides(e.type) and len(e.text) > 1 and policy.action_for(e.type) != "mask":
            assert not any(e.text in segment for segment in kept)
    covered = bytearray(len(text))
    for r in result.replacements:
        covered[r.start : r.end] = b"\1" * (r.end - r.start)
    for e in entities:
        assert not policy.hides(e.type) or all(covered[e.start : e.end])
    given_names = {r.replacement for r in result.replacements if re.fullmatch(r"\[.+[0-9]\]", r.replacement)}
    for segment in kept:
        assert not any(name in segment for name in given_names)


def _kept(result: Redacted) -> list[str]:
    """What is left between replacements that leave something."""
    parts, segment, last = [], "", 0
    for r in result.replacements:
        segment += result.text[last : r.new_start]
        last = r.new_end
        if r.replacement:
            parts.append(segment)
            segment = ""
    return [*parts, segment + result.text[last:]]


def test_noisy_text_is_redacted_as_well() -> None:
    plain = "我叫王建国，电话是13812345678，村支书李大山不管。王建国。"
    text = to_traditional_noise(plain, 3)
    result = redact([], text, RedactionPolicy(recall_first=True))
    check(text, result)
    for surface in ("建国", "建國", "大山", "１３８", "5678", "５６７８"):
        assert surface not in result.text
