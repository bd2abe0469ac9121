"""Moves of the fitted picture: zoom punches, pans over stills, a measured camera move made again, shake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.editing.operations.base import Easing, Operation, Place, Scope, Seconds, Share, Stage, Strict
from app.editing.problems import Problem

Percent = Annotated[float, Field(ge=-400, le=400, allow_inf_nan=False)]


class Zoom(Operation):
    """A punch: closes in on a point, stays, and comes back."""

    op: Literal["zoom"] = "zoom"
    at_s: Seconds = Field(default=0.0, description="When it begins.")
    duration_s: float | None = Field(default=None, gt=0, le=3600, description="How long in all; left out: to the end of the segment.")
    scale: float = Field(default=1.3, gt=1, le=4, description="How close: 2 shows half the width.")
    x: Share = Field(default=0.5, description="The point closed in on, share of the width.")
    y: Share = Field(default=0.5, description="Share of the height.")
    in_s: float = Field(default=0.12, ge=0, le=60, description="Seconds of closing in; 0 is a jump.")
    out_s: float = Field(default=0.0, ge=0, le=60, description="Seconds of coming back; 0 is a jump.")
    easing: Easing = Field(default="ease_out", description="How it moves.")

    TITLE: ClassVar[str] = "Zoom punch"
    STAGE: ClassVar[Stage] = Stage.FRAME


class View(Strict):
    """A part of the picture: its middle in shares and how much it is enlarged."""

    x: Share = 0.5
    y: Share = 0.5
    scale: float = Field(default=1.0, ge=1, le=6)


class PanZoom(Operation):
    """Moves slowly from one part of the picture to another; made for stills."""

    op: Literal["pan_zoom"] = "pan_zoom"
    start: View = Field(default=View(), description="What is shown at the beginning.")
    end: View = Field(default=View(scale=1.25), description="What is shown at the end.")
    easing: Easing = Field(default="ease_in_out", description="How it moves.")

    TITLE: ClassVar[str] = "Pan and zoom"
    STAGE: ClassVar[Stage] = Stage.FRAME
    ONCE: ClassVar[bool] = True


class CameraMove(Operation):
    """Makes a camera move again that was measured in another shot (the columns of camera.csv)."""

    op: Literal["camera_move"] = "camera_move"
    step_s: float = Field(gt=0, le=10, description="Seconds between two values.")
    x_percent: tuple[Percent, ...] = Field(min_length=1, max_length=20_000, description="To the right, % of the width, from the first.")
    y_percent: tuple[Percent, ...] = Field(min_length=1, max_length=20_000, description="Downwards, % of the width, from the first.")
    scale_percent: tuple[Annotated[float, Field(ge=10, le=1000)], ...] = Field(
        min_length=1, max_length=20_000, description="100 is unchanged."
    )
    rotation_deg: tuple[Percent, ...] = Field(min_length=1, max_length=20_000, description="Clockwise.")
    strength: float = Field(default=1.0, gt=0, le=4, description="How much of it.")
    fill: Literal["enlarge", "edges"] = Field(default="enlarge", description="What hides the borders: enlarging, or stretched edges.")

    TITLE: ClassVar[str] = "Camera move from curve"
    STAGE: ClassVar[Stage] = Stage.FRAME
    ONCE: ClassVar[bool] = True

    def problems(self, place: Place) -> Iterator[Problem]:
        """The four columns belong together."""
        for name in ("y_percent", "scale_percent", "rotation_deg"):
            if len(getattr(self, name)) != len(self.x_percent):
                said = f"x_percent has {len(self.x_percent)} values and {name} has {len(getattr(self, name))}."
                yield Problem("lengths_differ", f"{place.path}.{name}", said, "Give each column one value for each step.")


class Shake(Operation):
    """Shakes the picture as a hand or a blow would; the same seed shakes the same way."""

    op: Literal["shake"] = "shake"
    at_s: Seconds = Field(default=0.0, description="When it begins.")
    duration_s: float | None = Field(default=None, gt=0, le=3600, description="How long; left out: to the end of the segment.")
    strength_percent: float = Field(default=1.0, gt=0, le=10, description="Greatest displacement, % of the width.")
    frequency_hz: float = Field(default=8.0, ge=0.2, le=30, description="How often it turns.")
    decays: bool = Field(default=False, description="Dies away, as after a blow.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Another number shakes another way.")

    TITLE: ClassVar[str] = "Shake"
    STAGE: ClassVar[Stage] = Stage.FRAME
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"segment"})
