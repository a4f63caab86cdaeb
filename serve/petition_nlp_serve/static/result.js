// Shows what the service says of one text, and takes corrections.
import { post } from "./api.js";
import { Letter, element } from "./letter.js";
import { entityName, errorText, factorName, labelName, note, reason, t } from "./words.js";

const percent = (score) => `${Math.round(score * 100)}%`;

export function showResult(place, text, result, info, { feedback }) {
  const factors = result.severity?.factors ?? [];
  const spans = [...result.domains.flatMap((d) => d.evidence), ...factors.flatMap((f) => f.evidence)];
  const letter = new Letter(text, result.entities, spans);
  const left = element("div", { class: "column" }, letterCard(letter, result), entityCard(result));
  const right = element("div", { class: "column" }, labelCard(result, info, letter));
  if (feedback) right.append(correctionCard(text, result, info));
  place.replaceChildren(element("div", { class: "cards" }, left, right));
}

function letterCard(letter, result) {
  const types = [...new Set(result.entities.map((e) => e.type))];
  const legend = element("ul", { class: "legend" });
  for (const type of types) legend.append(element("li", {}, element("span", { class: `k-${type}` }, entityName(type))));
  const card = element("section", { class: "card" }, element("h2", {}, t("letter")));
  if (types.length) card.append(legend);
  card.append(letter.node);
  return card;
}

function labelCard(result, info, letter) {
  const card = element("section", { class: "card", id: "labels" }, element("h2", {}, t("labels")));
  if (result.needs_review) {
    const reasons = result.review_reasons.map(reason).join("；");
    card.append(element("p", { class: "review", id: "review" }, `⚠ ${t("review")}：${reasons}`));
  }
  const list = element("dl");
  const add = (name, ...value) => list.append(element("dt", {}, name), element("dd", {}, ...value));
  add(t("docType"), `${nameOf(info, "doc_type", result.doc_type.id)} ${percent(result.doc_type.score)}`);
  const chips = element("ul", { class: "chips", id: "domains" });
  for (const d of result.domains) chips.append(chip(`${nameOf(info, "domains", d.id)} ${percent(d.score)}`, d.evidence, letter));
  if (!result.domains.length) chips.append(element("li", {}, element("span", { class: "plain" }, t("none"))));
  add(t("domains"), chips);
  if (result.severity) {
    const { level, score, factors } = result.severity;
    const shown = `${level} ${nameOf(info, "severity", result.severity.id)}`;
    add(t("severity"), element("span", { class: `level level-${level}`, id: "severity" }, shown), ` ${percent(score)}`);
    const why = element("ul", { class: "chips", id: "factors" });
    for (const f of factors) why.append(chip(factorName(f), f.evidence, letter));
    if (factors.length) add(t("factors"), why);
  }
  if (result.petition_type) add(t("petitionType"), `${nameOf(info, "petition_type", result.petition_type.id)} ${percent(result.petition_type.score)}`);
  const alleged = element("ul", { class: "chips" });
  for (const m of result.misconduct) {
    alleged.append(element("li", {}, element("span", { class: "plain" }, `${nameOf(info, "misconduct", m.id)} ${percent(m.score)}`)));
  }
  if (result.misconduct.length) add(t("misconduct"), alleged);
  if (result.notes?.length) add(t("notes"), result.notes.map(note).join("、"));
  card.append(list, element("p", { class: "quiet" }, t("evidenceHint")));
  return card;
}

// A label that lights its evidence: while pointed at or focused, and for good when pressed.
function chip(words, evidence, letter) {
  const button = element("button", { type: "button", "aria-pressed": "false" }, words);
  button.disabled = evidence.length === 0;
  const pressed = () => button.getAttribute("aria-pressed") === "true";
  const show = () => letter.light(evidence);
  const hide = () => {
    if (!pressed()) letter.light([]);
  };
  button.addEventListener("mouseenter", show);
  button.addEventListener("focus", show);
  button.addEventListener("mouseleave", hide);
  button.addEventListener("blur", hide);
  button.addEventListener("click", () => {
    const next = !pressed();
    for (const other of document.querySelectorAll("#labels button[aria-pressed]")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(next));
    const first = letter.light(next ? evidence : []);
    if (next) first?.scrollIntoView({ block: "nearest" });
  });
  if (evidence.length) button.title = evidence.map((s) => s.text).join(" / ");
  return element("li", {}, button);
}

function entityCard(result) {
  const card = element("section", { class: "card", id: "entities" }, element("h2", { id: "entities-title" }, t("entities")));
  if (!result.entities.length) {
    card.append(element("p", { class: "quiet" }, t("noEntities")));
    return card;
  }
  const head = element("tr");
  for (const name of ["type", "surface", "value", "place"]) head.append(element("th", { scope: "col" }, t(name)));
  const body = element("tbody");
  for (const e of result.entities) {
    body.append(
      element(
        "tr",
        {},
        element("td", {}, element("span", { class: `kind k-${e.type}` }, entityName(e.type))),
        element("td", {}, e.text),
        element("td", {}, valueOf(e.value)),
        element("td", {}, `${e.start}–${e.end}`),
      ),
    );
  }
  const table = element("table", { "aria-labelledby": "entities-title" }, element("thead", {}, head), body);
  card.append(element("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "entities-title" }, table));
  return card;
}

export function valueOf(value) {
  if (!value) return "";
  if (value.amount !== undefined && value.amount !== null) return `${Number(value.amount).toLocaleString("en")} ${value.currency ?? ""}`.trim();
  if (value.square_meters !== undefined && value.square_meters !== null) return `${Number(value.square_meters).toLocaleString("en", { maximumFractionDigits: 1 })} m²`;
  return String(value.iso ?? value.number ?? value.title ?? value.code ?? Object.values(value).filter((v) => typeof v !== "object").join(" "));
}

export function nameOf(info, head, id) {
  const label = info.heads[head]?.labels.find((x) => x.id === id);
  return label ? labelName(label) : id;
}

function correctionCard(text, result, info) {
  const form = element("form", { class: "card", id: "correction" }, element("h2", {}, t("correct")));
  const now = {
    doc_type: [result.doc_type.id],
    domains: result.domains.map((d) => d.id),
    petition_type: result.petition_type ? [result.petition_type.id] : [],
    severity: result.severity ? [result.severity.id] : [],
    misconduct: result.misconduct.map((m) => m.id),
  };
  const readers = [];
  for (const [name, head] of Object.entries(info.heads)) {
    readers.push(head.kind === "multi" ? boxes(form, name, head, now[name] ?? []) : choice(form, name, head, now[name]?.[0]));
  }
  const comment = element("input", { id: "comment", maxlength: "2000", autocomplete: "off" });
  const said = element("p", { role: "status", id: "feedback-status", class: "quiet" });
  const send = element("button", { type: "submit", class: "main" }, t("send"));
  form.append(element("label", { for: "comment" }, t("comment")), comment, element("div", { class: "row" }, send), said);
  // The same form sent twice is one item: the first answer may have been lost on the way.
  const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    const labels = Object.assign({}, ...readers.map((read) => read()));
    const body = { id, text, labels, model: `${result.model.name} ${result.model.version}` };
    if (comment.value.trim()) body.comment = comment.value.trim();
    try {
      await post("/v1/feedback", body);
      said.className = "quiet";
      said.textContent = t("sent");
    } catch (error) {
      said.className = "error";
      said.textContent = errorText(error);
    } finally {
      send.disabled = false;
    }
  });
  return form;
}

function boxes(form, name, head, chosen) {
  const options = element("div", { class: "options" });
  const inputs = head.labels.map((label) => {
    const input = element("input", { type: "checkbox", name, value: label.id });
    input.checked = chosen.includes(label.id);
    options.append(element("label", {}, input, labelName(label)));
    return input;
  });
  form.append(element("fieldset", {}, element("legend", {}, titleOf(head)), options));
  return () => ({ [name]: inputs.filter((i) => i.checked).map((i) => i.value) });
}

function choice(form, name, head, chosen) {
  const select = element("select", { id: `fix-${name}`, name });
  select.append(element("option", { value: "" }, t("notSet")));
  head.labels.forEach((label, i) => {
    const value = head.kind === "ordinal" ? String(i + 1) : label.id;
    const option = element("option", { value }, head.kind === "ordinal" ? `${i + 1} ${labelName(label)}` : labelName(label));
    option.selected = label.id === chosen;
    select.append(option);
  });
  form.append(element("label", { for: `fix-${name}` }, titleOf(head)), select);
  return () => (select.value ? { [name]: head.kind === "ordinal" ? Number(select.value) : select.value } : {});
}

const titleOf = (head) => labelName(head);
