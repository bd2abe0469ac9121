"""Which frame of the source is shown when: speed, ramps, freezes, reverse. `app.editing.timemap` carries them out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from app.editing.facts import exact, nearest
from app.editing.operations.base import Easing, Operation, Place, Seconds, Stage
from app.editing.problems import Problem

SLOWEST, FASTEST = 0.05, 50.0
Smoothing = Literal["none", "blend", "motion"]
_SMOOTHING: Any = Field(default="none", description="Frames between frames: none, blended, or made by motion interpolation (slow).")


class Speed(Operation):
    """Plays faster or slower throughout."""

    op: Literal["speed"] = "speed"
    factor: float = Field(ge=SLOWEST, le=FASTEST, allow_inf_nan=False, description="2 is twice as fast, 0.5 half as fast.")
    smooth: Smoothing = _SMOOTHING
    keep_pitch: bool = Field(default=True, description="Keep the pitch of the sound; it falls silent beyond 4x and below a quarter.")

    TITLE: ClassVar[str] = "Speed"
    STAGE: ClassVar[Stage] = Stage.TIME
    ONCE: ClassVar[bool] = True


class Ramp(Operation):
    """Changes the speed from one factor to another."""

    op: Literal["ramp"] = "ramp"
    from_factor: float = Field(ge=SLOWEST, le=FASTEST, allow_inf_nan=False, description="Speed at the beginning.")
    to_factor: float = Field(ge=SLOWEST, le=FASTEST, allow_inf_nan=False, description="Speed at the end.")
    easing: Easing = Field(default="ease_in_out", description="How the speed changes in between.")
    smooth: Smoothing = _SMOOTHING
    keep_pitch: bool = Field(default=True, description="Keep the pitch of the sound.")

    TITLE: ClassVar[str] = "Speed ramp"
    STAGE: ClassVar[Stage] = Stage.TIME
    ONCE: ClassVar[bool] = True


class Freeze(Operation):
    """Holds one frame, then goes on; the sound is silent meanwhile."""

    op: Literal["freeze"] = "freeze"
    at_s: Seconds = Field(description="Seconds of the source after the segment's in-point whose frame is held.")
    duration_s: float = Field(gt=0, le=60, description="How long, in seconds.")

    TITLE: ClassVar[str] = "Freeze frame"
    STAGE: ClassVar[Stage] = Stage.TIME

    def problems(self, place: Place) -> Iterator[Problem]:
        """The held frame must lie in the segment; its end means its last frame."""
        if place.source is None or place.source.kind == "image":
            return
        length = place.source_end - place.source_start
        if nearest(exact(self.at_s) * place.source.rate) > length:
            seconds = float(length / place.source.rate)
            said = f"Freeze frame holds the picture at {self.at_s:g} s of the segment, which has {seconds:g} s of its source."
            yield Problem("freeze_outside", f"{place.path}.at_s", said, f"Give at most {seconds:g} s.", seconds)


class Reverse(Operation):
    """Plays backwards, sound included."""

    op: Literal["reverse"] = "reverse"

    TITLE: ClassVar[str] = "Reverse"
    STAGE: ClassVar[Stage] = Stage.TIME
    ONCE: ClassVar[bool] = True
