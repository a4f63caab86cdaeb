"""The report as one HTML page that can be opened, mailed and printed without a network.

The page holds no script and refers to nothing outside itself; its own policy forbids both. Chinese headings stand with
English beside them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib import resources
from typing import Any

from petition_nlp.evaluate.svg import COLOURS, Line, heatmap, interval, plot

FIGURE_NAMES = {
    "domains_macro_f1": ("领域 宏平均F1", "domains macro-F1"),
    "domains_exact": ("领域 全对率", "domains exact match"),
    "doc_type_accuracy": ("文本类型 准确率", "doc_type accuracy"),
    "petition_type_macro_f1": ("诉求类型 宏平均F1", "petition_type macro-F1"),
    "severity_qwk": ("严重程度 加权kappa", "severity QWK"),
    "severity_top_recall": ("最高级 召回率", "recall of the gravest level"),
    "misconduct_micro_f1": ("涉嫌问题 微平均F1", "misconduct micro-F1"),
    "entities_f1": ("实体 F1(严格)", "entities F1, strict"),
}
_DIMENSIONS = {
    "length": ("长度(字)", "length in characters"),
    "source": ("来源", "source"),
    "author": ("标注人", "author"),
    "month": ("月份", "month"),
    "noise": ("文本噪声", "noise"),
}
_NOISE = {
    "clean": "无 clean",
    "traditional": "繁体 traditional",
    "ocr": "断行断字 OCR breaks",
    "html": "网页标记 HTML",
    "glosses": "夹注拼音 glosses",
}
_LONGEST = 3000  # characters of a text shown; the errors' evidence is shown whole beside it


def render(data: dict[str, Any]) -> str:
    """The page of a report's data (see :meth:`petition_nlp.evaluate.Report.to_dict`)."""
    style = (resources.files("petition_nlp.evaluate") / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    model = data["model"]
    sections = [
        _main(data),
        *(_head(name, head, data) for name, head in data["heads"].items()),
        _review(data),
        _entities(data["entities"]),
        _slices(data["slices"]),
        _errors(data),
    ]
    title = f"{model['name']} {model['version']}"
    return "\n".join(
        [
            '<!doctype html><html lang="zh"><head><meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            f"style-src 'sha256-{digest}'\">",
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>评测报告 {escape(title)}</title><style>{style}</style></head><body><main>",
            f"<h1>评测报告 <small>Evaluation report</small></h1><p>{escape(title)} · {escape(model['taxonomy'])} · "
            f"{data['texts']} 条 texts · <code>{model['manifest_sha256'][:16]}</code></p>",
            *filter(None, sections),
            "</main></body></html>\n",
        ]
    )


def _main(data: dict[str, Any]) -> str:
    rows = []
    for name, figure in data["figures"].items():
        zh, en = FIGURE_NAMES.get(name, (name, name))
        rows.append([f"{escape(zh)} <small>{escape(en)}</small>", _figure(figure), _bar(figure), str(figure["texts"])])
    for name, head in data["heads"].items():
        if name != "domains":
            continue
        rows.append(
            [
                "领域 期望校准误差 <small>domains ECE</small>",
                f"{head['calibration']['ece']:.3f}",
                "",
                str(head["texts"]),
            ]
        )
    skipped = data["not_labelled"]
    note = (
        f"<p>未标注、未评测 <small>not labelled, not measured</small>: {escape('、'.join(skipped))}</p>"
        if skipped
        else ""
    )
    return _section(
        "总体指标",
        "Main figures",
        _table(["指标 <small>figure</small>", "值 [95%]", "", "条数 <small>texts</small>"], rows),
        note,
    )


def _head(name: str, head: dict[str, Any], data: dict[str, Any]) -> str:
    labels = head["labels"]
    rows = []
    for ident, entry in labels.items():
        cells = [f"{escape(entry['name'])} <small>{escape(entry['name_en'] or ident)}</small>"]
        cells += [_figure(entry[k]) for k in ("precision", "recall", "f1")]
        cells += [_bar(entry["f1"]), _number(entry["average_precision"]), str(entry["gold"]), str(entry["predicted"])]
        rows.append(cells)
    header = [
        "标签 <small>label</small>", "精确率 <small>precision</small>", "召回率 <small>recall</small>", "F1 [95%]", "",
        "AP", "标注 <small>gold</small>", "判为 <small>predicted</small>",
    ]  # fmt: skip
    curves = [
        Line(entry["name"], [(r, p) for r, p, _ in entry["curve"]], i)
        for i, entry in enumerate(labels.values())
        if entry["curve"]
    ]
    plots = [_plot("PR曲线", "precision–recall", plot(curves, x="召回率 recall", y="精确率 precision"), curves)]
    bins = head["calibration"]["bins"]
    dots = Line(
        "",
        [(b["stated"], b["observed"]) for b in bins],
        0,
        marks=True,
        bars=[(b["stated"], b["low"], b["high"]) for b in bins],
    )
    ece = f"ECE {head['calibration']['ece']:.3f}"
    drawn = plot([dots], x="所报概率 stated", y="实际比例 observed", diagonal=True)
    plots.append(_plot("校准", f"calibration · {ece}", drawn))
    if head["coverage"]:
        plots.append(_plot("覆盖率—准确率", "coverage–accuracy", _coverage(name, head, data)))
    if "confusion" in head:
        names = [entry["name"] for entry in labels.values()]
        drawn = heatmap(head["confusion"], names, [*names, "未判"], label="confusion")
        plots.append(_plot("混淆矩阵：行为标注，列为判定", "confusion: rows gold, columns said", drawn))
    return _section(
        head["title"], head["title_en"] or name, _table(header, rows), f'<div class="plots">{"".join(plots)}</div>'
    )


def _coverage(name: str, head: dict[str, Any], data: dict[str, Any]) -> str:
    points = [(c, a) for c, a, _ in head["coverage"]]
    low = max(0.0, min(a for _, a in points) // 0.1 / 10 - 0.1)
    lines = [Line("", points, 0)]
    here = data["review"]["heads"][name]
    if here["accuracy"] is not None:
        lines.append(Line("", [(here["coverage"], here["accuracy"])], 1))
    return plot(lines, x="免复核比例 coverage", y="准确率 accuracy", y_low=round(low, 1))


def _review(data: dict[str, Any]) -> str:
    review = data["review"]
    rows = [
        [
            escape(data["heads"][name]["title"]),
            _percent(v["coverage"]),
            _percent(v["accuracy"]),
            _percent(v["accuracy_of_all"]),
        ]
        for name, v in review["heads"].items()
    ]
    header = [
        "", "免复核 <small>coverage</small>", "其中全对 <small>accuracy of these</small>",
        "不设复核时全对 <small>accuracy of all</small>",
    ]  # fmt: skip
    reasons = "、".join(f"{escape(k)} {v}" for k, v in review["reasons"].items()) or "—"
    return _section(
        "人工复核",
        "Review as the bundle sets it",
        _table(header, rows),
        f"<p>原因 <small>reasons</small>: {reasons}</p>",
    )


def _entities(entities: dict[str, Any]) -> str:
    if not entities:
        return ""
    rows = [
        [
            escape(kind),
            _number(e["precision"]),
            _number(e["recall"]),
            _figure(e["f1"]),
            _bar(e["f1"]),
            str(e["gold"]),
            str(e["predicted"]),
        ]
        for kind, e in entities.items()
    ]
    header = [
        "类型 <small>type</small>", "精确率 <small>precision</small>", "召回率 <small>recall</small>", "F1 [95%]", "",
        "标注 <small>gold</small>", "找到 <small>predicted</small>",
    ]  # fmt: skip
    return _section("实体", "Entities, strict spans", _table(header, rows))


def _slices(slices: dict[str, Any]) -> str:
    out = []
    for dimension, parts in slices.items():
        zh, en = _DIMENSIONS[dimension]
        names = list(dict.fromkeys(n for part in parts.values() for n in part["figures"]))
        header = [f"{zh} <small>{en}</small>", "条数 <small>texts</small>", "复核 <small>review</small>"]
        header += ["<br>".join(map(escape, FIGURE_NAMES.get(n, (n,)))) for n in names]
        rows = [
            [
                escape(_NOISE.get(value, value) if dimension == "noise" else value),
                str(part["texts"]),
                _percent(part["review"]),
                *(_figure(part["figures"].get(n)) for n in names),
            ]
            for value, part in parts.items()
        ]
        out.append(_table(header, rows))
    return _section("分组", "Slices", *out) if out else ""


def _errors(data: dict[str, Any]) -> str:
    if not data["errors"]:
        return ""
    parts: list[str] = []
    for name, head in data["heads"].items():
        found = [e for e in data["errors"] if e["head"] == name]
        if found:
            parts.append(f"<h3>{escape(head['title'])} <small>{escape(head['title_en'] or name)}</small></h3>")
            parts += [_error(e, head) for e in found]
    key = (
        '<p><mark class="said">误判依据 spoke for what was said</mark> '
        '<mark class="missed">漏判依据 spoke for what was missed</mark></p>'
    )
    return _section("最严重的错误", "Worst errors", key, *parts)


def _error(error: dict[str, Any], head: dict[str, Any]) -> str:
    def names(ids: Sequence[str]) -> str:
        return "、".join(escape(head["labels"][i]["name"]) for i in ids) or "无"

    line = (
        f"<summary><code>{escape(str(error['id']))}</code> 标注 <small>gold</small> <b>{names(error['gold'])}</b> · "
        f"判为 <small>said</small> <b>{names(error['said'])}</b> · {error['score']:.2f}</summary>"
    )
    if "text" not in error:
        spots = ", ".join(f"{e['start']}–{e['end']} {escape(e['label'])}" for e in error["evidence"])
        return f"<details>{line}<p>依据位置 <small>evidence at</small>: {spots or '—'}</p></details>"
    return f'<details>{line}<p class="text">{"".join(_marked(error["text"], error["evidence"]))}</p></details>'


def _marked(text: str, evidence: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The text with its evidence marked; of overlapping spans the first is marked. Long texts end early, and say so."""
    at = 0
    for e in sorted(evidence, key=lambda e: (e["start"], -e["end"])):
        if e["start"] < at:
            continue
        yield from _plain(text[at : e["start"]])
        yield f'<mark class="{e["side"]}" title="{escape(e["label"])}">{escape(text[e["start"] : e["end"]])}</mark>'
        at = e["end"]
    yield from _plain(text[at:])


def _plain(text: str) -> Iterator[str]:
    if len(text) <= _LONGEST:
        yield escape(text)
        return
    half = _LONGEST // 2
    yield f"{escape(text[:half])}<i>…（略 {len(text) - 2 * half} 字 characters left out）…</i>{escape(text[-half:])}"


def _section(zh: str, en: str, *parts: str) -> str:
    return f"<section><h2>{escape(zh)} <small>{escape(en)}</small></h2>{''.join(parts)}</section>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are HTML already."""
    head = "".join(f"<th>{c}</th>" for c in header)
    body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _plot(zh: str, en: str, drawn: str, lines: Sequence[Line] = ()) -> str:
    legend = "".join(f'<span class="key c{line.colour % COLOURS}">{escape(line.name)}</span> ' for line in lines)
    return f"<figure><figcaption>{escape(zh)} <small>{escape(en)}</small></figcaption>{drawn}<p>{legend}</p></figure>"


def _figure(figure: dict[str, Any] | None) -> str:
    if figure is None or figure["value"] is None:
        return "—"
    if figure["low"] is None:
        return f"{figure['value']:.3f}"
    return f"{figure['value']:.3f} <small>[{figure['low']:.3f}, {figure['high']:.3f}]</small>"


def _bar(figure: dict[str, Any]) -> str:
    return interval(figure["value"], figure["low"], figure["high"]) if figure["low"] is not None else ""


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1%}"
