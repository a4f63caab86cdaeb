// Wires the page together.
import { call, getKey, post, setKey } from "./api.js";
import { showResult } from "./result.js";
import { TableRun, readTable } from "./table.js";
import { applyWords, errorText, language, setLanguage, t } from "./words.js";

const $ = (id) => document.getElementById(id);
const SAMPLE =
  "县纪委：我是东河村二组村民。我奶奶今年七十八岁，独居，低保去年10月被停，村支书赵某某却给自己亲戚办了三户，" +
  "每户每月领1200元。村里还把关（guān）坝边的12亩集体地包给他侄子，合同没公示。我打过四次12345没有结果，请查一查。联系电话13800000000。";
let info = null;
let last = null; // {text, result} that is on show, for the switch of languages
let run = null;

function say(words) {
  $("status").textContent = words;
}

function fail(error, where = "error") {
  const box = $(where);
  box.textContent = typeof error === "string" ? error : errorText(error);
  box.hidden = false;
  if (error.status === 401) openKey(true);
}

function openKey(open) {
  $("key-panel").hidden = !open;
  $("open-key").setAttribute("aria-expanded", String(open));
  if (open) $("key").focus();
}

async function loadInfo() {
  if (info) return info;
  info = await (await call("/v1/info")).json();
  $("model").textContent = `${info.model.name} ${info.model.version} · ${info.model.taxonomy}`;
  return info;
}

async function analyze() {
  const text = $("text").value;
  $("error").hidden = true;
  if (!text.trim()) {
    fail(t("emptyText"));
    $("text").focus();
    return;
  }
  $("analyze").disabled = true;
  say(t("working"));
  try {
    await loadInfo();
    const body = { text };
    if ($("date").value) body.reference_date = $("date").value;
    last = { text, result: await post("/v1/analyze", body) };
    show();
    say(t("done"));
    $("result").focus({ preventScroll: true });
    $("result").scrollIntoView({ block: "nearest" });
  } catch (error) {
    say("");
    fail(error);
  } finally {
    $("analyze").disabled = false;
  }
}

function show() {
  if (!last) return;
  showResult($("result"), last.text, last.result, info, { feedback: info.features.feedback });
  $("result").hidden = false;
}

async function openTable(file) {
  $("table-error").hidden = true;
  $("table-work").hidden = true;
  run?.stopper.abort();
  $("table-status").textContent = t("reading");
  try {
    await loadInfo();
    const table = await readTable(file);
    const bad = table.bad_rows.length ? `，${table.bad_rows.length} ${t("badRows")}` : "";
    $("table-status").textContent = table.rows.length ? `${file.name}：${table.rows.length} ${t("rows")}${bad}` : t("noRows");
    if (!table.rows.length) return;
    run = new TableRun($("table-work"), table, info, {
      say: (words) => ($("table-status").textContent = words),
      fail: (words) => fail(words, "table-error"),
      openText: (text) => {
        $("text").value = text;
        count();
        selectTab("text");
        analyze();
      },
    });
  } catch (error) {
    $("table-status").textContent = "";
    fail(error, "table-error");
  }
}

function selectTab(name) {
  for (const tab of ["text", "table"]) {
    const on = tab === name;
    $(`tab-${tab}`).setAttribute("aria-selected", String(on));
    $(`tab-${tab}`).tabIndex = on ? 0 : -1;
    $(`panel-${tab}`).hidden = !on;
  }
}

function count() {
  $("count").textContent = `${Array.from($("text").value).length} ${t("chars")}`;
}

// A text file in UTF-8, or in GB18030 as older programs write it.
async function readText(file) {
  const data = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return new TextDecoder("gb18030").decode(data);
  }
}

async function dropped(file) {
  if (/\.(xlsx|xlsm|xls|csv|tsv)$/i.test(file.name)) {
    selectTab("table");
    await openTable(file);
  } else {
    selectTab("text");
    $("text").value = await readText(file);
    count();
    await analyze();
  }
}

function listen() {
  $("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    analyze();
  });
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      analyze();
    }
  });
  $("text").addEventListener("input", count);
  $("sample").addEventListener("click", () => {
    $("text").value = SAMPLE;
    count();
    analyze();
  });
  $("clear").addEventListener("click", () => {
    $("text").value = "";
    last = null;
    $("result").hidden = true;
    $("error").hidden = true;
    say("");
    count();
    $("text").focus();
  });
  $("open-key").addEventListener("click", () => openKey($("key-panel").hidden));
  $("key-panel").addEventListener("submit", (event) => {
    event.preventDefault();
    setKey($("key").value.trim());
    openKey(false);
    $("error").hidden = true;
    $("table-error").hidden = true;
    info = null;
    loadInfo().catch(fail);
  });
  $("language").addEventListener("click", () => {
    setLanguage(language === "en" ? "zh" : "en");
    count();
    say("");
    show();
    if (run && !run.startButton.disabled) run.relabel();
  });
  for (const [name, other] of [["text", "table"], ["table", "text"]]) {
    $(`tab-${name}`).addEventListener("click", () => selectTab(name));
    $(`tab-${name}`).addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        selectTab(other);
        $(`tab-${other}`).focus();
      }
    });
  }
  $("file").addEventListener("change", () => {
    if ($("file").files[0]) openTable($("file").files[0]);
    $("file").value = ""; // the same file may be chosen again after it was mended
  });
  $("upload").addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      document.body.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files[0]) dropped(event.dataTransfer.files[0]);
    });
  }
}

applyWords();
listen();
count();
$("key").value = getKey();
loadInfo().catch(fail);
