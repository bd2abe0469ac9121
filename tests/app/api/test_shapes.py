"""Errors in the studio's shape and in OpenAI's."""

from __future__ import annotations

import json

import pytest

from app.api.shapes import error_answer, is_gateway, openai_body, refusal
from app.api.v1.errors import FieldError
from configs.errors import BadInput, NotFound, StudioError, Unavailable


@pytest.mark.parametrize(("path", "there"), [("/v1", True), ("/v1/models", True), ("/v10", False), ("/api/v1/x", False), ("/", False)])
def test_where_the_gateway_is(path: str, there: bool) -> None:
    assert is_gateway(path) is there


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (BadInput("No.", "Do."), 400, "invalid_request_error", "bad_input"),
        (NotFound("None.", "Install it.", "not_installed"), 404, "invalid_request_error", "model_not_found"),
        (Unavailable("Full."), 503, "server_error", "unavailable"),
        (StudioError("Broken."), 500, "server_error", "failed"),
        (refusal(401, "login_needed", "Who?", ""), 401, "authentication_error", "invalid_api_key"),
        (refusal(403, "refused", "Not you.", ""), 403, "permission_error", "refused"),
        (refusal(429, "too_many_tries", "Wait.", ""), 429, "rate_limit_error", "too_many_tries"),
    ],
)
def test_the_gateway_speaks_as_openai_does(error: StudioError, status: int, kind: str, code: str) -> None:
    answer = error_answer("/v1/models", error, {"x-more": "1"})
    assert answer.status_code == status
    assert answer.headers["x-more"] == "1"
    assert json.loads(answer.body)["error"] == {"message": str(error), "type": kind, "param": None, "code": code}


def test_everything_else_speaks_as_the_studio_does() -> None:
    answer = error_answer("/api/jobs", BadInput("No.", "Do."))
    assert answer.status_code == 422
    assert json.loads(answer.body) == {"error": {"code": "bad_input", "message": "No.", "remedy": "Do."}}


def test_the_field_at_fault_is_named() -> None:
    assert openai_body(FieldError("stop", "No."))["error"]["param"] == "stop"
    assert openai_body(BadInput("No."), "seed")["error"]["param"] == "seed"
