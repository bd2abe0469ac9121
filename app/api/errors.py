"""Every failure in one shape: ``{"error": {code, message, remedy}}``, in words for a person, never a stack trace."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.api.v1.errors import error_body, status_of
from app.validation import as_bad_input
from configs.errors import StudioError

log = logging.getLogger(__name__)
GATEWAY = "/v1/"


def error_response(error: StudioError) -> JSONResponse:
    """The answer for an error that names its own HTTP status."""
    return JSONResponse({"error": error.as_dict()}, error.http_status)


def install(app: FastAPI) -> None:
    """Registers the handlers."""
    app.add_exception_handler(StudioError, _studio_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def _studio_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)
    return _of_gateway(error) if _is_gateway(request) else error_response(error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    bad = as_bad_input(error.errors())
    if not _is_gateway(request):
        return error_response(bad)
    return _of_gateway(bad, ".".join(str(part) for part in error.errors()[0]["loc"] if part != "body") or None)


def _is_gateway(request: Request) -> bool:
    return request.url.path.startswith(GATEWAY)


def _of_gateway(error: StudioError, param: str | None = None) -> Response:
    return JSONResponse(error_body(error, param), status_of(error))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, StudioError):  # FastAPI wraps what is raised while it reads a body
        return _of_gateway(error.__cause__) if _is_gateway(request) else error_response(error.__cause__)
    if error.status_code == 404:
        return _answer(404, "not_found", f"There is no {request.url.path}.", "GET /api lists every address.")
    if error.status_code == 405:
        message = f"{request.url.path} does not take {request.method}."
        return _answer(405, "method_not_allowed", message, "GET /api lists every address.", error.headers)
    return _answer(error.status_code, "refused", f"{error.detail}.".replace("..", "."), "", error.headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    message = f"The studio failed unexpectedly ({type(error).__name__}); the log says more."
    return _answer(500, "failed", message, "Try again; if it happens again, report it with the log.")


def _answer(status: int, code: str, message: str, remedy: str, headers: object = None) -> JSONResponse:
    extra = {str(k): str(v) for k, v in headers.items()} if isinstance(headers, dict) else None
    return JSONResponse({"error": {"code": code, "message": message, "remedy": remedy}}, status, extra)
