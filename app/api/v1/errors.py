"""Errors in OpenAI's shape: ``{"error": {"message", "type", "param", "code"}}``."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from configs.errors import StudioError

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    413: "invalid_request_error",
    422: "invalid_request_error",
    429: "rate_limit_error",
}


class ErrorDetail(BaseModel):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorAnswer(BaseModel):
    """OpenAI's envelope of an error."""

    error: ErrorDetail


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "The request is wrong; the message says what to change."},
    401: {"model": ErrorAnswer, "description": "No key, or a wrong one."},
    404: {"model": ErrorAnswer, "description": "There is no such model here."},
    422: {"model": ErrorAnswer, "description": "Never sent: wrong requests are 400, as OpenAI's clients expect."},
    503: {"model": ErrorAnswer, "description": "The model cannot be loaded just now; the message says why."},
}


def error_body(error: StudioError, param: str | None = None) -> dict[str, Any]:
    """The envelope of one of our errors."""
    status = status_of(error)
    code = {"not_installed": "model_not_found"}.get(error.code, error.code)
    return {"error": {"message": str(error), "type": TYPES.get(status, "api_error"), "param": param, "code": code}}


def status_of(error: StudioError) -> int:
    """Wrong requests are 400 here: OpenAI's clients know no 422."""
    return 400 if error.http_status == 422 else error.http_status
