"""What OpenAI's clients send for pictures, and the request of ours that it comes to."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from app.api.v1.errors import FieldError
from app.api.v1.forms import Lenient
from app.imaging.requests import LARGEST_SIDE, LONGEST_PROMPT, MOST_PIXELS, SMALLEST_SIDE, STEP_PX

MOST = 10
SIZE = re.compile(r"([1-9]\d{0,4})x([1-9]\d{0,4})")
_IGNORED_STYLES = ("vivid", "natural")  # of DALL-E: here they mean nothing


def _or_none(value: Any) -> Any:
    """Clients send empty texts for what they leave out, above all in multipart forms."""
    return None if value == "" else value


def _off(value: Any) -> Any:
    return None if value in ("", "false", "False") else value


OrNone = BeforeValidator(_or_none)


class ImageForm(BaseModel):
    """The body of `POST /v1/images/generations`. Fields after `stream` are the studio's own."""

    model_config = Lenient
    prompt: str = Field(min_length=1, max_length=LONGEST_PROMPT, description="What is to be seen; @luca names a character.")
    model: Annotated[Annotated[str, Field(max_length=200)] | None, OrNone] = Field(
        default=None, description="An installed image model, or storyboard; left out: the best that is installed, else storyboard."
    )
    n: Annotated[Annotated[int, Field(ge=1, le=MOST)] | None, OrNone] = Field(default=None, description="How many pictures.")
    size: Annotated[Annotated[str, Field(max_length=11, pattern=r"^(auto|[0-9]+x[0-9]+)$")] | None, OrNone] = Field(
        default=None, description="WIDTHxHEIGHT, multiples of 8, or auto."
    )
    response_format: Annotated[Literal["b64_json", "url"] | None, OrNone] = None
    output_format: Annotated[Literal["png", "jpeg", "webp"] | None, OrNone] = None
    output_compression: Annotated[Annotated[int, Field(ge=0, le=100)] | None, OrNone] = None
    background: Annotated[Literal["auto", "opaque", "transparent"] | None, OrNone] = None
    style: Annotated[Annotated[str, Field(max_length=60)] | None, OrNone] = Field(
        default=None, description="One of GET /api/images/styles; vivid and natural are taken and change nothing."
    )
    stream: Annotated[Literal[False] | None, BeforeValidator(_off)] = Field(default=None, description="Not offered.")
    negative_prompt: str = Field(default="", max_length=LONGEST_PROMPT)
    seed: Annotated[Annotated[int, Field(ge=0, le=2**32 - 1)] | None, OrNone] = None
    steps: Annotated[Annotated[int, Field(ge=1, le=150)] | None, OrNone] = None
    guidance_scale: Annotated[Annotated[float, Field(ge=0, le=30)] | None, OrNone] = None


class EditForm(ImageForm):
    """The fields of `POST /v1/images/edits` beside its files."""

    strength: Annotated[Annotated[float, Field(ge=0, le=1)] | None, OrNone] = Field(
        default=None, description="How much of the picture is made anew."
    )


def to_request(form: ImageForm) -> dict[str, Any]:
    """The fields of `image.generate`.

    Raises:
        FieldError: the size cannot be made, or the output format cannot hold what is asked for.
    """
    if form.background == "transparent" and form.output_format == "jpeg":
        raise FieldError("output_format", "A JPEG cannot be transparent.", "Ask for png or webp.")
    if form.response_format == "url" and form.output_format in ("jpeg", "webp"):
        raise FieldError("output_format", f"A url leads to a PNG, not {form.output_format}.", "Ask for b64_json, or for png.")
    width, height = _size(form.size)
    found = {
        "prompt": form.prompt, "negative": form.negative_prompt, "count": form.n or 1, "model": form.model, "width": width,
        "height": height, "seed": form.seed, "steps": form.steps, "guidance": form.guidance_scale, "preview_every": 0,
        "style": None if form.style in _IGNORED_STYLES else form.style,
        "transparent": form.background == "transparent" or None,
        "strength": form.strength if isinstance(form, EditForm) else None,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _size(size: str | None) -> tuple[int | None, int | None]:
    if size is None or size == "auto":
        return None, None
    found = SIZE.fullmatch(size)
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    if any(side % STEP_PX or not SMALLEST_SIDE <= side <= LARGEST_SIDE for side in sides) or sides[0] * sides[1] > MOST_PIXELS:
        message = f"size is {size!r}, which cannot be made."
        raise FieldError("size", message, f"Give auto, or WIDTHxHEIGHT in multiples of {STEP_PX} from {SMALLEST_SIDE} to {LARGEST_SIDE}.")
    return sides
