"""The two shapes of an error: the studio's own, and under /v1 that of OpenAI. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from configs.errors import StudioError

GATEWAY = "/v1"
ONE, MANY = "~one", "~many"  # tell the branches of "one text, or a list" apart in a form; no field is named so
TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
CODES = {"not_installed": "model_not_found", "login_needed": "invalid_api_key"}


def is_gateway(path: str) -> bool:
    """Whether an address belongs to OpenAI's API."""
    return path == GATEWAY or path.startswith(GATEWAY + "/")


def error_answer(path: str, error: StudioError, headers: Mapping[str, str] | None = None, param: str | None = None) -> JSONResponse:
    """The answer for an error that names its own HTTP status; ``param`` is the field at fault."""
    if is_gateway(path):
        return JSONResponse(openai_body(error, param), openai_status(error), headers)
    return JSONResponse({"error": error.as_dict()}, error.http_status, headers)


def refusal(status: int, code: str, message: str, remedy: str) -> StudioError:
    """An error with a status of its own."""
    error = StudioError(message, remedy, code)
    error.http_status = status
    return error


def openai_body(error: StudioError, param: str | None = None) -> dict[str, Any]:
    """``{"error": {"message", "type", "param", "code"}}``; the message includes the remedy."""
    status = openai_status(error)
    kind = TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {
        "error": {
            "message": str(error),
            "type": kind,
            "param": param or getattr(error, "param", None),
            "code": CODES.get(error.code, error.code),
        }
    }


def openai_status(error: StudioError) -> int:
    """Wrong requests are 400 here: OpenAI's clients know no 422."""
    return 400 if error.http_status == 422 else error.http_status
