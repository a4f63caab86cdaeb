"""The page, driven in Chromium. Skipped where no Chromium is installed (Debian: apt-get install chromium)."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import petition_nlp
from helpers.accessibility import AUDIT
from helpers.service import running, until
from petition_nlp.pipeline import PetitionNLP
from petition_nlp_serve.auth import new_key
from petition_nlp_serve.feedback import FeedbackStore

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here; Debian: apt-get install chromium"),
]
# With PETITION_NLP_SCREENSHOTS=1 the pictures of the guide are made anew.
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SHOTS = GUIDE if os.environ.get("PETITION_NLP_SCREENSHOTS") else None
# Traditional script with the glosses of a broken converter, an emoji, and a character beyond the BMP.
TRICKY = (
    "反映東河村關(guān)鍵問題😀：村支書𠮷某某把低保給了親戚，去年10月領(lǐng)走3.2万元，占地12亩，涉及20户，"
    "電話13800000000，请紀委查處。"
)


@pytest.fixture(scope="module")
def real() -> PetitionNLP:
    return petition_nlp.load()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page") / "feedback.sqlite3"


@pytest.fixture(scope="module")
def url(real: PetitionNLP, store: Path) -> Iterator[str]:
    with running(lambda: real, feedback=str(store), max_chars=5000) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--no-proxy-server"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, url: str) -> Iterator[Any]:
    """A fresh page; at the end no console error and no request beyond the service may have happened."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.errors, page.expected = [], []
    page.on("console", lambda m: page.errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: page.errors.append(str(e)))
    page.on("request", lambda r: page.errors.append(r.url) if not r.url.startswith((url, "blob:")) else None)
    page.goto(url)
    wait_for(page, "document.getElementById('model').textContent !== ''")
    yield page
    assert [e for e in page.errors if not any(x in e for x in page.expected)] == []
    context.close()


def wait_for(page: Any, expression: str) -> None:
    """Wait until a JavaScript expression holds; the driver's own way needs eval, which the page's policy forbids."""
    until(lambda: page.evaluate(f"() => Boolean({expression})"), 60)


def analyze(page: Any, text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Control+Enter")
    page.wait_for_selector("#letter")
    wait_for(page, "document.getElementById('status').textContent !== ''")


def picture(page: Any, name: str) -> None:
    image = page.screenshot(full_page=True)
    assert image.startswith(b"\x89PNG")
    if SHOTS is not None:
        (SHOTS / name).write_bytes(image)


def audit(page: Any) -> None:
    assert page.evaluate(AUDIT) == []


def test_classify(page: Any, real: PetitionNLP) -> None:
    text = "我奶奶的低保被停了三个月，村支书却给自己亲戚办了，请纪委查查那3.2万元。"
    doc = real(text)
    analyze(page, text)
    shown = page.inner_text("#labels")
    for label in doc.domains:
        assert label.name in shown
    assert doc.severity is not None
    assert page.inner_text("#severity") == f"{doc.severity.level} {doc.severity.name}"
    assert page.locator("#factors button").count() == len(doc.severity.factors)
    assert page.locator("#review").count() == doc.needs_review
    audit(page)


def test_highlights_stand_where_the_entities_are(page: Any, real: PetitionNLP) -> None:
    doc = real(TRICKY)
    assert len(doc.entities) >= 4
    analyze(page, TRICKY)
    marks = page.evaluate(
        """() => [...document.querySelectorAll('#letter mark')].map(m => [
            m.dataset.type, m.textContent, Number(m.firstChild.dataset.start), Number(m.lastChild.dataset.end)])"""
    )
    assert marks == [[e.type, e.text, e.start, e.end] for e in doc.entities]
    assert page.evaluate("document.getElementById('letter').textContent") == TRICKY
    # Every piece really shows the characters that its offsets name.
    pieces = page.evaluate(
        "() => [...document.querySelectorAll('#letter span')].map(s => [s.textContent, +s.dataset.start, +s.dataset.end])"
    )
    assert all(TRICKY[start:end] == shown for shown, start, end in pieces)


def test_evidence_lights_up(page: Any, real: PetitionNLP) -> None:
    doc = real(TRICKY)
    analyze(page, TRICKY)
    for i, label in enumerate(doc.domains):
        page.locator("#domains button").nth(i).hover()
        lit = page.evaluate("[...document.querySelectorAll('#letter .lit')].map(s => s.textContent).join('')")
        covered = sorted({n for s in label.evidence for n in range(s.start, s.end)})
        assert lit == "".join(TRICKY[n] for n in covered)
    page.mouse.move(0, 0)
    page.focus("#text")
    assert page.locator("#letter .lit").count() == 0
    button = page.locator("#domains button").first
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    page.focus("#text")
    assert page.locator("#letter .lit").count() > 0


def test_feedback(page: Any, store: Path) -> None:
    analyze(page, TRICKY)
    page.uncheck("#correction input[value=low_income]", force=True)
    page.check("#correction input[value=village_asset]")
    page.select_option("#fix-severity", "2")
    page.fill("#comment", "领域应为三资")
    page.click("#correction button[type=submit]")
    wait_for(page, "document.getElementById('feedback-status').textContent !== ''")
    assert "已保存" in page.inner_text("#feedback-status")
    (item,) = (i for i in FeedbackStore(f"sqlite:///{store}").items() if i["text"] == TRICKY)
    assert item["labels"]["severity"] == 2
    assert "village_asset" in item["labels"]["domains"]
    assert "low_income" not in item["labels"]["domains"]
    assert item["comment"] == "领域应为三资"


def test_table_with_progress_and_downloads(page: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["工单号", "诉求内容", "备注"])
    for n in range(60):
        sheet.append(
            [20240000 + n, f"第{n}号：我家的低保被停了，去年10月起没领到，共{n + 1}000元。", "=1+1" if n == 1 else None]
        )
    sheet.append([99, "长" * 5001, None])
    book.save(tmp_path / "工单.xlsx")
    page.click("#tab-table")
    page.set_input_files("#file", str(tmp_path / "工单.xlsx"))
    page.wait_for_selector("#start")
    assert page.input_value("#text-column") == "诉求内容"
    page.click("#start")
    page.wait_for_selector("#csv", state="visible")
    assert page.evaluate("document.getElementById('bar').value") == 61
    assert "60 行" in page.inner_text("#table-status")
    assert "1 行未能分析" in page.inner_text("#table-status")
    with page.expect_download() as got:
        page.click("#csv")
    rows = list(csv.DictReader(io.StringIO(Path(got.value.path()).read_text(encoding="utf-8-sig"))))
    assert [r["工单号"] for r in rows[:2]] == ["20240000", "20240001"]
    assert rows[1]["备注"] in ("'=1+1", "")
    assert "MONEY:5000元=5,000 CNY" in rows[4]["entities"]
    assert rows[60]["error"]
    with page.expect_download() as got:
        page.click("#xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(Path(got.value.path()).read_bytes())).active
    assert sheet.max_row == 62
    audit(page)
    picture(page, "table.png")
    page.locator("#panel-table td button").first.click()
    page.wait_for_selector("#letter")
    assert page.inner_text("#letter").startswith("第0号")


def test_five_thousand_rows_are_taken_and_one_more_is_not(page: Any, tmp_path: Path) -> None:
    page.click("#tab-table")
    for rows, ok in ((5000, True), (5001, False)):
        path = tmp_path / f"{rows}.csv"
        path.write_bytes(("编号,内容\n" + "".join(f"{n},路灯坏了没人修\n" for n in range(rows))).encode("gb18030"))
        page.expected = ["413"]
        page.set_input_files("#file", str(path))
        if ok:
            page.wait_for_selector("#start")
            assert "5000 行" in page.inner_text("#table-status")
        else:
            page.wait_for_selector("#table-error", state="visible")
            assert "超过 5000 行" in page.inner_text("#table-error")


def test_error_states(page: Any, tmp_path: Path) -> None:
    page.click("#analyze")
    assert "请先输入文本" in page.inner_text("#error")
    page.expected = ["413", "422", "ERR_FAILED", "503"]
    page.fill("#text", "长" * 5001)
    page.click("#analyze")
    wait_for(page, "document.getElementById('error').textContent.includes('长度上限')")
    audit(page)
    page.route("**/v1/analyze", lambda route: route.abort())
    page.fill("#text", "路灯坏了")
    page.click("#analyze")
    wait_for(page, "document.getElementById('error').textContent.includes('连不上')")
    page.unroute("**/v1/analyze")
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    page.click("#tab-table")
    page.set_input_files("#file", str(broken))
    page.wait_for_selector("#table-error", state="visible")
    assert "无法读取" in page.inner_text("#table-error")
    old = tmp_path / "旧.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0")
    page.set_input_files("#file", str(old))
    wait_for(page, "document.getElementById('table-error').textContent.includes('.xls ')")


def test_text_cannot_run_as_code(page: Any) -> None:
    text = "<img src=x onerror=\"document.title='x'\"><script>document.title='y'</script>低保被停，3.2万元"
    analyze(page, text)
    assert page.evaluate("document.getElementById('letter').textContent") == text
    assert page.title() == "信访文本分析"


def test_english_and_back(page: Any) -> None:
    analyze(page, TRICKY)
    page.click("#language")
    assert page.title() == "Petition reader"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "Low-income support" in page.inner_text("#labels")
    audit(page)
    page.click("#language")
    assert "低保救助" in page.inner_text("#labels")


def test_keyboard_alone(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#tab-text")
    page.keyboard.press("ArrowRight")
    assert page.is_visible("#panel-table")
    page.keyboard.press("ArrowLeft")
    assert page.is_visible("#panel-text")
    page.focus("#text")
    page.keyboard.type("低保被停了三个月，求查")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#letter")


def test_a_dropped_file_in_gb18030(page: Any) -> None:
    data = list("低保被停了三个月，共3.2万元，请查。".encode("gb18030"))
    page.evaluate(
        """data => { const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(data)], '信.txt'));
        document.dispatchEvent(new DragEvent('drop', {dataTransfer: transfer, bubbles: true, cancelable: true})); }""",
        data,
    )
    page.wait_for_selector("#letter")
    assert page.inner_text("#letter").startswith("低保被停")


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sizes_and_schemes(page: Any, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.click("#sample")
    page.wait_for_selector("#letter")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    audit(page)
    picture(page, f"text-{width}-{scheme}.png")


def test_key_is_asked_for(browser: Any, real: PetitionNLP, tmp_path: Path) -> None:
    key, line = new_key("clerk:classify,feedback")
    keys = tmp_path / "keys"
    keys.write_text(line, encoding="utf-8")
    with running(lambda: real, keys=str(keys)) as url:
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector("#error", state="visible")
        assert "密钥" in page.inner_text("#error")
        page.fill("#key", key)
        page.keyboard.press("Enter")
        wait_for(page, "document.getElementById('model').textContent !== ''")
        analyze(page, "低保被停了三个月")
        assert page.is_hidden("#error")
        assert page.evaluate("JSON.stringify(localStorage)").find(key) < 0
        page.close()


def test_api_docs_work_without_the_internet(browser: Any, url: str) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("request", lambda r: errors.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None)
    page.goto(f"{url}/docs")
    page.wait_for_selector("#operations-text-classify")
    assert errors == []
    page.close()


def test_audit_finds_faults(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<title>x</title><img src=''><input><button></button><p style='color:#999'>low</p>")
    found = json.dumps(page.evaluate(AUDIT))
    for kind in ("html-lang", "image-alt", "label", "button-name", "color-contrast"):
        assert kind in found
