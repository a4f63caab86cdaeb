from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from petition_nlp.corpus import LabeledText
from petition_nlp.corpus.check import MIN_TEXTS, check_files, check_texts
from petition_nlp.corpus.report import KINDS, CheckReport, LabelIssue
from petition_nlp.errors import InputError
from petition_nlp.taxonomy import Taxonomy, default_taxonomy

LETTER = "我是双河镇柳树村三组的村民，去年十月村里修灌渠占了我家两亩水田，说好按亩补偿，钱到现在一分没有，找了镇里四回，都说在研究。请领导过问。"
COPY = LETTER.replace("四回", "五六回").replace("请领导过问", "请县领导过问")
OTHER = (
    "建议在县医院门口加一条斑马线，早上送孩子上学和看病的人挤在一起，车开得又快，老人过马路很不方便，希望交警部门考虑。"
)


def item(ident: str, text: str, **labels: object) -> LabeledText:
    entities = labels.pop("entities", None)
    return LabeledText(ident, text, {k: list(v) for k, v in labels.items()}, entities)  # type: ignore[call-overload,arg-type]


def kinds(report: CheckReport) -> set[str]:
    return {f.kind for f in report.findings} - {"rare_label"}


def ids(report: CheckReport, kind: str) -> list[list[str]]:
    return [[p.id for p in f.places] for f in report.of(kind)]


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def test_clean_texts_give_nothing() -> None:
    assert kinds(check_texts([item("a", LETTER, domains=["land"]), item("b", OTHER, domains=["project"])])) == set()
    assert check_texts([]).counts == {}


def test_all_format_errors_are_told_with_file_and_row(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": LETTER}, {"text": ""}, {"text": OTHER, "severity": 9}, {"id": "x"})
    with path.open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    report = check_files([path])
    assert report.texts == 1
    assert [f.places[0].at for f in report.of("format")] == [f"{path}:{n}" for n in (2, 3, 4, 5)]
    assert report.errors == 4


def test_places_name_the_row_behind_bad_and_blank_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"id": "1", "text": LETTER}, {"text": ""})
    with path.open("a", encoding="utf-8") as stream:
        stream.write("\n" + json.dumps({"id": "1", "text": OTHER}) + "\n")
    (finding,) = check_files([path]).of("duplicate_id")
    assert [p.at for p in finding.places] == [f"{path}:1", f"{path}:4"]


def test_an_unreadable_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    good = write(tmp_path / "b.jsonl", {"id": "b", "text": LETTER})
    report = check_files([tmp_path / "empty.jsonl", tmp_path / "none.csv", good])
    assert report.texts == 1
    assert report.counts == {"format": 2}
    with pytest.raises(InputError, match="standard input"):
        check_files(["-"])


def test_messages_hold_no_text_of_a_petition(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": OTHER, "domains": [LETTER]}, {"text": OTHER, "domains": ["地"]})
    headless = tmp_path / "b.csv"
    headless.write_text(f"{LETTER[:40]},{OTHER[:30]}\n1,2\n", encoding="utf-8")
    said = json.dumps(check_files([path, headless]).to_dict(), ensure_ascii=False)
    assert "unknown label '地'" in said
    assert not any(text[i : i + 12] in said for text in (LETTER, OTHER) for i in range(len(text) - 12))


def test_duplicates_and_contradictions() -> None:
    texts = [
        item("a", LETTER, domains=["land"], misconduct=[]),
        item("b", f" {LETTER}\n", domains=["land", "project"], misconduct=[]),
        item("c", OTHER, domains=["project"]),
        item("d", COPY, domains=["land"], misconduct=["inaction"]),
        item("e", COPY.replace("。", "！"), misconduct=["inaction"]),
    ]
    report = check_texts(texts)
    assert ids(report, "duplicate") == [["a", "b"], ["d", "e"]]
    assert ids(report, "near_duplicate") == [["a", "d"]]
    assert ids(report, "contradiction") == [["a", "b"], ["a", "d"]]
    exact, near = (f.message for f in report.of("contradiction"))
    assert exact == "similarity 1.00; domains: land / land+project"
    assert near.endswith("misconduct: none / inaction")
    assert report.errors == 2


def test_unlabelled_heads_contradict_nothing() -> None:
    texts = [item("a", LETTER, domains=["land"]), item("b", LETTER, misconduct=[])]
    assert kinds(check_texts(texts)) == {"duplicate"}


def test_leakage_names_the_data_text_and_the_one_held_apart() -> None:
    data = [item("a", LETTER), item("b", OTHER), item("c", LETTER + "。")]
    report = check_texts(
        data, against=[item("x", COPY), item("y", "另一回事：河堤上的路灯坏了半年。"), item("z", OTHER)]
    )
    assert ids(report, "leakage") == [["a", "x"], ["b", "z"], ["c", "x"]]
    assert report.texts == 3
    assert not list(report.of("near_duplicate"))


def test_counts_and_rare_labels() -> None:
    texts = [
        item(f"{n}", f"{OTHER}{'甲乙丙丁戊己庚辛壬癸'[n] * 90}", domains=["land", "project"] if n else [])
        for n in range(MIN_TEXTS + 1)
    ] + [item("u", LETTER)]
    report = check_texts(texts)
    assert report.labels["domains"] == {"low_income": 0, "land": 8, "project": 8, "village_asset": 0}
    assert report.unlabelled == {"domains": 1}
    assert report.domain_pairs == {("land", "project"): 8}
    assert [f.message.split()[1] for f in report.of("rare_label")] == ["low_income", "village_asset"]
    assert "no text is labelled with severity" in report.notes


def test_heads_that_the_document_type_forbids_or_asks_for() -> None:
    texts = [
        item("a", LETTER, doc_type=["petition"], petition_type=["appeal"], severity=["serious"]),
        item("b", OTHER, doc_type=["policy"], petition_type=["inquiry"]),
        item("c", "关于开展春季河道清淤的通知，各村于三月底前完成。", doc_type=["petition"], severity=["ordinary"]),
    ]
    report = check_texts(texts)
    assert ids(report, "not_applicable") == [["b"]]
    assert ids(report, "missing_label") == [["c"]]
    assert kinds(check_texts([item("a", LETTER, doc_type=["petition"])])) == set()  # heads nobody labelled


@pytest.mark.parametrize(
    ("text", "spans", "found"),
    [
        ("柳树村王会计", [("PLACE", 0, 4), ("POSITION", 3, 6)], {"entity_overlap"}),
        ("柳树村王会计", [("PLACE", 0, 3), ("PERSON", 3, 4)], set()),
        ("柳树村，王会计", [("PLACE", 0, 4)], {"entity_edge"}),
        ("柳树村 王会计", [("PERSON", 3, 5)], {"entity_edge"}),
        ("依《土地管理法》", [("DOC_REF", 1, 8)], set()),
        ("依土地管理法》《", [("DOC_REF", 1, 8)], {"entity_edge"}),
        ("王*向李**借", [("PERSON", 0, 2), ("PERSON", 3, 6)], set()),
        ("柳树村", [("PLACE", 0, 9)], {"format"}),
    ],
)
def test_entity_spans(text: str, spans: Sequence[tuple[str, int, int]], found: set[str]) -> None:
    assert kinds(check_texts([item("a", text, entities=list(spans))])) == found


def test_one_surface_in_two_ways() -> None:
    def marked(n: int, kind: str | None) -> LabeledText:
        text = f"{'东南西北上下'[n] * 9}，镇水管站没人来"
        start = text.index("镇水管站")
        return item(f"t{n}", text, entities=[(kind, start, start + 4)] if kind else [])

    report = check_texts([marked(0, "ORG"), marked(1, "ORG"), marked(2, "PLACE"), marked(3, None), marked(4, None)])
    (types,) = report.of("entity_types")
    assert types.message == "labelled ORG in 2 texts, PLACE in 1 text"
    assert [(p.id, p.start, p.end) for p in types.places] == [("t0", 10, 14), ("t2", 10, 14)]
    (unmarked,) = report.of("entity_unmarked")
    assert unmarked.message == "ORG in 3 texts, unmarked in 2 texts"
    assert [p.id for p in unmarked.places] == ["t0", "t3", "t4"]
    unlabelled = marked(5, None)
    unlabelled.entities = None  # says nothing on entities
    assert kinds(check_texts([*(marked(n, "ORG") for n in range(3)), unlabelled])) == set()


def test_surface_findings_are_capped_and_counted() -> None:
    def texts(kind: str) -> LabeledText:
        words = [chr(0x4E00 + n) + chr(0x5E00 + n) for n in range(130)]
        return item(
            kind,
            f"{kind}，" + "，".join(words),
            entities=[(kind, len(kind) + 1 + 3 * n, len(kind) + 3 + 3 * n) for n in range(130)],
        )

    report = check_texts([texts("ORG"), texts("PLACE")])
    assert len(list(report.of("entity_types"))) == 100
    assert report.left_out == {"entity_types": 30}
    assert report.counts["entity_types"] == 130


def test_empty_and_long_texts() -> None:
    report = check_texts([item("a", " \n。"), item("b", LETTER * 400), item("c", LETTER), item("d", "\ud800")])
    assert ids(report, "empty") == [["a"], ["d"]]
    assert ids(report, "long") == [["b"]]


def test_outliers_are_placed_and_a_failure_is_a_note() -> None:
    def found(texts: Sequence[LabeledText], taxonomy: Taxonomy) -> list[LabelIssue]:
        assert taxonomy is default_taxonomy()
        return [LabelIssue(texts[1].id, "domains", ("land",), (), 0.9, 1)]

    def fails(texts: Sequence[LabeledText], taxonomy: Taxonomy) -> list[LabelIssue]:
        raise InputError("too few")

    texts = [item("a", LETTER), item("b", OTHER)]
    report = check_texts(texts, outliers=found)
    ((place, _),) = report.outliers
    assert str(place) == "#2 (b)"
    assert report.to_dict()["outliers"] == [
        {"at": "#2", "id": "b", "head": "domains", "given": ["land"], "suggested": [], "score": 0.9}
    ]
    assert report.errors == report.warnings == 0
    assert any("too few" in note for note in check_texts(texts, outliers=fails).notes)


def test_report_is_json_of_known_kinds() -> None:
    report = check_texts([item("a", LETTER, domains=["land"]), item("b", LETTER, domains=[])])
    data = json.loads(json.dumps(report.to_dict()))
    assert data["errors"] == 1
    assert {f["kind"] for f in data["findings"]} <= set(KINDS)
