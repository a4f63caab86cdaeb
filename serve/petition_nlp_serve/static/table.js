// A whole table: read by the service, analysed in portions, shown and downloaded.
import { call, post } from "./api.js";
import { element } from "./letter.js";
import { nameOf, valueOf } from "./result.js";
import { errorText, factorName, reason, t } from "./words.js";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PORTION = 25; // texts of one request
const PORTION_CHARS = 60000;
const AT_ONCE = 2;
const SHOWN = 100;

export async function readTable(file) {
  const name = file.name.toLowerCase();
  if (name.endsWith(".xls")) throw Object.assign(new Error("xls"), { type: "old_excel" });
  const type = name.endsWith(".xlsx") || name.endsWith(".xlsm") ? XLSX : "text/csv";
  return (await call("/v1/table/read", { body: file, type })).json();
}

export class TableRun {
  constructor(place, table, info, { say, fail, openText }) {
    Object.assign(this, { place, table, info, say, fail, openText });
    this.results = new Array(table.rows.length).fill(null);
    this.stopper = new AbortController();
    this.build();
  }

  build() {
    const { table } = this;
    this.column = element("select", { id: "text-column" });
    for (const name of table.columns) {
      const option = element("option", { value: name }, name);
      option.selected = name === table.text_column;
      this.column.append(option);
    }
    this.startButton = element("button", { type: "button", class: "main", id: "start" }, t("start"));
    this.stopButton = element("button", { type: "button", id: "stop" }, t("stop"));
    this.stopButton.hidden = true;
    this.bar = element("progress", { id: "bar", "aria-label": t("progress"), max: String(Math.max(table.rows.length, 1)), value: "0" });
    this.csvButton = element("button", { type: "button", id: "csv" }, t("csv"));
    this.xlsxButton = element("button", { type: "button", id: "xlsx" }, t("xlsx"));
    this.downloads = element("div", { class: "row" }, this.csvButton, this.xlsxButton);
    this.downloads.hidden = true;
    this.preview = element("div");
    this.startButton.addEventListener("click", () => this.run());
    this.stopButton.addEventListener("click", () => this.stopper.abort());
    this.csvButton.addEventListener("click", () => this.download("csv"));
    this.xlsxButton.addEventListener("click", () => this.download("xlsx"));
    const label = element("label", { class: "inline", for: "text-column" }, t("textColumn"));
    this.place.replaceChildren(
      element("div", { class: "row" }, label, this.column, this.startButton, this.stopButton), this.bar, this.downloads, this.preview,
    );
    this.place.hidden = false;
  }

  // After a switch of languages; a run that is under way keeps its words to the end.
  relabel() {
    const results = this.results;
    const column = this.column.value;
    this.build();
    this.column.value = column;
    this.bar.value = results.filter(Boolean).length;
    if (results.some(Boolean)) this.finish(this.texts());
  }

  texts() {
    const at = this.table.columns.indexOf(this.column.value);
    return this.table.rows.map((row) => row[at] ?? "");
  }

  // Portions of rows: bounded in texts and in characters, never fewer than one row.
  portions(texts) {
    const out = [];
    let portion = [];
    let chars = 0;
    texts.forEach((text, i) => {
      if (portion.length && (portion.length >= PORTION || chars + text.length > PORTION_CHARS)) {
        out.push(portion);
        [portion, chars] = [[], 0];
      }
      portion.push(i);
      chars += text.length;
    });
    if (portion.length) out.push(portion);
    return out;
  }

  async run() {
    const texts = this.texts();
    const waiting = this.portions(texts);
    this.results.fill(null);
    this.stopper = new AbortController();
    this.startButton.disabled = this.column.disabled = true;
    this.stopButton.hidden = false;
    this.downloads.hidden = true;
    let done = 0;
    const work = async () => {
      for (let portion = waiting.shift(); portion; portion = waiting.shift()) {
        const body = { texts: portion.map((i) => texts[i]) };
        const { results } = await post("/v1/analyze", body, { tries: 60, signal: this.stopper.signal });
        portion.forEach((i, k) => (this.results[i] = results[k]));
        done += portion.length;
        this.bar.value = done;
        this.say(`${done} / ${texts.length} ${t("rows")}`);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } catch (error) {
      waiting.length = 0;
      if (error.name === "AbortError") this.say(`${t("stopped")}：${done} / ${texts.length} ${t("rows")}`);
      else this.fail(errorText(error));
    } finally {
      this.startButton.disabled = this.column.disabled = false;
      this.stopButton.hidden = true;
    }
    this.finish(texts);
  }

  finish(texts) {
    const failed = this.results.filter((r) => r?.error_type).length;
    const known = this.results.filter((r) => r && !r.error_type);
    if (known.length === texts.length || failed) {
      const parts = [`${known.length} ${t("rows")}`, `${t("toReview")} ${known.filter((r) => r.needs_review).length}`];
      if (failed) parts.push(`${failed} ${t("failedRows")}`);
      if (this.table.bad_rows.length) parts.push(`${this.table.bad_rows.length} ${t("badRows")}`);
      this.say(`${t("done")}：${parts.join("，")}`);
    }
    this.downloads.hidden = !this.results.some(Boolean);
    this.showRows(texts);
  }

  showRows(texts) {
    const head = element("tr");
    for (const name of ["number", "text", "domains", "severity", "toReview", "open"]) head.append(element("th", { scope: "col" }, t(name)));
    const body = element("tbody");
    this.results.slice(0, SHOWN).forEach((result, i) => {
      if (!result) return;
      const points = Array.from(texts[i]);
      const start = points.length > 60 ? `${points.slice(0, 60).join("")}…` : texts[i];
      const cells = result.error_type ? [result.error, "", ""] : this.cells(result).short;
      const button = element("button", { type: "button", "aria-label": `${t("open")} ${i + 1}` }, t("open"));
      button.addEventListener("click", () => this.openText(texts[i]));
      const row = element("tr", {}, element("td", {}, String(i + 1)), element("td", { class: "text" }, start));
      for (const cell of cells) row.append(element("td", {}, cell));
      row.append(element("td", {}, button));
      body.append(row);
    });
    const table = element("table", { "aria-label": t("preview") }, element("thead", {}, head), body);
    this.preview.replaceChildren(
      element("h2", {}, t("preview")), element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": t("preview") }, table),
    );
  }

  cells(result) {
    const names = (head, labels) => labels.map((x) => nameOf(this.info, head, x.id)).join("、");
    const one = (head, label) => (label ? nameOf(this.info, head, label.id) : "");
    const domains = names("domains", result.domains) || t("none");
    const severity = result.severity ? `${result.severity.level} ${one("severity", result.severity)}` : "";
    const reasons = result.review_reasons.map(reason).join("；");
    const entities = result.entities.map((e) => `${e.type}:${e.text}${e.value ? `=${valueOf(e.value)}` : ""}`).join("；");
    return {
      short: [domains, severity, result.needs_review ? reasons : ""],
      full: {
        doc_type: one("doc_type", result.doc_type), domains, petition_type: one("petition_type", result.petition_type),
        severity: result.severity ? String(result.severity.level) : "", severity_name: one("severity", result.severity),
        severity_factors: (result.severity?.factors ?? []).map(factorName).join("、"),
        misconduct: names("misconduct", result.misconduct), entities, needs_review: result.needs_review ? "是" : "否",
        review_reasons: reasons, error: "",
      },
    };
  }

  grid() {
    const added = ["doc_type", "domains", "petition_type", "severity", "severity_name", "severity_factors", "misconduct", "entities", "needs_review", "review_reasons", "error"];
    const columns = [...this.table.columns, ...added.map((c) => (this.table.columns.includes(c) ? `pred_${c}` : c))];
    const rows = this.table.rows.map((row, i) => {
      const result = this.results[i];
      const full = !result ? {} : result.error_type ? { error: result.error } : this.cells(result).full;
      return [...row, ...added.map((c) => full[c] ?? "")];
    });
    return { columns, rows };
  }

  async download(kind) {
    try {
      const grid = this.grid();
      const blob = kind === "csv" ? csvBlob(grid) : await (await call("/v1/table/write", { body: JSON.stringify(grid) })).blob();
      const link = element("a", { href: URL.createObjectURL(blob), download: `petition-nlp.${kind}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch (error) {
      this.fail(errorText(error));
    }
  }
}

// UTF-8 with BOM, which Excel needs for Chinese; a cell that a spreadsheet would run as a formula gets an apostrophe.
function csvBlob({ columns, rows }) {
  const cell = (value) => {
    const safe = /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [columns, ...rows].map((row) => row.map(cell).join(","));
  return new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
}
