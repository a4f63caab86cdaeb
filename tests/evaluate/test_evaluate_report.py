from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from helpers.tiny import tiny_texts
from petition_nlp import PetitionNLP
from petition_nlp.corpus import LabeledText
from petition_nlp.errors import InputError
from petition_nlp.evaluate import Report, evaluate, head_figures

SECRET = "紫藤巷"  # stands in every text


@pytest.fixture(scope="module")
def gold() -> list[LabeledText]:
    """Texts of different length, source, author, month and noise, some with wrong labels, some with entities."""
    texts = tiny_texts(1)
    for i, item in enumerate(texts):
        item.text = f"{SECRET}{item.text}"
        if i % 3 == 0:
            item.text = f"<p>{item.text}</p>"
        if i % 4 == 0:
            item.text += "事情经过如下。" * 30
        item.meta = {
            "来源": ("热线", "网站")[i % 2],
            "标注人": ("周甲", "吴乙")[i % 2],
            "日期": f"2024年{1 + i % 2}月3日",
        }
        if i % 5 == 0:
            item.labels["domains"] = ["land"]
        if i % 2 == 0:
            item.text += "欠我3.2万元。"
            start = item.text.index("3.2万元")
            item.entities = [("MONEY", start, start + 5)]
    texts[0].text += "<script>alert(1)</script>\ud800"
    return texts


@pytest.fixture(scope="module")
def report(nlp: PetitionNLP, gold: list[LabeledText]) -> Report:
    return evaluate(nlp, gold, rounds=40)


def test_figures_are_those_of_the_metrics(nlp: PetitionNLP, gold: list[LabeledText], report: Report) -> None:
    documents = list(nlp.pipe([t.text for t in gold]))
    for name, figure in head_figures(gold, documents, nlp.taxonomy, rounds=2).items():
        assert report.figures[name].value == figure.value
    assert report.figures["entities_f1"].value > 0.5


def test_what_the_report_holds(gold: list[LabeledText], report: Report) -> None:
    data = report.to_dict()
    assert data["labelled"]["domains"] == len(gold)
    assert data["labelled"]["severity"] == sum("severity" in t.labels for t in gold) < len(gold)
    severity = data["heads"]["severity"]
    assert sum(map(sum, severity["confusion"])) == severity["texts"]
    assert [len(row) for row in severity["confusion"]] == [5] * 4
    domains = data["heads"]["domains"]
    assert "confusion" not in domains
    assert set(domains["labels"]["land"]) >= {"precision", "recall", "f1", "average_precision", "curve", "gold"}
    assert 0 <= domains["calibration"]["ece"] <= 1
    assert domains["coverage"][-1][0] == 1.0
    assert data["entities"]["MONEY"]["gold"] == sum(bool(t.entities) for t in gold)
    assert set(data["slices"]) == {"length", "source", "author", "month", "noise"}
    assert sum(part["texts"] for part in data["slices"]["length"].values()) == len(gold)
    assert set(data["slices"]["month"]) == {"2024-01", "2024-02"}
    assert {"clean", "html"} <= set(data["slices"]["noise"])
    assert 0 <= data["review"]["coverage"] <= 1


def test_errors_are_wrong_and_their_evidence_lies_in_the_text(gold: list[LabeledText], report: Report) -> None:
    errors = report.data["errors"]
    assert errors
    sides = set()
    for error in errors:
        assert set(error["gold"]) != set(error["said"])
        assert error["text"] == gold[error["row"] - 1].text
        for spot in error["evidence"]:
            assert error["text"][spot["start"] : spot["end"]] == spot["text"]
            assert spot["label"] in error["gold"] + error["said"]
            sides.add(spot["side"])
    assert sides == {"said", "missed"}
    scores = [e["score"] for e in errors if e["head"] == "domains"]
    assert scores == sorted(scores, reverse=True)


class _Page(HTMLParser):
    """Collects tags and attributes, and checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(k, v or "") for k, v in attrs]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(k, v or "") for k, v in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_is_self_contained_and_safe(report: Report, tmp_path: Path) -> None:
    report.save(tmp_path / "r")
    source = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(source)
    assert page.open == []
    assert not {"script", "link", "iframe", "img", "object", "use", "image"} & set(page.tags)
    assert not {"style", "href", "src", "srcdoc", "xlink:href"} & {k for k, _ in page.attributes}
    assert not any(k.startswith("on") for k, _ in page.attributes)
    assert "://" not in source
    assert "@import" not in source
    assert "url(" not in source
    (style,) = re.findall("<style>(.*?)</style>", source, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in source
    assert "&lt;script&gt;" in source
    said = "".join(page.text)
    for heading in (
        "总体指标",
        "Main figures",
        "PR曲线",
        "校准",
        "混淆矩阵",
        "覆盖率—准确率",
        "实体",
        "分组",
        "最严重的错误",
        "Worst errors",
    ):
        assert heading in said, heading
    assert page.tags.count("svg") > 20
    assert "mark" in page.tags


def test_without_text_no_text_and_no_name_is_written(gold: list[LabeledText], report: Report, tmp_path: Path) -> None:
    report.save(tmp_path, text=False)
    for name in ("report.json", "report.html"):
        content = (tmp_path / name).read_text(encoding="utf-8")
        assert SECRET not in content
        assert "事情经过" not in content
        assert "周甲" not in content
        for item in gold:
            assert item.text not in content
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert data["errors"]
    assert not any("text" in e or any("text" in s for s in e["evidence"]) for e in data["errors"])
    assert SECRET in json.dumps(report.to_dict(), ensure_ascii=False)  # the report itself still has them


def test_heads_without_labels_are_skipped(nlp: PetitionNLP, tmp_path: Path) -> None:
    texts = [LabeledText(t.id, t.text, {"domains": t.labels["domains"]}) for t in tiny_texts(1)]
    report = evaluate(nlp, texts, rounds=5)
    assert set(report.figures) == {"domains_macro_f1", "domains_exact"}
    assert report.data["not_labelled"] == ["doc_type", "petition_type", "severity", "misconduct"]
    assert report.data["entities"] == {}
    report.save(tmp_path)
    assert "实体" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_label_that_never_occurs_and_one_text(nlp: PetitionNLP, tmp_path: Path) -> None:
    """Figures without a value are null, and the page is drawn all the same."""
    report = evaluate(nlp, tiny_texts(1)[:1], rounds=5)
    report.save(tmp_path)
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert data["heads"]["domains"]["labels"]["land"]["average_precision"] is None
    assert data["slices"] == {}


def test_nothing_to_measure(nlp: PetitionNLP, report: Report, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing to measure"):
        evaluate(nlp, [LabeledText("1", "村里的账没有公开", {})])
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        report.save(tmp_path / "file")
