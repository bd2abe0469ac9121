"""`POST /v1/chat/completions`."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response, StreamingResponse

from app.api.deps import StudioDep
from app.api.v1.answers import chunk, completion, delta_of, usage, usage_chunk
from app.api.v1.asking import HEADER, Answering, ask
from app.api.v1.bridge import ClientGone
from app.api.v1.errors import ERRORS, error_body
from app.api.v1.forms import ChatForm
from app.api.v1.translate import to_call
from app.models.cache import is_repeatable
from configs.errors import BadInput, StudioError
from storage.ids import new_id

router = APIRouter(tags=["gateway"], responses=ERRORS)
HUNG_UP = 499


@router.post("/v1/chat/completions", summary="Chat with a model")
async def complete_chat(form: ChatForm, request: Request, studio: StudioDep) -> Response:
    """OpenAI's chat completions: streamed or whole, with tools, pictures, JSON of a schema, stop strings and a seed."""
    call = await run_in_threadpool(to_call, form, lambda artifact_id: picture_of(studio, artifact_id))
    answer_id, created = new_id("chatcmpl-"), int(time.time())
    answering = await ask(studio, "chat", form.model, call, repeatable=is_repeatable(call.model_dump()))
    if not form.stream:
        return await _whole(answering, request, answer_id, created, form.model)
    await answering.__aenter__()  # here, so that an unknown model is an error and not an empty stream
    wants_usage = form.stream_options is not None and form.stream_options.include_usage
    stream = _stream(answering, answer_id, created, form.model, wants_usage)
    return StreamingResponse(stream, media_type="text/event-stream", headers={HEADER: answering.cache, "cache-control": "no-store"})


def picture_of(studio: Any, artifact_id: str) -> Path:
    """The file of a picture among the artifacts."""
    artifact = studio.artifact(artifact_id)
    if artifact.kind != "image":
        raise BadInput(f"{artifact.name} is no picture but {artifact.kind}.", "Give the id of an image.")
    return Path(artifact.path)


async def _whole(answering: Answering, request: Request, answer_id: str, created: int, model: str) -> Response:
    try:
        async with answering:
            pieces, _ = await answering.whole(request)
    except ClientGone:
        return Response(status_code=HUNG_UP)
    return JSONResponse(completion(answer_id, created, model, pieces), headers={HEADER: answering.cache})


async def _stream(live: Answering, answer_id: str, created: int, model: str, wants_usage: bool) -> AsyncIterator[bytes]:
    used: dict[str, Any] = {}
    calls = 0
    try:
        yield _event(chunk(answer_id, created, model, {"role": "assistant", "content": ""}))
        async for piece in live.pieces():
            delta = delta_of(piece, calls)
            calls += len(piece.get("tool_calls", ()))
            used = piece.get("usage") or used
            if delta or piece.get("finish_reason"):
                yield _event(chunk(answer_id, created, model, delta, piece.get("finish_reason")))
        if wants_usage:
            yield _event(usage_chunk(answer_id, created, model, usage(used)))
        yield b"data: [DONE]\n\n"
    except StudioError as error:
        yield _event(error_body(error))
    finally:
        await live.__aexit__(None, None, None)


def _event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()
