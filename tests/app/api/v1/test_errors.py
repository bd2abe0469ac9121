"""Errors that name their field, and what the OpenAPI page says of errors."""

from __future__ import annotations

import http.client
import json
import logging
from urllib.parse import urlsplit

import httpx
import openai
import pytest
from openai import OpenAI

from app.api.limits import MAX_BODY_BYTES, MAX_GATEWAY_BYTES
from app.api.v1.errors import ERRORS, FieldError
from app.studio import Studio


def test_a_field_error_carries_its_field_status_and_code() -> None:
    error = FieldError("model", "None.", "Install it.", "model_not_found", 404)
    assert (error.param, error.http_status, error.code) == ("model", 404, "model_not_found")
    assert FieldError("stop", "No.").http_status == 400


def test_the_page_describes_every_error_in_openais_envelope(site: str) -> None:
    page = httpx.get(f"{site}/api/openapi.json").json()
    answers = page["paths"]["/v1/chat/completions"]["post"]["responses"]
    assert {str(status) for status in ERRORS} <= set(answers)
    assert "v1__errors__ErrorAnswer" in str(answers["400"])


@pytest.mark.parametrize(
    ("field", "wrong", "param"),
    [
        ("messages", [{"role": "user", "content": 3}], "messages[0].content"),
        ("messages", [{"role": "user", "content": [{"type": 3}]}], "messages[0].content[0].type"),
        ("messages", [{"role": "user"}], "messages[0]"),
        ("messages", [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "video"}]}], "messages[0].content[1]"),
        ("stop", ["a"] * 5, "stop"),
        ("tool_choice", "perhaps", "tool_choice"),
        ("tool_choice", {"type": "function", "function": {"name": "look"}}, "tool_choice"),
        ("response_format", {"type": "yaml"}, "response_format.type"),
        ("response_format", {"type": "json_schema"}, "response_format"),
        ("n", 2, "n"),
        ("logprobs", True, "logprobs"),
        ("logit_bias", {"5": 1}, "logit_bias"),
        ("presence_penalty", 0.5, "presence_penalty"),
        ("functions", [{"name": "look"}], "functions"),
        ("seed", 2**70, "seed"),
        ("max_tokens", 0, "max_tokens"),
    ],
)
def test_a_wrong_field_is_named(client: OpenAI, field: str, wrong: object, param: str) -> None:
    body = {"model": "parrot", "messages": [{"role": "user", "content": "hi"}], field: wrong}
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/chat/completions", body=body, cast_to=object)
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"input": []}, "input"),
        ({"input": ""}, "input"),
        ({"input": [1, 2]}, "input[0]"),
        ({"input": "a", "dimensions": 5}, "dimensions"),
    ],
)
def test_a_wrong_field_of_embeddings_is_named(client: OpenAI, wrong: dict[str, object], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/embeddings", body={"model": "counter", **wrong}, cast_to=object)
    assert caught.value.param == param


def test_no_json_is_a_wrong_request(base_url: str) -> None:
    for content in (b"{", b"[]", b"", b"\xff\xfe", b'{"model": ' + b"[" * 5000):
        answer = httpx.post(f"{base_url}/chat/completions", content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 400, content
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_large_body_passes_and_a_huge_one_is_refused(base_url: str) -> None:
    asked = {"model": "parrot", "messages": [{"role": "user", "content": "hi"}], "user": "x" * (MAX_BODY_BYTES + 1)}
    assert httpx.post(f"{base_url}/chat/completions", json=asked, timeout=60).status_code == 200
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=20)
    connection.putrequest("POST", "/v1/chat/completions")
    connection.putheader("Content-Length", str(MAX_GATEWAY_BYTES + 1))
    connection.endheaders()
    refused = connection.getresponse()
    assert refused.status == 413
    assert json.loads(refused.read())["error"]["code"] == "too_large"
    connection.close()


def test_a_bug_is_openais_500(client: OpenAI, studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> list[object]:
        raise RuntimeError("/secret/path is None")

    monkeypatch.setattr(studio.models, "models", broken)
    with caplog.at_level(logging.CRITICAL), pytest.raises(openai.InternalServerError) as caught:
        client.models.list()
    assert caught.value.type == "server_error"
    assert "secret" not in caught.value.message
