"""THE table of editing operations. To add one: write its class in this folder, name it here."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, get_args

from pydantic import Field

from app.editing.operations.base import Operation
from app.editing.operations.clean import Denoise, Stabilise
from app.editing.operations.colour import Fade, Grade, Lut, MatchColour, Sharpen
from app.editing.operations.joins import Transition
from app.editing.operations.layers import ChromaKey, Composite, PictureInPicture, Watermark
from app.editing.operations.moves import CameraMove, PanZoom, Shake, Zoom
from app.editing.operations.python_effect import PythonEffect
from app.editing.operations.shape import Crop, Reframe, Upscale
from app.editing.operations.sounds import Loudness, Music, SoundEffect, Volume
from app.editing.operations.time import Freeze, Ramp, Reverse, Speed
from app.editing.operations.words import Subtitles, Text

Any_ = (
    Speed | Ramp | Freeze | Reverse
    | Crop | Reframe | Upscale
    | Stabilise | Denoise | PythonEffect
    | Zoom | PanZoom | CameraMove | Shake
    | ChromaKey | Composite | PictureInPicture | Watermark
    | Grade | Lut | MatchColour | Sharpen | Fade
    | Transition
    | Text | Subtitles
    | Volume | Music | SoundEffect | Loudness
)  # fmt: skip
AnyOperation = Annotated[Any_, Field(discriminator="op")]

OPERATIONS: dict[str, type[Operation]] = {row.model_fields["op"].default: row for row in get_args(Any_)}


def schema() -> dict[str, Any]:
    """The JSON schema of one operation, for pages and models."""
    from pydantic import TypeAdapter

    return TypeAdapter(AnyOperation).json_schema()


def described() -> list[dict[str, Any]]:
    """The table for people: name, title, summary, where it may stand, and the JSON schema of its fields."""
    return [
        {
            "op": op,
            "title": row.TITLE,
            "summary": inspect.getdoc(row) or row.TITLE,
            "scopes": sorted(row.SCOPES),
            "once": row.ONCE,
            "fields": row.model_json_schema(),
        }
        for op, row in OPERATIONS.items()
    ]
