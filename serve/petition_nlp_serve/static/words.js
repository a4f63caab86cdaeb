// Words of the page in both languages, and the switch between them.
const WORDS = {
  zh: {
    title: "信访文本分析", skip: "跳到正文", key: "密钥", docs: "接口文档", keySave: "使用", mode: "模式",
    keyLabel: "访问密钥（只留在本标签页，关闭即忘）", tabText: "一篇文本", tabTable: "整张表格",
    textLabel: "粘贴来信、工单或留言，也可把文件拖进来", analyze: "分析", sample: "示例", clear: "清空", date: "写信日期",
    fileLabel: "选择或拖入 Excel（.xlsx）或 CSV 文件，至多 5000 行", chars: "字", working: "正在分析……", done: "分析完成",
    warning: "结果仅供分拣参考，须由人核实；标为“涉嫌”不等于属实。", emptyText: "请先输入文本。",
    review: "请人工核对", letter: "原文", labels: "判断", entities: "要素", noEntities: "没有找到要素。",
    docType: "文本类型", domains: "领域", none: "其他（不属四类）", noLabels: "无", petitionType: "诉求类型", severity: "严重程度",
    factors: "理由", misconduct: "涉嫌问题", evidenceHint: "指向或按下标签，原文中即标出依据。", notes: "说明",
    type: "类型", surface: "原文用语", value: "规范值", place: "位置", correct: "更正并反馈", send: "发送更正",
    comment: "备注（不必填）", sent: "更正已保存，谢谢。", notSet: "（不改）", feedbackOff: "本服务不收集更正。",
    reading: "正在读取文件……", rows: "行", textColumn: "文本所在列", start: "开始分析", stop: "停止", stopped: "已停止",
    csv: "下载 CSV", xlsx: "下载 Excel", badRows: "行无法读取", failedRows: "行未能分析", progress: "进度", open: "查看",
    text: "文本", toReview: "需核对", row: "行", preview: "前 100 行", noRows: "表中没有数据行。", number: "序号",
  },
  en: {
    title: "Petition reader", skip: "Skip to content", key: "Key", docs: "API", keySave: "Use", mode: "Mode",
    keyLabel: "Access key (kept in this tab only, until it is closed)", tabText: "One text", tabTable: "A table",
    textLabel: "Paste a letter, ticket or message, or drop a file here", analyze: "Analyse", sample: "Example", clear: "Clear",
    date: "Written on", fileLabel: "Choose or drop an Excel (.xlsx) or CSV file of at most 5,000 rows", chars: "characters",
    working: "Analysing…", done: "Done", emptyText: "Enter a text first.",
    warning: "For sorting only; a person must verify. “Alleged” does not mean true.",
    review: "A person should look", letter: "Text", labels: "Labels", entities: "Entities", noEntities: "No entities found.",
    docType: "Document type", domains: "Field", none: "Other (none of the four)", noLabels: "None", petitionType: "Asks for",
    severity: "Severity", factors: "Reasons", misconduct: "Alleged", evidenceHint: "Point at a label or press it to see its evidence in the text.",
    notes: "Notes", type: "Type", surface: "In the text", value: "Value", place: "Position", correct: "Correct and send feedback",
    send: "Send correction", comment: "Comment (optional)", sent: "The correction is stored. Thank you.", notSet: "(unchanged)",
    feedbackOff: "This service takes no corrections.", reading: "Reading the file…", rows: "rows", textColumn: "Column of the text",
    start: "Start", stop: "Stop", stopped: "Stopped", csv: "Download CSV", xlsx: "Download Excel", badRows: "rows could not be read",
    failedRows: "rows could not be analysed", progress: "Progress", open: "Open", text: "Text", toReview: "To review", row: "row",
    preview: "First 100 rows", noRows: "The table holds no rows.", number: "No.",
  },
};
const REASONS = {
  empty_text: ["文本为空", "the text is empty"], short_text: ["文本太短", "the text is very short"],
  doc_type_unsure: ["文本类型拿不准", "unsure of the document type"], domains_unsure: ["领域拿不准", "unsure of the field"],
  may_be_urgent: ["可能属紧急", "may be urgent"], severity_unsure: ["严重程度可能更高", "may be more severe"],
};
const NOTES = {
  width_folded: ["全角已转半角", "full width folded"], traditional: ["繁体已转简体", "traditional script converted"],
  html_removed: ["已略去网页标记", "markup left out"], navigation_removed: ["已略去导航文字", "navigation left out"],
  glosses_removed: ["已略去夹注拼音", "pinyin glosses left out"], linebreaks_joined: ["断行已接合", "broken lines joined"],
  spaces_removed: ["字间空格已略去", "spacing left out"], noise_shortened: ["重复符号已缩短", "repeated signs shortened"],
  control_removed: ["控制字符已略去", "control characters left out"],
};
const ENTITY = {
  PERSON: ["人名", "Person"], POSITION: ["职务", "Post"], ORG: ["机构", "Body"], PLACE: ["地点", "Place"],
  PROJECT: ["工程项目", "Works"], PROGRAM: ["政策待遇", "Programme"], MONEY: ["金额", "Money"], DATE: ["日期", "Date"],
  AREA: ["面积", "Area"], HEADCOUNT: ["人数", "Head count"], PHONE: ["电话", "Phone"], ID_NUMBER: ["证件号", "ID number"],
  DOC_REF: ["文件依据", "Rule"],
};
const FACTORS = {
  danger_to_life: "danger to life", official_misconduct: "official involved", vulnerable_person: "vulnerable person",
};
const ERRORS = {
  unauthorized: ["需要有效的密钥，请点“密钥”填写。", "A valid key is needed: press “Key” and enter it."],
  forbidden: ["此密钥没有这项权限。", "This key may not do that."],
  text_too_long: ["文本超过长度上限，请分段。", "The text is too long; split it."],
  body_too_large: ["内容太大，请拆分。", "Too large; split it."], too_many_rows: ["超过 5000 行，请拆分，或用命令行 petition-nlp tag。", "More than 5,000 rows; split the file or use petition-nlp tag."],
  unreadable_table: ["文件无法读取，请在 Excel 中另存后再试。", "The file cannot be read; save it again in Excel."],
  table_too_large: ["表格太大，请拆分。", "The workbook is too large; split it."],
  old_excel: ["旧的 .xls 格式读不了，请另存为 .xlsx 或 CSV。", "The old .xls format is not read; save it as .xlsx or CSV."],
  busy: ["服务繁忙，请稍后再试。", "The service is busy; try again shortly."], timeout: ["处理超时，请缩短文本。", "Not done in time; send a shorter text."],
  invalid_unicode: ["文本中有残缺字符，请删去后再试。", "The text holds a broken character; remove it."],
  network: ["连不上服务，请检查网络或稍后再试。", "The service cannot be reached."],
};

export let language = localStorage.getItem("language") === "en" ? "en" : "zh";
const pick = (pair) => pair[language === "en" ? 1 : 0];
export const t = (name) => WORDS[language][name] ?? name;
export const reason = (id) => (REASONS[id] ? pick(REASONS[id]) : id);
export const note = (id) => (NOTES[id] ? pick(NOTES[id]) : id.replaceAll("_", " "));
export const entityName = (type) => (ENTITY[type] ? pick(ENTITY[type]) : type);
export const entityTypes = Object.keys(ENTITY);
export const factorName = (factor) => (language === "en" ? FACTORS[factor.id] ?? factor.id.replaceAll("_", " ") : factor.name);
export const labelName = (label) => (language === "en" ? label.name_en || label.name : label.name);

export function errorText(error) {
  const known = ERRORS[error.type];
  const id = error.requestId ? ` [${error.requestId}]` : "";
  return (known ? pick(known) : `${error.message}`) + id;
}

export function setLanguage(next) {
  language = next;
  localStorage.setItem("language", next);
  applyWords();
}

export function applyWords() {
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  document.title = t("title");
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  const button = document.getElementById("language");
  button.textContent = language === "en" ? "中文" : "English";
  button.lang = language === "en" ? "zh-CN" : "en";
}
