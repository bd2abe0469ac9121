"""Technical faults and facts: black and frozen spans, crop bars, uneven frame times, interlacing, who or what is in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.base import Analyser, Findings
from app.video.analysers.interlacing import Interlacing
from app.video.curves import Curves, Shot

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame, Plane

    Array = np.ndarray[Any, np.dtype[Any]]

BLACK_SHARE = 0.98
BLACK_S = 0.08
FROZEN_CHANGE = 1.5  # levels, in the block that changes most, whose mean is a whole number
FROZEN_S = 1.0
_BLACK_LEVEL = 25
_BAR_MEAN, _BAR_PEAK = 18.0, 48  # a bar's line after compression: dark on average, ringing at its edge
_LIT_SHARE = 0.15  # frames darker than this say nothing about bars
_BLOCKS = (16, 9)

Position = Literal["none", "letterbox", "pillarbox", "windowbox"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TimedSpan(_Model):
    """Frames ``start_frame`` to ``end_frame`` (exclusive)."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)


class Crop(_Model):
    """Black bars, as shares of the frame's height and width; right to about 1/180 of it."""

    kind: Position
    top: float = Field(ge=0, le=1)
    bottom: float = Field(ge=0, le=1)
    left: float = Field(ge=0, le=1)
    right: float = Field(ge=0, le=1)
    picture_aspect: float | None = Field(default=None, gt=0, description="Width by height of the picture inside the bars.")


class ShotCrop(Crop):
    """The bars that stand through a whole shot."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)


class FrameTimes(_Model):
    """How evenly the frames are spaced."""

    vfr: bool
    nominal_fps: float = Field(gt=0)
    average_fps: float = Field(gt=0)
    shortest_frame_s: float | None = Field(default=None, ge=0)
    longest_frame_s: float | None = Field(default=None, ge=0)


class Absent(_Model):
    """Something that was not looked for, and why."""

    available: Literal[False] = False
    reason: str
    remedy: str


class Technical(_Model):
    """What a technical check of the file would write down."""

    black: list[TimedSpan] = Field(description="98 % of the picture darker than a tenth, for 0.08 s or longer.")
    frozen: list[TimedSpan] = Field(description="No part of the picture changes for 1 s or longer; black spans left out.")
    crop: Crop = Field(description="Bars over the whole film.")
    shot_crops: list[ShotCrop] = Field(default=[], description="Shots whose bars differ from the film's.")
    frame_times: FrameTimes
    interlacing: Interlacing | None = Field(default=None, description="None until full-size frames were looked at.")
    faces: Absent
    text: Absent
    remarks: list[str] = []


NO_FACES = Absent(
    reason="No model that finds faces is installed.",
    remedy="Install a face detection card; until then subjects come from saliency and motion.",
)
NO_TEXT = Absent(reason="No model that reads text is installed.", remedy="Install a text recognition card.")


class TechnicalMeasure:
    """Per frame: share of dark pixels, and the change from the frame before in the block (of 16 x 9) that changes most."""

    columns: tuple[str, ...] = ("dark_share", "block_change")
    memory = 1

    def __init__(self) -> None:
        self._before: Any = None
        self._difference: Any = None
        self._dark: Any = None

    def measure(self, frame: Frame) -> Sequence[float]:
        """Share; levels (255 for the first frame, which has none before it)."""
        import cv2

        _, self._dark = cv2.threshold(frame.y, _BLACK_LEVEL, 255, cv2.THRESH_BINARY_INV, self._dark)
        dark = cv2.countNonZero(self._dark) / frame.y.size
        change = 255.0
        if self._before is not None and self._before.shape == frame.y.shape:
            self._difference = cv2.absdiff(frame.y, self._before, self._difference)
            change = _most(self._difference)
        self._before = frame.y.copy()
        return (dark, change)


def _most(difference: Plane) -> float:
    """Mean of the block with the greatest mean. Whole frames that differ clearly need no blocks."""
    import cv2

    overall = cv2.norm(difference, cv2.NORM_L1) / difference.size
    if overall > 4 * FROZEN_CHANGE or overall == 0:
        return float(overall)
    blocks = cv2.resize(difference, _BLOCKS, interpolation=cv2.INTER_AREA)
    return float(cv2.minMaxLoc(blocks)[1])


class CropSampler:
    """Per sampled frame: black bars as shares of the frame; -1 when it is too dark to tell."""

    columns: tuple[str, ...] = ("bar_top", "bar_bottom", "bar_left", "bar_right")

    def sample(self, frame: Frame) -> Sequence[float]:
        """Top, bottom, left, right."""
        return bars(frame.y)


def bars(luma: Plane) -> tuple[float, float, float, float]:
    """Black bars of one picture: top, bottom, left, right as shares; all -1 when it is dark as a whole."""
    import cv2

    lit = cv2.countNonZero(cv2.threshold(luma, _BLACK_LEVEL, 255, cv2.THRESH_BINARY)[1]) / luma.size
    if lit < _LIT_SHARE:
        return (-1.0, -1.0, -1.0, -1.0)
    height, width = luma.shape
    top, bottom = _dark_ends(luma)
    inside = luma[top : height - bottom]  # bars above and below would darken the columns
    left, right = _dark_ends(inside.T)
    return (top / height, bottom / height, left / width, right / width)


def _dark_ends(lines: Array) -> tuple[int, int]:
    """How many rows are black at the beginning and at the end."""
    import numpy as np

    picture = np.flatnonzero((lines.mean(axis=1) > _BAR_MEAN) | (lines.max(axis=1) > _BAR_PEAK))
    return (int(picture[0]), len(lines) - 1 - int(picture[-1])) if len(picture) else (0, 0)


def decide(findings: Findings) -> Technical:
    """Spans, bars and facts from the tables. ``interlacing`` is filled in by who has full-size frames."""
    black = _spans(findings.curves["dark_share"] >= BLACK_SHARE, findings.curves, BLACK_S)
    film = _crop(findings.samples, findings.info.video.width / findings.info.video.height)
    times = _frame_times(findings)
    result = Technical(
        black=black, frozen=_frozen(findings.curves), crop=film, shot_crops=_shot_crops(findings, film),
        frame_times=times, faces=NO_FACES, text=NO_TEXT,
    )  # fmt: skip
    return result.model_copy(update={"remarks": _remarks(result)})


def _frozen(curves: Curves) -> list[TimedSpan]:
    """Runs of frames that repeat the one before; that one belongs to the span. Black spans are not frozen."""
    import numpy as np

    repeats = np.asarray((curves["block_change"] < FROZEN_CHANGE) & (curves["dark_share"] < BLACK_SHARE))
    edges = _runs(repeats)
    edges[:, 0] -= 1
    return _long_enough(edges, curves, FROZEN_S)


def _spans(marked: Array, curves: Curves, shortest_s: float) -> list[TimedSpan]:
    return _long_enough(_runs(marked), curves, shortest_s)


def _runs(marked: Array) -> Array:
    """(N, 2) first and last-plus-one of each run of true values."""
    import numpy as np

    padded = np.concatenate(([0], marked.astype(np.int8), [0]))
    edges: Array = np.flatnonzero(np.diff(padded)).reshape(-1, 2)
    return edges


def _long_enough(edges: Array, curves: Curves, shortest_s: float) -> list[TimedSpan]:
    times = [*curves.times_s.tolist(), float(curves.times_s[-1]) + 1.0 / curves.fps] if len(curves) else []
    spans = [TimedSpan(start_frame=int(a), end_frame=int(b), start_s=round(times[a], 6), end_s=round(times[b], 6)) for a, b in edges]
    return [s for s in spans if s.end_s - s.start_s >= shortest_s - 1e-5]


def _crop(samples: Curves, aspect: float) -> Crop:
    """The bars that (nearly) every lit sample has: the tenth percentile, so that one flash or title does not decide."""
    import numpy as np

    lit = samples["bar_top"] >= 0
    if not lit.any():
        return Crop(kind="none", top=0, bottom=0, left=0, right=0)
    sides = {name: round(float(np.percentile(samples[f"bar_{name}"][lit], 10)), 4) for name in ("top", "bottom", "left", "right")}
    upright, across = _matching(sides["top"], sides["bottom"]), _matching(sides["left"], sides["right"])
    kind: Position = "windowbox" if upright and across else "letterbox" if upright else "pillarbox" if across else "none"
    if not upright:
        sides["top"] = sides["bottom"] = 0.0
    if not across:
        sides["left"] = sides["right"] = 0.0
    inside = aspect * (1 - sides["left"] - sides["right"]) / (1 - sides["top"] - sides["bottom"])
    return Crop(kind=kind, picture_aspect=round(inside, 3), **sides)


def _matching(first: float, second: float) -> bool:
    """Bars come in pairs of about the same size; one dark edge alone is a picture with a dark edge."""
    return min(first, second) >= 0.012 and abs(first - second) <= max(0.02, 0.25 * max(first, second))


def _shot_crops(findings: Findings, film: Crop) -> list[ShotCrop]:
    import numpy as np

    frames = findings.samples["frame"]
    aspect = findings.info.video.width / findings.info.video.height
    found = []
    for shot in findings.shots:
        low, high = np.searchsorted(frames, [shot.start, shot.end])
        part = findings.samples.part(int(low), int(high))
        if (part["bar_top"] < 0).all():
            continue
        crop = _crop(part, aspect)
        if _differs(crop, film):
            found.append(_of(crop, shot))
    return found


def _of(crop: Crop, shot: Shot) -> ShotCrop:
    return ShotCrop(start_frame=shot.start, end_frame=shot.end, **crop.model_dump())


def _differs(crop: Crop, film: Crop) -> bool:
    return any(abs(getattr(crop, side) - getattr(film, side)) > 0.02 for side in ("top", "bottom", "left", "right"))


def _frame_times(findings: Findings) -> FrameTimes:
    import numpy as np

    video, steps = findings.info.video, np.diff(findings.curves.times_s)
    return FrameTimes(
        vfr=video.vfr,
        nominal_fps=video.fps,
        average_fps=video.avg_fps,
        shortest_frame_s=round(float(steps.min()), 6) if len(steps) else None,
        longest_frame_s=round(float(steps.max()), 6) if len(steps) else None,
    )


def _remarks(result: Technical) -> list[str]:
    words = []
    if result.crop.kind != "none":
        words.append(f"{result.crop.kind}: the picture inside is {result.crop.picture_aspect:.2f}:1")
    if result.shot_crops:
        words.append(f"{_count(len(result.shot_crops), 'shot')} with other bars than the film")
    if result.black:
        words.append(f"{_count(len(result.black), 'black span')}, {sum(s.end_s - s.start_s for s in result.black):.1f} s together")
    if result.frozen:
        words.append(f"{_count(len(result.frozen), 'frozen span')}, {sum(s.end_s - s.start_s for s in result.frozen):.1f} s together")
    if result.frame_times.vfr:
        words.append(f"uneven frame times, {result.frame_times.average_fps:.2f} frames per second on average")
    return words


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


ANALYSER = Analyser(name="technical", result=Technical, decide=decide, measure=TechnicalMeasure, sampler=CropSampler)
