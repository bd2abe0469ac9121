"""`POST /v1/images/generations` and `POST /v1/images/edits`: pictures as jobs, the same that the page and the command line start."""

from __future__ import annotations

import base64
import time
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.api.deps import StudioDep
from app.api.v1.answers import encode
from app.api.v1.bridge import ClientGone
from app.api.v1.chat import HUNG_UP
from app.api.v1.errors import ERRORS, FieldError
from app.api.v1.image_files import EDIT_BODY, Files, encoded, keep, received
from app.api.v1.image_forms import EditForm, ImageForm, to_request
from app.api.v1.image_jobs import made_by
from app.studio import JobDetail, Studio

router = APIRouter(tags=["gateway"], responses=ERRORS)
CAPABILITY = "image.generate"
_COUNTED = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0, "input_tokens_details": {"image_tokens": 0, "text_tokens": 0}}
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": {"type": "object"}}}, "description": "The pictures."}
}


@router.post("/v1/images/generations", summary="Make pictures", responses=_ANSWER)
async def generate_images(form: ImageForm, request: Request, studio: StudioDep) -> Response:
    """OpenAI's images.generate. Without an installed model the built-in storyboard answers; `studio.engine` says who did."""
    return await _answered(request, studio, form, to_request(form))


@router.post("/v1/images/edits", summary="Change a picture", responses=_ANSWER, openapi_extra={"requestBody": EDIT_BODY})
async def edit_images(request: Request, studio: StudioDep) -> Response:
    """OpenAI's images.edit, as a multipart form.

    What is transparent in the mask, or without one in the picture itself, is made anew. Further pictures are references.
    """
    files = await received(request)
    form = _form(files)
    values = {**to_request(form), **await run_in_threadpool(keep, studio, files)}
    return await _answered(request, studio, form, values)


def _form(files: Files) -> EditForm:
    try:
        return EditForm.model_validate(files.fields)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from None


async def _answered(request: Request, studio: Studio, form: ImageForm, values: dict[str, Any]) -> Response:
    if CAPABILITY not in studio.capabilities:
        raise FieldError("model", "This studio makes no pictures.", "Start it with all its capabilities.", "model_not_found", 404)
    try:
        detail = await made_by(request, studio, CAPABILITY, values)
    except ClientGone:
        return Response(status_code=HUNG_UP)
    body = await run_in_threadpool(_body, studio, form, detail, str(request.base_url))
    return Response(body, media_type="application/json")


def _body(studio: Studio, form: ImageForm, detail: JobDetail, base_url: str) -> bytes:
    """The answer in OpenAI's shape; under ``studio`` stands what has no place in it."""
    result, kind = detail.result, form.output_format or "png"
    data = []
    for image in result["images"]:
        row: dict[str, Any] = {"revised_prompt": result["prompt"]}
        if form.response_format == "url":
            row["url"] = f"{base_url}api/artifacts/{image['artifact_id']}/content"
        else:
            artifact = studio.artifact(image["artifact_id"])
            row["b64_json"] = base64.b64encode(encoded(artifact, kind, form.output_compression)).decode()
        data.append(row)
    first = result["images"][0]
    return encode({
        "created": int(time.time()), "data": data, "output_format": kind, "size": f"{first['width']}x{first['height']}",
        "background": "transparent" if form.background == "transparent" else "opaque", "usage": _COUNTED,
        "studio": {
            "job_id": detail.job.id, "model": result["model"], "engine": result["engine"], "notes": result["notes"],
            "artifacts": [image["artifact_id"] for image in result["images"]], "seeds": [image["seed"] for image in result["images"]],
        },
    })  # fmt: skip
