"""Moves of the fitted picture: zoom punches, pans over stills, a measured camera move made again, shake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.editing.graph import Pad
from app.editing.operations.base import Bench, Easing, Operation, Place, Scope, Seconds, Share, Stage, Strict
from app.editing.operations.camera import Move, enlargement, moves_of, quads
from app.editing.operations.easing import eased
from app.editing.operations.noise import envelope, shaken
from app.editing.operations.views import Canvas, Window, between, punched, show, stretch, warp
from app.editing.problems import Problem

Percent = Annotated[float, Field(ge=-400, le=400, allow_inf_nan=False)]
MOST_ENLARGED = 4.0
_LOOKS = 60  # frames looked at to tell how far a move goes: a plan is checked at every change


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

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Closes in so that the point comes as near to the middle as the picture's edges allow."""
        begin, end = stretch(bench.place, self.at_s, self.duration_s)
        views = punched(Canvas(*bench.size), (self.x, self.y), self.scale, self.shares(end - begin, float(bench.place.rate)))
        return show(bench, pad, begin, views, fine=False)

    def shares(self, frames: int, rate: float) -> list[float]:
        """How much of the way has been gone in each frame. Where the two ways would meet, both are shortened alike."""
        into, back = self.in_s * rate, self.out_s * rate
        part = min(1.0, frames / (into + back)) if into + back else 1.0
        into, back = into * part, back * part
        found = []
        for frame in range(frames):
            arrived = eased((frame + 1) / into, self.easing) if into > 1 else 1.0
            left = eased((frames - frame) / back, self.easing) if back > 1 else 1.0
            found.append(min(arrived, left))
        return found


class View(Strict):
    """A part of the picture: its middle in shares and how much it is enlarged."""

    x: Share = 0.5
    y: Share = 0.5
    scale: float = Field(default=1.0, ge=1, le=6)

    def window(self, canvas: Canvas) -> Window:
        """It in pixels, moved so that it lies within the picture."""
        w, h = canvas.width / self.scale, canvas.height / self.scale
        x, y = self.x * canvas.width - w / 2, self.y * canvas.height - h / 2
        return Window(min(max(x, 0.0), canvas.width - w), min(max(y, 0.0), canvas.height - h), w, h)


class PanZoom(Operation):
    """Moves slowly from one part of the picture to another; made for stills."""

    op: Literal["pan_zoom"] = "pan_zoom"
    start: View = Field(default=View(), description="What is shown at the beginning.")
    end: View = Field(default=View(scale=1.25), description="What is shown at the end.")
    easing: Easing = Field(default="ease_in_out", description="How it moves.")

    TITLE: ClassVar[str] = "Pan and zoom"
    STAGE: ClassVar[Stage] = Stage.FRAME
    ONCE: ClassVar[bool] = True

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Moves between the two views at an even rate of enlargement; a still, which has no motion to hide in, by cubics."""
        still = bench.place.source is not None and bench.place.source.kind == "image"
        canvas = Canvas(*bench.size)
        start, end, last = self.start.window(canvas), self.end.window(canvas), max(1, bench.place.frames - 1)
        views = [between(start, end, eased(frame / last, self.easing)) for frame in range(bench.place.frames)]
        return show(bench, pad, 0, views, fine=still)


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
        """The four columns belong together; the borders can be hidden."""
        yield from super().problems(place)
        lengths = [len(column) for column in (self.x_percent, self.y_percent, self.scale_percent, self.rotation_deg)]
        if len(set(lengths)) > 1:
            said = f"Camera move from curve has {', '.join(map(str, lengths[:-1]))} and {lengths[-1]} values in its four columns."
            yield Problem("uneven_columns", place.path, said, "Give each column one value per step.")
            return
        looked_at = self.moves(place, max(1, place.frames // _LOOKS))
        needed = enlargement(looked_at, place.width, place.height) if self.fill == "enlarge" else 1.0
        if needed > MOST_ENLARGED:
            much = f"{needed:.1f} times" if needed < 100 else "without end"
            said = f"Camera move from curve goes so far that the picture must be enlarged {much} to hide its borders."
            yield Problem("move_too_far", f"{place.path}.fill", said, "Choose edges as the fill, or lower the strength.", "edges")

    def moves(self, place: Place, every: int = 1) -> list[Move]:
        """Where the picture is in every frame of the place, or in every so many."""
        columns = (self.x_percent, self.y_percent, self.scale_percent, self.rotation_deg)
        return moves_of(columns, self.step_s * float(place.rate), range(0, place.frames, every), self.strength)

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Scales and turns about the middle, then moves, as docs/analysis-schema.md has it; enlarged about the middle where asked for."""
        moves, (width, height) = self.moves(bench.place), bench.size
        larger = min(enlargement(moves, width, height), 2 * MOST_ENLARGED) if self.fill == "enlarge" else 1.0
        if larger == 1.0 and all(move == Move() for move in moves):
            return pad
        return warp(bench, pad, 0, quads(moves, width, height, larger), fine=False)


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

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Moves a slightly smaller part of the picture about, so that no border is ever seen."""
        place = bench.place
        begin, end = stretch(place, self.at_s, self.duration_s)
        rate = float(place.rate)
        strengths = envelope(end - begin, rate, self.decays, dies=end < place.frames)
        views = shaken(Canvas(*bench.size), strengths, self.strength_percent / 100, self.frequency_hz / rate, self.seed)
        return show(bench, pad, begin, views, fine=False)
