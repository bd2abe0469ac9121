"""Errors of the gateway: one that names the field at fault, and the envelope for the OpenAPI page."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from configs.errors import BadInput


class FieldError(BadInput):
    """A request is wrong in one of its fields."""

    def __init__(self, param: str, message: str, remedy: str = "", code: str | None = None, status: int = 400) -> None:
        super().__init__(message, remedy, code)
        self.param, self.http_status = param, status


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
    413: {"model": ErrorAnswer, "description": "The request is too large."},
    422: {"model": ErrorAnswer, "description": "Never sent: wrong requests are 400, as OpenAI's clients expect."},
    503: {"model": ErrorAnswer, "description": "The model cannot be loaded just now; the message says why."},
}
