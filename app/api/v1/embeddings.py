"""`POST /v1/embeddings`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.deps import StudioDep
from app.api.v1.answers import embeddings, encode
from app.api.v1.asking import HEADER, Question, ask
from app.api.v1.bridge import ClientGone, attended, whole
from app.api.v1.chat import HUNG_UP
from app.api.v1.errors import ERRORS
from app.api.v1.forms import EmbeddingForm
from backends.chat import EmbedCall

router = APIRouter(tags=["gateway"], responses=ERRORS)


@router.post("/v1/embeddings", summary="Turn texts into vectors")
async def embed(form: EmbeddingForm, request: Request, studio: StudioDep) -> Response:
    """Unit vectors, as numbers or as base64 of float32; `dimensions` keeps the first so many."""
    texts = (form.input,) if isinstance(form.input, str) else tuple(form.input)
    answering = await ask(studio, lambda: Question("embed", form.model, EmbedCall(texts=texts), repeatable=True))
    try:
        async with attended(answering, request.receive):
            await whole(answering)
    except ClientGone:
        return Response(status_code=HUNG_UP)

    def body() -> bytes:
        return encode(embeddings(form.model, answering.end, form.encoding_format or "float", form.dimensions))

    content = await run_in_threadpool(body) if len(texts) > 1 else body()
    return Response(content, headers={HEADER: answering.cache}, media_type="application/json", background=BackgroundTask(answering.keep))
