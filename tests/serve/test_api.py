from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from petition_nlp import PetitionNLP
from petition_nlp_serve.metrics import Metrics

TEXT = "我奶奶的低保被停了三个月，村支书却给自己亲戚办了，请纪委查查那3.2万元。"
TRICKY = "反映😀東河村關(guān)鍵問題：低保被停，去年花了3.2万元，电话13812345678。"
ROUTES = ("/v1/classify", "/classify", "/v1/entities", "/v1/analyze", "/v1/redact")


def fault(response: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"error", "error_type", "request_id"}
    assert body["error_type"] == kind
    assert body["request_id"] == response.headers["x-request-id"]
    return body


def test_one_text_is_what_the_library_says(client: httpx.Client, nlp: PetitionNLP) -> None:
    assert client.post("/v1/analyze", json={"text": TRICKY}).json() == nlp(TRICKY).to_dict()
    plain = nlp(TRICKY, entities=False, evidence=False).to_dict()
    for route in ("/v1/classify", "/classify"):
        answer = client.post(route, json={"text": TRICKY, "id": '甲"1'}).json()
        notes = answer.pop("notes")
        assert notes[-2:] == ["entities_not_requested", "evidence_not_requested"]
        plain.pop("notes", None)
        assert answer == {**plain, "id": '甲"1'}
    full = client.post("/v1/classify", json={"text": TEXT, "entities": True, "evidence": True}).json()
    assert full == nlp(TEXT).to_dict()


def test_entities_have_right_offsets(client: httpx.Client) -> None:
    answer = client.post("/v1/entities", json={"text": TRICKY, "reference_date": "2024-05-31"}).json()
    assert {"MONEY", "PHONE"} <= {e["type"] for e in answer["entities"]}
    assert all(TRICKY[e["start"] : e["end"]] == e["text"] for e in answer["entities"])
    assert "domains" not in answer


def test_redact(client: httpx.Client) -> None:
    answer = client.post(
        "/v1/redact", json={"texts": [TRICKY, TEXT], "policy": {"types": ["PHONE"], "action": "remove"}}
    )
    first, second = answer.json()["results"]
    assert "13812345678" not in first["text"]
    assert second["text"] == TEXT
    fault(client.post("/v1/redact", json={"text": TEXT, "policy": {"types": ["SHOE"]}}), 422, "invalid_policy")


@pytest.mark.parametrize("route", ROUTES)
def test_a_list_keeps_order_and_bad_items_stay_alone(client: httpx.Client, route: str) -> None:
    texts: list[Any] = [TEXT, 7, None, "", {"id": "x", "text": TRICKY}, {"text": 1}, {"tekst": ""}, "长" * 2001]
    raw = json.dumps({"texts": texts})[:-2] + r', "\ud800"]}'
    results = client.post(route, content=raw, headers={"content-type": "application/json"}).json()["results"]
    kinds = [r.get("error_type") for r in results]
    bad = "invalid_text"
    assert kinds == [None, bad, bad, None, None, bad, "invalid_request", "text_too_long", "invalid_unicode"]
    assert [r["index"] for r in results if "index" in r] == [1, 2, 5, 6, 7, 8]
    assert results[4]["id"] == "x"
    assert client.post(route, json={"texts": []}).json() == {"results": []}


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 400, "invalid_json"),
        (b"{", 400, "invalid_json"),
        (b'{"text": "\xff\xfe"}', 400, "invalid_utf8"),
        ('{"text": "低保"}'.encode("gb18030"), 400, "invalid_utf8"),
        (b'{"text": NaN}', 400, "invalid_json"),
        (b'{"text": 1, "id": -Infinity}', 400, "invalid_json"),
        (b"[" * 100_000, 400, "invalid_json"),
        (b'{"a":' * 30_000, 400, "invalid_json"),
        (b'{"text": ' + b"9" * 5000 + b"}", 400, "invalid_json"),
        (b'{"text": "a", "text": "b"}', 400, "invalid_json"),
        (b"[]", 422, "invalid_request"),
        (b"null", 422, "invalid_request"),
        (b'"text"', 422, "invalid_request"),
        (b"{}", 422, "invalid_request"),
        (b'{"text": null}', 422, "invalid_text"),
        (b'{"text": ["a"]}', 422, "invalid_text"),
        (b'{"text": "\\ud800"}', 422, "invalid_unicode"),
        (b'{"text": "a", "texts": ["a"]}', 422, "invalid_request"),
        (b'{"texts": "a"}', 422, "invalid_request"),
        (b'{"text": "a", "id": 5}', 422, "invalid_request"),
        (b'{"text": "a", "\\ud800": 5}', 422, "invalid_request"),
        (b'{"text": "a", "reference_date": "2024-02-30"}', 422, "invalid_request"),
        (b'{"texts": [' + b'"a",' * 20 + b'"a"]}', 413, "too_many_texts"),
        (b'{"text": "' + b"a" * 2001 + b'"}', 413, "text_too_long"),
        (b'{"text": "' + b"a" * 300_000 + b'"}', 413, "body_too_large"),
    ],
)
def test_malformed_bodies(client: httpx.Client, route: str, body: bytes, status: int, kind: str) -> None:
    if b"reference_date" in body and route == "/v1/redact":
        kind = "invalid_request"
    fault(client.post(route, content=body, headers={"content-type": "application/json"}), status, kind)


def test_body_is_measured_on_the_stream(client: httpx.Client) -> None:
    def endless() -> Any:
        for _ in range(10_000):
            yield b" " * 65536

    try:
        response = client.post("/v1/classify", content=endless(), headers={"content-type": "application/json"})
    except httpx.TransportError:
        return  # the service closed the connection before we had sent all; that is its right
    fault(response, 413, "body_too_large")


def test_content_type(client: httpx.Client) -> None:
    body = json.dumps({"text": TEXT}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""):
        fault(client.post("/v1/classify", content=body, headers={"content-type": kind}), 415, "not_json")
    kind = "Application/JSON; charset=UTF-8"
    assert client.post("/v1/classify", content=b"\xef\xbb\xbf" + body, headers={"content-type": kind}).is_success


def test_unknown_addresses_and_methods(client: httpx.Client) -> None:
    fault(client.get("/v1/nothing"), 404, "not_found")
    response = client.get("/v1/classify")
    fault(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"


def test_request_id(client: httpx.Client) -> None:
    assert client.get("/health/live", headers={"x-request-id": "a-B.9_"}).headers["x-request-id"] == "a-B.9_"
    for bad in ("a b", "x" * 129, "<script>", ""):
        given = client.get("/health/live", headers={"x-request-id": bad}).headers["x-request-id"]
        assert given != bad
        assert len(given) == 32


def test_info_health_and_metrics(client: httpx.Client, nlp: PetitionNLP) -> None:
    info = client.get("/v1/info").json()
    assert info["model"] == nlp.info.to_dict()
    assert info["limits"]["max_items"] == 20
    assert [x["id"] for x in info["heads"]["severity"]["labels"]] == ["ordinary", "serious", "grave", "urgent"]
    assert all(len(v) == 64 for v in info["bundle"]["files"].values())
    assert client.get("/health/live").json() == {"status": "alive"}
    assert client.get("/health/ready").json() == {"status": "ready"}
    client.post("/v1/classify", json={"text": TEXT})
    lines = client.get("/metrics").text.splitlines()
    assert any(x.startswith('petition_nlp_requests_total{route="/v1/classify",status="200"}') for x in lines)
    assert all(x.startswith(("# HELP ", "# TYPE ", "petition_nlp_")) for x in lines)


def test_metrics_are_added_up_over_workers(tmp_path: Any) -> None:
    one, other = Metrics(str(tmp_path)), Metrics(str(tmp_path))
    one.add("feedback_total", 2)
    (tmp_path / "metrics-1.json").write_text(json.dumps({"feedback_total": 3, 'x{y="低保"}': 1}), encoding="utf-8")
    assert "petition_nlp_feedback_total 5" in one.render({})
    assert "petition_nlp_feedback_total 3" in other.render({})
    one.publish()
    assert len(list(tmp_path.glob("metrics-*.json"))) == 2


def test_openapi_is_bilingual_with_examples_and_docs_are_local(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
    assert "领域" in document["paths"]["/v1/classify"]["post"]["summary"]
    examples = document["paths"]["/v1/classify"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    for example in examples.values():
        assert client.post("/v1/classify", json=example["value"]).is_success
    page = client.get("/docs").text
    assert "http" not in page
    for asset in ("swagger/swagger-ui-bundle.js", "swagger/swagger-ui.css", "docs.js", "swagger/LICENSE"):
        assert client.get(f"/static/{asset}").is_success


def test_security_headers(client: httpx.Client) -> None:
    for path in ("/", "/docs", "/v1/info", "/static/docs.js", "/nothing"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
        assert ("unsafe" in headers["content-security-policy"]) == (path == "/docs")
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/static/%2e%2e/app.py").status_code == 404
