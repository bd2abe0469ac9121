"""Characters: made, changed, looked for, exported to one file and imported from it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from app.api.deps import OwnerDep, StudioDep
from app.api.models import ERRORS, PageAnswer
from app.api.multipart import FILE_FIELD, form_body
from app.api.uploads import EarlyAnswer, receive, refuse_by_length
from app.cast import Handle
from app.characters.bundle import MEDIA_TYPE, SUFFIX
from app.characters.pack import MOST_COLOURS, Character, Pack
from app.imaging.palette import Palette
from app.intake import Upload
from app.studio import Studio
from configs.errors import BadInput, StudioError

router = APIRouter(tags=["characters"], responses=ERRORS)

IMPORT_FIELDS = ("handle", "replace")
_BODY = form_body(
    [FILE_FIELD],
    {
        FILE_FIELD: {"type": "string", "format": "binary"},
        "handle": {"type": "string", "description": "Another handle than that in the file."},
        "replace": {"type": "boolean", "default": False, "description": "Put it in the place of the one that is there."},
    },
)
_FILE: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}, "description": "The character in one file."},
}


class NewCharacterBody(Pack):
    """A character to be made."""

    handle: Handle


class ChangeCharacterBody(Pack):
    """The whole pack as it shall be."""

    revision: int = Field(description="The revision that it was made from.")
    handle: Handle | None = Field(default=None, description="Another handle; left out: the same.")


class PaletteBody(BaseModel):
    """Whose colours are wanted."""

    model_config = ConfigDict(extra="forbid")
    image: str = Field(description="An artifact of kind image.")
    colours: int = Field(default=6, ge=1, le=MOST_COLOURS, description="At most so many.")
    drop_background: bool = Field(default=True, description="Leave a plain background out.")


class ImportedCharacter(Character):
    """A character that came from a file."""

    remarks: list[str] = Field(default=[], description="What a person should know: LoRAs that did not come with it.")


@router.get("/api/characters", response_model=PageAnswer[Character], summary="List characters")
def list_characters(
    studio: StudioDep,
    q: Annotated[str, Query(max_length=200, description="A part of the handle, the title or the description.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(ge=0, le=2**62, description="`next_before` of the page before.")] = None,
) -> dict[str, Any]:
    """The newest first."""
    items, next_before = studio.characters.page(query=q, limit=limit, before=before)
    return {"items": items, "next_before": next_before}


@router.post("/api/characters", status_code=201, response_model=Character, summary="Make a character")
def create_character(body: NewCharacterBody, studio: StudioDep) -> Character:
    """Anybody can name it in prompts at once: `@luca`. 409 `character_exists` when the handle is taken."""
    return studio.characters.create(body.handle, _pack(body))


@router.post("/api/characters/palette", response_model=Palette, summary="Take the colours of a picture")
def take_palette(body: PaletteBody, studio: StudioDep) -> Palette:
    """The dominant colours, the most frequent first. Nothing is kept."""
    return studio.characters.palette(body.image, body.colours, drop_background=body.drop_background)


@router.post(
    "/api/characters/import",
    status_code=201,
    response_model=ImportedCharacter,
    openapi_extra={"requestBody": _BODY},
    summary="Import a character",
)
async def import_character(request: Request, studio: StudioDep, owner: OwnerDep) -> Response:
    """Takes a `.character` file in the field `file`: all of it, or nothing.

    A handle in use is a 409 `character_exists` that names one that is free (`free`): repeat with `replace` or with another `handle`.
    LoRAs in the file are installed only where files of this machine may be named.
    """

    def finish(upload: Upload, fields: dict[str, str]) -> dict[str, Any]:
        return _take(studio, upload, fields, owner)

    try:
        refuse_by_length(request.headers.get("content-length"), studio.settings.max_upload_bytes)
        return JSONResponse(await receive(request, studio, finish), 201)
    except StudioError as error:
        return EarlyAnswer({"error": error.as_dict()}, error.http_status)
    except ClientDisconnect:
        return Response(status_code=499)


@router.get("/api/characters/{handle}", response_model=Character, summary="One character")
def show_character(handle: str, studio: StudioDep) -> Character:
    """Its pack, and what of it is `missing` here."""
    return studio.characters.get(handle)


@router.put("/api/characters/{handle}", response_model=Character, summary="Change a character")
def change_character(handle: str, body: ChangeCharacterBody, studio: StudioDep) -> Character:
    """Replaces the whole pack; 409 `character_changed` when somebody else has changed it since `revision`."""
    return studio.characters.change(handle, _pack(body), body.revision, body.handle)


@router.delete("/api/characters/{handle}", status_code=204, summary="Delete a character")
def delete_character(handle: str, studio: StudioDep) -> None:
    """Its pictures stay in the library."""
    studio.characters.remove(handle)


@router.get("/api/characters/{handle}/export", responses=_FILE, response_class=FileResponse, summary="Export a character")
async def export_character(
    handle: str,
    studio: StudioDep,
    loras: Annotated[bool, Query(description="Put the weights of its LoRAs in as well.")] = False,
) -> Response:
    """One file with the pack, its pictures and, if wanted, its LoRAs; what the pack has lost is left out."""
    folder = await run_in_threadpool(tempfile.TemporaryDirectory, dir=studio.settings.data_dir / "work")
    try:
        target = Path(folder.name) / "one"
        found = await run_in_threadpool(lambda: studio.characters.export(handle, target, loras=loras))
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(target, media_type=MEDIA_TYPE, filename=f"{found.handle}{SUFFIX}", background=BackgroundTask(folder.cleanup))


def _pack(body: Pack) -> Pack:
    return Pack(**{name: getattr(body, name) for name in Pack.model_fields})


def _take(studio: Studio, upload: Upload, fields: dict[str, str], owner: bool) -> dict[str, Any]:
    unknown = sorted(set(fields) - set(IMPORT_FIELDS))
    if unknown:
        raise BadInput(f"The upload has an unknown field {unknown[0]!r}.", f"Fields: {FILE_FIELD}, {', '.join(IMPORT_FIELDS)}.")
    replace = fields.get("replace", "").strip().lower()
    if replace not in ("", "true", "false", "1", "0"):
        raise BadInput(f"Field 'replace' is {replace[:40]!r}.", "Give true or false.")
    found, remarks = studio.characters.take(
        upload.received(), upload.name, handle=fields.get("handle") or None, replace=replace in ("true", "1"), install_loras=owner
    )
    return ImportedCharacter(**found.model_dump(), remarks=remarks).model_dump(mode="json")
