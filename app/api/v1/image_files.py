"""The files of an edit: taken out of a multipart form, kept in the library, their transparency understood as OpenAI means it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from app.api.multipart import form_body
from app.api.v1.errors import FieldError
from app.content import stat_of
from app.imaging.infotext.exif import with_settings
from app.studio import Studio
from configs.errors import BadMedia
from storage.records import Artifact

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PICTURES = 9  # one to change, the others to resemble
LARGEST_PICTURE = 50 << 20
_FIELD_BYTES = 64 << 10
_QUALITY = 92
_FILE = {"type": "string", "format": "binary"}
EDIT_BODY = form_body(
    ["image", "prompt"],
    {
        "image": {**_FILE, "description": "The picture; `image[]` several times: the first is changed, the others resembled."},
        "mask": {**_FILE, "description": "A PNG whose transparent parts are made anew."},
        "prompt": {"type": "string", "minLength": 1},
        "model": {"type": "string"},
        "n": {"type": "integer", "minimum": 1, "maximum": 10},
        "size": {"type": "string"},
        "response_format": {"type": "string", "enum": ["b64_json", "url"]},
        "output_format": {"type": "string", "enum": ["png", "jpeg", "webp"]},
        "background": {"type": "string", "enum": ["auto", "opaque", "transparent"]},
        "strength": {"type": "number", "minimum": 0, "maximum": 1},
        "seed": {"type": "integer", "minimum": 0},
    },
)


@dataclass
class Files:
    """What came: the plain fields, and the bytes of the pictures."""

    fields: dict[str, str] = field(default_factory=dict)
    images: list[tuple[str, bytes]] = field(default_factory=list)
    mask: bytes | None = None


async def received(request: Request) -> Files:
    """Reads the form; raises `FieldError` when there is none, or no picture in it."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise FieldError("image", f"The request's Content-Type is {kind[:80]!r}.", "Send multipart/form-data with the picture as `image`.")
    try:
        async with request.form(max_files=MOST_PICTURES + 1, max_fields=64, max_part_size=_FIELD_BYTES) as form:
            files = await _sorted(form)
    except HTTPException as error:
        raise FieldError(
            "image", f"The form cannot be read: {error.detail}.".replace("..", "."), "Send it as multipart/form-data."
        ) from None
    if not files.images:
        raise FieldError("image", "There is no picture in the form.", "Send a PNG, JPEG or WebP file as `image`.")
    return files


async def _sorted(form: FormData) -> Files:
    files = Files()
    for name, value in form.multi_items():
        plain = name.partition("[")[0]
        if isinstance(value, str):
            files.fields.setdefault(plain, value)
            continue
        data = await _bytes(plain, value)
        if plain == "image":
            files.images.append((value.filename or "image.png", data))
        elif plain == "mask":
            files.mask = data
    return files


async def _bytes(name: str, file: UploadFile) -> bytes:
    data = await file.read(LARGEST_PICTURE + 1)
    if not 0 < len(data) <= LARGEST_PICTURE:
        raise FieldError(name, f"The file of {name} has {file.size or 0:,} bytes.", f"1 to {LARGEST_PICTURE:,} bytes are taken.")
    return data


def keep(studio: Studio, files: Files) -> dict[str, Any]:
    """Puts the pictures into the library; the media fields of `image.generate`. Raises `FieldError`, `BadMedia`."""
    name, data = files.images[0]
    image = _opened("image", data)
    mask = mask_of(image, None if files.mask is None else _opened("mask", files.mask))
    found: dict[str, Any] = {"image": _kept(studio, name, data)}
    if mask is not None:
        packed = io.BytesIO()
        mask.save(packed, "PNG")
        found["mask"] = _kept(studio, "mask.png", packed.getvalue())
    if len(files.images) > 1:
        found["references"] = [{"image": _kept(studio, name, data)} for name, data in files.images[1:]]
    return found


def mask_of(image: Image, mask: Image | None) -> Image | None:
    """Mode L, white where it is made anew: what is transparent in the mask, else in the picture; None where nothing is.

    A mask without transparency is taken as ours are: white is made anew.

    Raises:
        FieldError: the mask has another size than the picture.
    """
    if mask is not None and mask.size != image.size:
        message = f"The mask is {mask.width}x{mask.height} and the picture {image.width}x{image.height}."
        raise FieldError("mask", message, "Give a mask of the picture's size.")
    source = image if mask is None else mask
    if source.mode in ("LA", "RGBA", "PA") or "transparency" in source.info:
        alpha = source.convert("RGBA").getchannel("A")
        if alpha.getextrema()[0] < 255:  # type: ignore[operator]
            return alpha.point(lambda value: 255 - value)
    return None if mask is None else mask.convert("L")


def _opened(name: str, data: bytes) -> Image:
    from PIL import Image as Images

    try:
        image = Images.open(io.BytesIO(data))
        image.load()
    except Exception as error:  # each format's plugin raises what it likes about a damaged file
        raise FieldError(name, f"The file of {name} is not a picture that can be read.", "Give a PNG, JPEG or WebP.") from error
    return image


def _kept(studio: Studio, name: str, data: bytes) -> str:
    with studio.begin_upload(name) as upload:
        upload.write(data)
        return upload.finish(kind="image").id


def encoded(artifact: Artifact, kind: str, compression: int | None) -> bytes:
    """The bytes of a picture as png, jpeg or webp; its settings go with it."""
    from PIL import Image as Images

    stat_of(artifact)
    data = artifact.path.read_bytes()
    if kind == "png":
        return data
    packed = io.BytesIO()
    try:
        with Images.open(io.BytesIO(data)) as image:
            shown = image.convert("RGB") if kind == "jpeg" else image
            quality = _QUALITY if compression is None else compression
            shown.save(packed, kind.upper(), quality=quality, exif=with_settings(artifact.meta.get("picture") or {}))
    except OSError as error:
        raise BadMedia(f"{artifact.name} cannot be written as {kind}: {error}.", "Ask for png.") from error
    return packed.getvalue()
