"""How one segment becomes the next."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from app.editing.operations.base import Operation, Stage

Kind = Literal[
    "dissolve", "dip_black", "dip_white", "wipe_left", "wipe_right", "wipe_up", "wipe_down", "slide_left", "slide_right", "circle",
    "radial", "zoom_in", "pixelate", "blur",
]  # fmt: skip


class Transition(Operation):
    """From the segment before into this one; the two overlap, so the film grows shorter by its length."""

    op: Literal["transition"] = "transition"
    kind: Kind = "dissolve"
    duration_s: float = Field(default=0.5, gt=0, le=10)

    TITLE: ClassVar[str] = "Transition"
    STAGE: ClassVar[Stage] = Stage.FINISH
    ONCE: ClassVar[bool] = True
