"""The API's description, in Chinese and English, with examples. Built for the model and the limits in service."""

from __future__ import annotations

from typing import Any

from petition_nlp import __version__
from petition_nlp.corpus import ENTITY_TYPES
from petition_nlp.taxonomy import Taxonomy
from petition_nlp_serve.body import MAX_ID
from petition_nlp_serve.labels import labels_schema
from petition_nlp_serve.settings import Settings
from petition_nlp_serve.table import MAX_COLUMNS, XLSX

Schema = dict[str, Any]
_EXAMPLE = "我奶奶的低保被停了三个月，村支书却给自己亲戚办了，请纪委查查那3.2万元。"
REDACT_TYPES = (*ENTITY_TYPES,)
_FAULTS = {
    400: "请求体不是合法的 UTF-8 或 JSON / The body is not valid UTF-8 or JSON",
    401: "缺少密钥或密钥无效 / No key, or an unknown one",
    403: "密钥权限不足，或主机名不被允许 / The key lacks the scope, or the host name is not allowed",
    404: "没有此项 / No such thing",
    408: "请求体未按时到达 / The body did not arrive in time",
    409: "与现有内容冲突 / In conflict with what is there",
    413: "请求体、文本、条数或行数超限 / Body, text, list or table too long",
    415: "内容类型不对 / Wrong content type",
    422: "字段缺失、多余或类型不对 / A field is missing, unknown or of the wrong type",
    429: "繁忙，请按 Retry-After 重试 / Busy; try again after Retry-After seconds",
    500: "服务内部错误 / A fault of the service",
    503: "暂不可用或超时 / Not available, or not done in time",
}
# Limits stand in descriptions, not in the schemas: what is beyond them is answered 413, not 422.
_POST = (400, 401, 403, 408, 413, 415, 422, 429, 500, 503)


def build(settings: Settings, taxonomy: Taxonomy) -> Schema:
    """The OpenAPI 3.1 document."""
    paths: Schema = {}
    for path, ident, summary, text in (
        ("/v1/classify", "classify", "分类：领域、类型、严重程度 / Labels", _CLASSIFY),
        ("/classify", "classifyAlias", "同 /v1/classify / Alias of /v1/classify", _CLASSIFY),
        ("/v1/entities", "entities", "要素：金额、日期、人名等 / Entities", _ENTITIES),
        ("/v1/analyze", "analyze", "全部：标签、依据、要素 / Everything", _ANALYZE),
    ):
        flags = () if ident == "entities" else ("entities", "evidence")
        result = {"$ref": f"#/components/schemas/{'Entities' if ident == 'entities' else 'Document'}"}
        paths[path] = {"post": _analysis(settings, ident, summary, text, flags, result)}
    redact = _analysis(settings, "redact", "脱敏 / Redaction", _REDACT, (), {"$ref": "#/components/schemas/Redacted"})
    _add_policy(redact)
    paths["/v1/redact"] = {"post": redact}
    paths.update(_feedback(settings, taxonomy))
    paths.update(_service())
    paths.update(_tables(settings))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "petition-nlp",
            "version": __version__,
            "description": "信访、举报、12345 工单文本的分类、要素抽取与脱敏。"
            "位置为字符（码点）偏移，左闭右开，对应所发送的原文。\n\n"
            "Classifies Chinese citizens' petitions, finds entities, redacts. Offsets count characters (code points) "
            "of the text as sent, end exclusive.",
            "license": {"name": "Apache-2.0"},
        },
        "tags": [
            {"name": "text", "description": "文本分析 / Texts"},
            {"name": "feedback", "description": "人工更正 / Corrections"},
            {"name": "table", "description": "表格 / Tables"},
            {"name": "service", "description": "服务 / Service"},
        ],
        "paths": paths,
        "components": {
            "schemas": _components(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


_CLASSIFY = (
    "只给标签，最快；`evidence`、`entities` 缺省为 false，`notes` 说明略去了什么。\n\n"
    "Labels only, the fastest; `evidence` and `entities` are false unless asked for; `notes` says what was left out."
)
_ENTITIES = "只给要素及其规范值。\n\nEntities with values a computer can use."
_ANALYZE = "标签、依据、严重程度理由与要素。\n\nLabels, evidence, factors of the severity, and entities."
_REDACT = "隐去人名、电话、证件号等，给出替换位置。\n\nHides names, phones, ID numbers; says what was replaced where."


def _faults(*codes: int) -> Schema:
    out: Schema = {}
    for code in codes:
        out[str(code)] = {
            "description": _FAULTS[code],
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
        if code == 429:
            out[str(code)]["headers"] = {"Retry-After": {"schema": {"type": "string"}}}
    return out


def _json(schema: Schema, description: str) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _operation(ident: str, tag: str, summary: str, text: str, responses: Schema, *, keyed: bool = True) -> Schema:
    out: Schema = {"operationId": ident, "tags": [tag], "summary": summary, "description": text, "responses": responses}
    if keyed:
        out["security"] = [{"bearer": []}]
    return out


def _analysis(s: Settings, ident: str, summary: str, text: str, flags: tuple[str, ...], result: Schema) -> Schema:
    optional: Schema = {f: {"type": "boolean", "default": ident == "analyze"} for f in flags}
    if ident != "redact":
        optional["reference_date"] = {
            "type": "string",
            "format": "date",
            "description": "写信日期，用来推算“去年10月” / The day of writing, against which 去年10月 is resolved",
        }
    one = {"type": "string", "description": f"原文，至多 {s.max_chars} 字 / The text, at most {s.max_chars} characters"}
    name = {"type": ["string", "null"], "maxLength": MAX_ID}
    single = {"text": one, "id": name, **optional}
    many: Schema = {
        "texts": {
            "type": "array",
            "items": {},
            "description": f"至多 {s.max_items} 条：字符串或 {id, text}；某条有误则在其位置给出错误 / "
            "Strings or {id, text}; a wrong one gets an error in its place",
        },
        **optional,
    }
    body = {
        "oneOf": [
            {"type": "object", "properties": single, "required": ["text"], "additionalProperties": False},
            {"type": "object", "properties": many, "required": ["texts"], "additionalProperties": False},
        ]
    }
    answer = {
        "anyOf": [
            result,
            {
                "type": "object",
                "properties": {
                    "results": {
                        "type": "array",
                        "items": {"anyOf": [result, {"$ref": "#/components/schemas/ItemError"}]},
                    }
                },
                "required": ["results"],
            },
        ]
    }
    out = _operation(ident, "text", summary, text, {"200": _json(answer, "结果 / Results"), **_faults(*_POST)})
    examples = {
        "one": {"summary": "一条 / one", "value": {"text": _EXAMPLE}},
        "many": {"summary": "多条 / several", "value": {"texts": [_EXAMPLE, "请问临时救助怎么申请？"]}},
    }
    out["requestBody"] = {"required": True, "content": {"application/json": {"schema": body, "examples": examples}}}
    return out


def _add_policy(operation: Schema) -> None:
    policy = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "types": {
                "type": "array",
                "items": {"enum": list(REDACT_TYPES)},
                "uniqueItems": True,
                "minItems": 1,
                "description": "要隐去的类型 / Types to hide",
            },
            "action": {"enum": ["pseudonym", "mask", "remove"]},
            "recall_first": {"type": "boolean", "description": "宁可多隐 / Rather hide too much"},
        },
    }
    for variant in operation["requestBody"]["content"]["application/json"]["schema"]["oneOf"]:
        variant["properties"]["policy"] = policy


def _feedback(settings: Settings, taxonomy: Taxonomy) -> Schema:
    item = {
        "type": "object",
        "additionalProperties": False,
        "required": ["text", "labels"],
        "properties": {
            "text": {"type": "string", "minLength": 1},
            "labels": labels_schema(taxonomy),
            "id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$", "description": "可重试 / Makes retries safe"},
            "comment": {"type": "string", "maxLength": 2000},
            "model": {"type": "string", "maxLength": 200},
        },
    }
    stored = {"type": "object", "properties": {"id": {"type": "string"}, "stored": {"const": True}}}
    stored["required"] = ["id", "stored"]
    example = {"text": _EXAMPLE, "labels": {"domains": ["low_income"], "severity": 3}}
    post = _operation(
        "feedback",
        "feedback",
        "更正标签 / Send corrected labels",
        "落盘后才应答；同一 id 同一文本再次发送则覆盖。\n\n"
        "Answers when the item is on disk. The same id and text again replace it.",
        {
            "201": _json(stored, "已存 / Stored"),
            "200": _json(stored, "已覆盖 / Replaced"),
            **_faults(*_POST, 409, 404),
        },
    )
    post["requestBody"] = {"required": True, "content": {"application/json": {"schema": item, "example": example}}}
    delete = _operation(
        "deleteFeedback",
        "feedback",
        "删除一条 / Delete an item",
        "需要 admin 权限。/ Needs the scope admin.",
        {"204": {"description": "已删除 / Deleted"}, **_faults(401, 403, 404, 500, 503)},
    )
    delete["parameters"] = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}}
    ]
    return {"/v1/feedback": {"post": post}, "/v1/feedback/{id}": {"delete": delete}}


def _service() -> Schema:
    def get(ident: str, summary: str, response: Schema, *codes: int, keyed: bool = False) -> Schema:
        return {
            "get": _operation(ident, "service", summary, summary, {"200": response, **_faults(*codes)}, keyed=keyed)
        }

    status = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
    anything = {"type": "object"}
    text = {"description": "Prometheus", "content": {"text/plain": {"schema": {"type": "string"}}}}
    reload = _operation(
        "reload",
        "service",
        "换模型 / Exchange the model",
        "装入、试答、切换；失败则保留旧模型（409）。\n\nLoads, probes, switches; on failure (409) the old model stays.",
        {"200": _json(anything, "新模型 / The new model"), **_faults(401, 403, 409, 429, 500, 503)},
    )
    return {
        "/v1/info": get(
            "info",
            "模型、标签、限额 / Model, labels, limits",
            _json(anything, "信息 / Information"),
            401,
            403,
            keyed=True,
        ),
        "/health/live": get("live", "进程在 / The process is alive", _json(status, "在 / Alive"), 403),
        "/health/ready": get("ready", "可接请求 / Ready for requests", _json(status, "可 / Ready"), 403, 503),
        "/metrics": get("metrics", "指标 / Counters", text, 401, 403, keyed=True),
        "/v1/admin/reload": {"post": reload},
    }


def _tables(settings: Settings) -> Schema:
    binary = {"schema": {"type": "string", "format": "binary"}}
    read = _operation(
        "readTable",
        "table",
        "读表 / Read a table",
        f"CSV 或 xlsx，至多 {settings.max_rows} 行。/ CSV or xlsx of at most {settings.max_rows} rows.",
        {"200": _json({"$ref": "#/components/schemas/Table"}, "行 / Rows"), **_faults(*_POST)},
    )
    read["requestBody"] = {"required": True, "content": {"text/csv": binary, XLSX: binary}}
    cells = {"type": "array", "maxItems": MAX_COLUMNS, "items": {"type": "string"}}
    table = {
        "type": "object",
        "additionalProperties": False,
        "required": ["columns", "rows"],
        "properties": {
            "columns": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_COLUMNS,
                "uniqueItems": True,
                "items": {"type": "string", "minLength": 1},
            },
            "rows": {"type": "array", "items": cells},
        },
    }
    write = _operation(
        "writeTable",
        "table",
        "写 Excel / Write Excel",
        "公式样的单元格会加撇号。/ Cells like formulas are made harmless.",
        {"200": {"description": "xlsx", "content": {XLSX: binary}}, **_faults(*_POST)},
    )
    write["requestBody"] = {"required": True, "content": {"application/json": {"schema": table}}}
    return {"/v1/table/read": {"post": read}, "/v1/table/write": {"post": write}}


def _components() -> Schema:
    text, number, whole = {"type": "string"}, {"type": "number"}, {"type": "integer"}
    span = {
        "type": "object",
        "properties": {"start": whole, "end": whole, "text": text, "weight": number},
        "required": ["start", "end", "text"],
    }
    label = {"type": "object", "properties": {"id": text, "score": number}, "required": ["id", "score"]}
    domain = {
        "type": "object",
        "properties": {"id": text, "name": text, "score": number, "evidence": {"type": "array", "items": span}},
        "required": ["id", "name", "score", "evidence"],
    }
    entity = {
        "type": "object",
        "properties": {
            "type": text,
            "text": text,
            "start": whole,
            "end": whole,
            "value": {"type": ["object", "null"]},
            "score": number,
        },
        "required": ["type", "text", "start", "end", "value", "score"],
    }
    model = {"type": "object", "properties": {"name": text, "version": text, "taxonomy": text}}
    severity = {
        "type": "object",
        "properties": {"level": whole, "id": text, "name": text, "score": number, "factors": {"type": "array"}},
        "required": ["level", "id", "name", "score", "factors"],
    }
    ident = {"type": ["string", "null"]}
    entities, strings = {"type": "array", "items": entity}, {"type": "array", "items": text}
    document = {
        "id": ident,
        "doc_type": label,
        "domains": {"type": "array", "items": domain},
        "petition_type": {"anyOf": [label, {"type": "null"}]},
        "severity": {"anyOf": [severity, {"type": "null"}]},
        "misconduct": {"type": "array", "items": label},
        "entities": entities,
        "needs_review": {"type": "boolean"},
        "review_reasons": strings,
        "model": model,
    }
    fault = {"error": text, "error_type": text}
    return {
        "Document": {"type": "object", "properties": {**document, "notes": strings}, "required": list(document)},
        "Entities": {
            "type": "object",
            "properties": {"id": ident, "entities": entities, "model": model, "notes": strings},
            "required": ["id", "entities", "model"],
        },
        "Redacted": {
            "type": "object",
            "properties": {"id": ident, "text": text, "replacements": {"type": "array"}},
            "required": ["id", "text", "replacements"],
        },
        "Table": {
            "type": "object",
            "properties": {"columns": strings, "rows": {"type": "array", "items": strings}},
            "required": ["columns", "rows", "text_column", "id_column", "bad_rows"],
        },
        "ItemError": {
            "type": "object",
            "properties": {**fault, "index": whole},
            "required": ["error", "error_type", "index"],
        },
        "Error": {
            "type": "object",
            "properties": {**fault, "request_id": text},
            "required": ["error", "error_type", "request_id"],
        },
    }
