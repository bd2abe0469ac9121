"""`POST /v1/embeddings`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.api.deps import StudioDep
from app.api.v1.answers import embeddings
from app.api.v1.asking import HEADER, ask
from app.api.v1.bridge import ClientGone
from app.api.v1.chat import HUNG_UP
from app.api.v1.errors import ERRORS
from app.api.v1.forms import EmbeddingForm
from backends.chat import EmbedCall

router = APIRouter(tags=["gateway"], responses=ERRORS)


@router.post("/v1/embeddings", summary="Turn texts into vectors")
async def embed(form: EmbeddingForm, request: Request, studio: StudioDep) -> Response:
    """Unit vectors, as numbers or as base64 of float32; `dimensions` keeps the first so many."""
    texts = (form.input,) if isinstance(form.input, str) else tuple(form.input)
    try:
        answering = await ask(studio, "embed", form.model, EmbedCall(texts=texts), repeatable=True)
        async with answering:
            _, found = await answering.whole(request)
    except ClientGone:
        return Response(status_code=HUNG_UP)
    body = embeddings(form.model, found, form.encoding_format, form.dimensions)
    return JSONResponse(body, headers={HEADER: answering.cache})
