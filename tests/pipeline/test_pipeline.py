from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import petition_nlp
from helpers.noise import to_traditional_noise
from helpers.tiny import tiny_texts
from petition_nlp import Document, PetitionNLP
from petition_nlp.errors import InputError

PETITION = "我是东河村1组的，我奶奶的低保被停了三个月，欠我3.2万元，从2018年3月起。墙随时会倒，要出人命了，十万火急！请帮忙解决。"


def check_spans(document: Document) -> None:
    text = document.text
    spans = [s for d in document.domains for s in d.evidence]
    if document.severity:
        spans += [s for f in document.severity.factors for s in f.evidence]
    for span in [*spans, *document.entities]:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text


def test_the_fixed_output(nlp: PetitionNLP) -> None:
    document = nlp(PETITION, id="7")
    out = json.loads(json.dumps(document.to_dict(), ensure_ascii=False))
    expected = "id doc_type domains petition_type severity misconduct entities needs_review review_reasons model"
    assert list(out) == expected.split()
    assert out["id"] == "7"
    assert out["doc_type"]["id"] == "petition"
    assert [d["id"] for d in out["domains"]] == ["low_income"]
    assert set(out["domains"][0]) == {"id", "name", "score", "evidence"}
    assert set(out["domains"][0]["evidence"][0]) == {"start", "end", "text", "weight"}
    assert out["severity"]["level"] == 4
    assert {"danger_to_life"} <= {f["id"] for f in out["severity"]["factors"]}
    money = next(e for e in out["entities"] if e["type"] == "MONEY")
    assert money["text"] == "3.2万元"
    assert money["value"]["amount"] == 32000.0
    assert money["value"]["currency"] == "CNY"
    assert set(out["model"]) == {"name", "version", "taxonomy"}
    check_spans(document)


def test_official_texts_have_neither_type_nor_severity(nlp: PetitionNLP) -> None:
    out = nlp("第一条 为规范管理，制定本办法。各乡镇应当遵照执行：关于征地补偿的情况。").to_dict()
    assert out["doc_type"]["id"] == "policy"
    assert out["petition_type"] is None
    assert out["severity"] is None


def test_it_learned_the_tiny_set(nlp: PetitionNLP) -> None:
    texts = tiny_texts(1)
    documents = list(nlp.pipe([t.text for t in texts]))
    right = sum([d.id for d in doc.domains] == t.labels["domains"] for doc, t in zip(documents, texts, strict=True))
    assert right / len(texts) > 0.9


def test_pipe_keeps_order_streams_and_takes_tuples(nlp: PetitionNLP) -> None:
    texts = [t.text for t in tiny_texts(1)]
    taken = 0

    def stream():  # type: ignore[no-untyped-def]
        nonlocal taken
        for text in texts:
            taken += 1
            yield text

    documents = nlp.pipe(stream(), batch_size=8)
    first = next(documents)
    assert taken == 8
    assert [first.text, *(d.text for d in documents)] == texts
    pairs = list(nlp.pipe([(t, i) for i, t in enumerate(texts)], as_tuples=True, batch_size=7))
    assert [i for _, i in pairs] == list(range(len(texts)))
    assert pairs[3][0].to_dict() == nlp(texts[3]).to_dict()


def test_parts_can_be_left_out(nlp: PetitionNLP) -> None:
    document = nlp(PETITION, entities=False, evidence=False)
    assert document.entities == []
    assert document.domains[0].evidence == []
    assert document.severity is not None
    assert document.severity.factors == []
    full = nlp(PETITION)
    assert full.domains[0].score == document.domains[0].score


def test_reference_date(nlp: PetitionNLP) -> None:
    document = nlp("去年10月就停了我的低保，请问怎么办。", reference_date=datetime.date(2024, 5, 1))
    (date,) = [e for e in document.entities if e.type == "DATE"]
    assert date.value is not None
    assert date.value["iso"] == "2023-10"


@pytest.mark.parametrize("text", ["", " \n", "\u200b\ufeff"])
def test_empty_texts_go_to_review(nlp: PetitionNLP, text: str) -> None:
    document = nlp(text)
    assert document.needs_review
    assert document.review_reasons == ["empty_text"]
    assert document.entities == []


def test_wrong_input(nlp: PetitionNLP) -> None:
    with pytest.raises(InputError, match="text 0: expected a string, got int"):
        nlp(3)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="batch_size"):
        list(nlp.pipe([PETITION], batch_size=0))
    with pytest.raises(AttributeError):
        _ = petition_nlp.nothing


def test_traditional_gloss_and_full_width_change_no_decision(nlp: PetitionNLP) -> None:
    for i, item in enumerate(tiny_texts(1)):
        plain, noisy = nlp(item.text), nlp(to_traditional_noise(item.text, i))
        assert [d.id for d in plain.domains] == [d.id for d in noisy.domains]
        check_spans(noisy)


FRAGMENTS = st.sampled_from(
    [
        "低保",
        "關(guān)係",
        "<p>",
        "&nbsp;",
        "３.２萬元",
        "\u200b",
        "\ud800",
        "😀",
        "\n",
        "去年10月",
        "村支书王某",
        "（guān）",
        "138****5678",
        "二〇一八年三月",
        "《土地管理法》第四十七条",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=12)), max_size=25).map("".join))
def test_every_span_is_its_text(nlp: PetitionNLP, text: str) -> None:
    check_spans(nlp(text))


def test_two_megabytes_in_one_text(nlp: PetitionNLP) -> None:
    text = PETITION * (2_000_000 // len(PETITION.encode()) + 1)
    document = nlp(text)
    assert document.doc_type.id == "petition"
    assert len(document.entities) > 10_000
    check_spans(document)
