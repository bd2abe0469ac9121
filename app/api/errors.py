"""Every failure in one of two shapes, see `app.api.shapes`, in words for a person, never a stack trace."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.api.shapes import MANY, ONE, error_answer, is_gateway, refusal
from app.validation import as_bad_input, field_name
from configs.errors import StudioError

log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Registers the handlers."""
    app.add_exception_handler(StudioError, _studio_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def _studio_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)
    return error_answer(request.url.path, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [*error.errors()]
    if is_gateway(request.url.path):
        found = [{**one, "loc": _field(one["loc"])} for one in found]
    bad = as_bad_input(found)
    return error_answer(request.url.path, bad, param=field_name(found[0]["loc"]) or None)


def _field(location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Where a field stands, without the marks of the choice between one value and many."""
    return tuple(part for part in location if part not in (ONE, MANY))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path, cause = request.url.path, error.__cause__
    if isinstance(cause, StudioError):  # FastAPI wraps what is raised while it reads a body
        return error_answer(path, cause)
    headers = {str(name): str(value) for name, value in (error.headers or {}).items()}
    if error.status_code == 404:
        return error_answer(path, refusal(404, "not_found", f"There is no {path}.", "GET /api lists every address."))
    if error.status_code == 405:
        wrong = refusal(405, "method_not_allowed", f"{path} does not take {request.method}.", "GET /api lists every address.")
        return error_answer(path, wrong, headers)
    return error_answer(path, refusal(error.status_code, "refused", f"{error.detail}.".replace("..", "."), ""), headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    message = f"The studio failed unexpectedly ({type(error).__name__}); the log says more."
    return error_answer(request.url.path, refusal(500, "failed", message, "Try again; if it happens again, report it with the log."))
