"""`POST /v1/chat/completions`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.deps import StudioDep
from app.api.shapes import openai_body
from app.api.v1.answers import Deltas, Head, completion, encode
from app.api.v1.asking import HEADER, Question, ask
from app.api.v1.bridge import Answering, ClientGone, attended, whole
from app.api.v1.errors import ERRORS, FieldError
from app.api.v1.forms import ChatForm
from app.api.v1.translate import to_call
from app.models.cache import is_repeatable
from backends.chat import ImagePart
from configs.errors import NotFound, StudioError
from storage.ids import new_id

router = APIRouter(tags=["gateway"], responses=ERRORS)
HUNG_UP = 499
PATIENCE_S = 1.0  # a call that fails within this time is refused by its status; later, inside the stream
HEARTBEAT_S = 15.0
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {}, "text/event-stream": {"schema": {"type": "string"}}}, "description": "The answer."}
}


@router.post("/v1/chat/completions", summary="Chat with a model", responses=_EVENTS)
async def complete_chat(form: ChatForm, request: Request, studio: StudioDep) -> Response:
    """OpenAI's chat completions: streamed or whole, with tools, pictures, JSON of a schema, stop strings and a seed."""
    head = Head(new_id("chatcmpl-"), int(time.time()), form.model)
    answering = await ask(studio, lambda: _question(form, studio))
    if form.stream:
        return ChatStream(answering, head, wants_usage=form.stream_options is not None and form.stream_options.include_usage)
    try:
        async with attended(answering, request.receive):
            pieces = await whole(answering)
    except ClientGone:
        return Response(status_code=HUNG_UP)
    body = encode(completion(head, pieces))
    return Response(body, headers={HEADER: answering.cache}, media_type="application/json", background=BackgroundTask(answering.keep))


def _question(form: ChatForm, studio: Any) -> Question:
    call = to_call(form, lambda artifact_id: picture_of(studio, artifact_id))
    pictures = [part.path for message in call.messages for part in message.parts if isinstance(part, ImagePart)]
    repeatable = is_repeatable({"temperature": call.temperature, "seed": call.seed})
    return Question("chat", form.model, call, repeatable, tuple(Path(path) for path in pictures if path is not None))


def picture_of(studio: Any, artifact_id: str) -> Path:
    """The file of a picture among the artifacts; raises `FieldError`."""
    try:
        artifact = studio.artifact(artifact_id)
    except NotFound as error:
        raise FieldError("messages", error.message, error.remedy, error.code) from None
    if artifact.kind != "image":
        raise FieldError("messages", f"{artifact.name} is no picture but of the kind {artifact.kind}.", "Give the id of an image.")
    path = Path(artifact.path)
    if not path.is_file():
        raise FieldError("messages", f"The file of {artifact.name} is no longer there.", "Relink it in the library.")
    return path


@dataclass
class ChatStream(Response):
    """An answer as server-sent events. Hangs up when the client does, also before the first piece."""

    answering: Answering
    head: Head
    wants_usage: bool = False
    background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends each batch of pieces as it comes."""
        try:
            async with attended(self.answering, receive):
                first = await self.answering.next(PATIENCE_S)
                names = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no"}
                headers = [(name.encode(), value.encode()) for name, value in {**names, HEADER: self.answering.cache}.items()]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                async for body in self._events(first):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except ClientGone:
            return
        await self.answering.keep()

    async def _events(self, batch: list[dict[str, Any]] | None) -> AsyncIterator[bytes]:
        deltas = Deltas(self.head, self.wants_usage)
        lines = _event(deltas.first())
        try:
            while batch is None or batch:
                yield lines + b"".join(_event(chunk) for piece in batch or () for chunk in deltas.of(piece))
                lines = b""
                batch = await self.answering.next(HEARTBEAT_S)
                if batch is None:
                    lines = b": still at it\n\n"
            yield lines + b"".join(_event(chunk) for chunk in deltas.last()) + b"data: [DONE]\n\n"
        except StudioError as error:
            yield _event(openai_body(error))


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + encode(data) + b"\n\n"
