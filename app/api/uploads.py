"""Takes an uploaded file in: straight to its place on disk, refused early when it cannot be kept, never left half-written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, suppress
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.deps import StudioDep
from app.api.models import ERRORS, ArtifactAnswer
from app.api.multipart import FILE_FIELD, UploadReader, form_body
from app.intake import Upload
from app.studio import Studio
from app.views import artifact_to_json
from configs.errors import BadInput, StudioError, TooLarge
from storage.records import Artifact

router = APIRouter(tags=["artifacts"])
T = TypeVar("T")

PIECE_BYTES = 1 << 20
OVERHEAD_BYTES = 64 << 10  # boundaries, headers and fields around the file
LINGER_S = 3.0
DEFAULT_KIND = "video"
_BODY = form_body(
    [FILE_FIELD],
    {
        FILE_FIELD: {"type": "string", "format": "binary"},
        "kind": {"type": "string", "default": DEFAULT_KIND},
        "project_id": {"type": "string"},
    },
)


@router.post(
    "/api/artifacts",
    status_code=201,
    response_model=ArtifactAnswer,
    responses=ERRORS,
    openapi_extra={"requestBody": _BODY},
    summary="Upload a file",
)
async def upload(request: Request, studio: StudioDep) -> Response:
    """Takes one file in the field `file`. It is probed before it is kept: bad media is a 422 and leaves nothing behind."""
    try:
        refuse_by_length(request.headers.get("content-length"), studio.settings.max_upload_bytes)
        artifact = await receive(request, studio, _finish)
    except StudioError as error:
        return EarlyAnswer({"error": error.as_dict()}, error.http_status)
    except ClientDisconnect:
        return Response(status_code=499)
    return JSONResponse(artifact_to_json(artifact), 201)


def refuse_by_length(content_length: str | None, limit_bytes: int) -> None:
    """Raises `TooLarge` when the announced length cannot fit, before a byte has been read."""
    if content_length is None or not content_length.isdecimal():
        return
    if int(content_length) > limit_bytes + OVERHEAD_BYTES:
        raise TooLarge(
            f"The file has {int(content_length):,} bytes; this studio takes {limit_bytes:,}.",
            "Open it by its path on the studio's own machine, or raise max_upload_bytes in the settings.",
        )


async def receive(request: Request, studio: Studio, finish: Callable[[Upload, dict[str, str]], T]) -> T:
    """Streams the body into an upload, on a worker thread and a mebibyte at a time, and returns what ``finish`` makes of it."""
    with ExitStack() as stack:
        opened: list[Upload] = []

        def open_sink(name: str) -> Upload:
            opened.append(stack.enter_context(studio.begin_upload(name)))
            return opened[0]

        reader = UploadReader(request.headers.get("content-type", ""), open_sink)
        async for piece in _pieces(request):
            await run_in_threadpool(reader.feed, piece)
        reader.finish()
        return await run_in_threadpool(finish, opened[0], reader.fields)


def _finish(sink: Upload, fields: dict[str, str]) -> Artifact:
    unknown = sorted(set(fields) - {"kind", "project_id"})
    if unknown:
        raise BadInput(f"The upload has an unknown field {unknown[0]!r}.", "Fields: file, kind, project_id.")
    return sink.finish(kind=fields.get("kind") or DEFAULT_KIND, project_id=fields.get("project_id") or None)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of about a mebibyte, so that threads change seldom."""
    waiting = bytearray()
    async for chunk in request.stream():
        waiting += chunk
        if len(waiting) >= PIECE_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


class EarlyAnswer(JSONResponse):
    """An answer to a request whose body has not been read to its end.

    Closing at once would reset the connection, and the browser would report a network error instead of our sentence;
    so the answer goes out whole, and what still comes in is thrown away for a few seconds.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends, lingers, ends."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": [*self.raw_headers, (b"connection", b"close")]})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(_discard(receive), LINGER_S)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _discard(receive: Receive) -> None:
    while True:
        message: dict[str, Any] = dict(await receive())
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return
