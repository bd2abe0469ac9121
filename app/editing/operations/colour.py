"""Light and colour: grading, LUTs, matching a reference, sharpening, fades."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from app.editing.graph import Pad, Value
from app.editing.operations.base import Bench, Colour, Operation, Place, Scope, Seconds, SourceId, Stage, Tools
from app.editing.operations.grading import NEUTRAL_K, chroma_curve, exposure_gain, light_gains, line, luma_curve, vignette_mask
from app.editing.operations.pixels import apart_from_alpha, colour_pictures, in_colours, lay_over
from app.media_fields import LutRef

_BOTH: frozenset[Scope] = frozenset({"segment", "film"})
_BLACK = "#000000"
_SAMPLES = 5
_MOST_SPREAD = 4.0  # a plane's contrast is raised or lowered by no more than this


class Grade(Operation):
    """Exposure, contrast, saturation, warmth, vignette."""

    op: Literal["grade"] = "grade"
    exposure_ev: float = Field(default=0.0, ge=-3, le=3, description="Stops of light.")
    contrast: float = Field(default=1.0, ge=0.2, le=3)
    saturation: float = Field(default=1.0, ge=0, le=3, description="0 is black and white.")
    gamma: float = Field(default=1.0, ge=0.2, le=5)
    temperature_k: int = Field(default=6500, ge=2000, le=20_000, description="6500 is neutral; lower is warmer.")
    vignette: float = Field(default=0.0, ge=0, le=1)

    TITLE: ClassVar[str] = "Colour"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.COLOUR
    STEADY: ClassVar[bool] = True

    def prepare(self, tools: Tools, files: Mapping[str, Path]) -> Mapping[str, Any]:
        """Draws the vignette."""
        if not self.vignette:
            return {}
        import cv2
        import numpy as np

        width, height = tools.place.width, tools.place.height
        mask = vignette_mask(width, height, self.vignette)
        path = tools.folder / f"vignette-{width}x{height}-{round(1000 * self.vignette)}.png"
        layer = np.zeros((height, width, 4), np.uint8)
        layer[:, :, 3] = mask
        path.write_bytes(cv2.imencode(".png", layer)[1].tobytes())
        return {"vignette": str(path)}

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """One table for light and colour, one for warmth, a layer for the vignette; what is neutral adds nothing."""
        graph = bench.graph
        gain = exposure_gain(self.exposure_ev)
        colour = gain * self.contrast * self.saturation
        if (gain, self.contrast, self.gamma, colour) != (1, 1, 1, 1):
            chroma = chroma_curve(colour)
            pad = graph.filter("lutyuv", [pad], y=luma_curve(gain, self.contrast, self.gamma), u=chroma, v=chroma)
        if self.temperature_k != NEUTRAL_K:
            red, green, blue = (f"clip(val*{gain:.6f},minval,maxval)" for gain in light_gains(self.temperature_k))
            pad = in_colours(bench, pad, lambda here: graph.filter("lutrgb", [here], r=red, g=green, b=blue))
        if "vignette" in bench.prepared:
            layer = Pad(f"{graph.input('-i', bench.prepared['vignette'])}:v")
            pad = apart_from_alpha(bench, pad, bench.place.alpha, lambda here: graph.filter("overlay", [here, layer]))
        return pad


class Lut(Operation):
    """Colours by a .cube table."""

    op: Literal["lut"] = "lut"
    file: LutRef = Field(min_length=1, max_length=4096, description="The .cube file: an artifact id.")
    strength: float = Field(default=1.0, gt=0, le=1)

    TITLE: ClassVar[str] = "LUT"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.COLOUR
    STEADY: ClassVar[bool] = True

    def prepare(self, tools: Tools, files: Mapping[str, Path]) -> Mapping[str, Any]:
        """Writes the table anew, with the strength in it."""
        from app.editing.operations.cube import read_cube

        table = read_cube(files[self.file]).mixed(self.strength)
        text = table.text()
        path = tools.folder / f"table-{hashlib.sha256(text.encode()).hexdigest()[:16]}.cube"
        path.write_text(text, encoding="ascii")
        return {"table": str(path), "flat": table.flat}

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Looks every colour up."""
        name, how = ("lut1d", "linear") if bench.prepared["flat"] else ("lut3d", "tetrahedral")
        return in_colours(bench, pad, lambda here: bench.graph.filter(name, [here], file=bench.prepared["table"], interp=how))


class MatchColour(Operation):
    """Brings colours towards those of a reference picture (mean and spread per channel, Reinhard et al. 2001)."""

    op: Literal["match_colour"] = "match_colour"
    reference: SourceId
    at_s: Seconds = Field(default=0.0, description="Which moment of the reference.")
    strength: float = Field(default=1.0, gt=0, le=1)

    TITLE: ClassVar[str] = "Match colour"
    STAGE: ClassVar[Stage] = Stage.COLOUR
    ONCE: ClassVar[bool] = True

    def prepare(self, tools: Tools, files: Mapping[str, Path]) -> Mapping[str, Any]:
        """Measures the reference and a few moments of the segment, in luma and colour differences: nearly uncorrelated, as lαβ is."""
        from app.editing.operations.samples import mean_and_spread, small_pictures

        place = tools.place
        if place.source is None:
            return {}
        wanted = mean_and_spread(small_pictures(place.sources[self.reference], [self.at_s]))
        length = place.source_end - place.source_start
        moments = [place.source.time_of(place.source_start + length * (2 * one + 1) // (2 * _SAMPLES)) for one in range(_SAMPLES)]
        here = mean_and_spread(small_pictures(place.source, moments))
        return {"here": here, "wanted": wanted}

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """A straight line for each plane."""
        if not bench.prepared:
            return pad
        lines = []
        for (mean, spread), (new_mean, new_spread) in zip(bench.prepared["here"], bench.prepared["wanted"], strict=True):
            ratio = min(max(new_spread / spread, 1 / _MOST_SPREAD), _MOST_SPREAD)
            after = (mean + self.strength * (new_mean - mean), spread * (1 + self.strength * (ratio - 1)))
            lines.append(line((mean, spread), after))
        return bench.graph.filter("lutyuv", [pad], y=lines[0], u=lines[1], v=lines[2])


class Sharpen(Operation):
    """Sharpens edges."""

    op: Literal["sharpen"] = "sharpen"
    strength: float = Field(default=0.5, gt=0, le=2)

    TITLE: ClassVar[str] = "Sharpen"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.COLOUR
    STEADY: ClassVar[bool] = True

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """An unsharp mask of luma: colour differences hold no edges worth it."""
        return bench.graph.filter("unsharp", [pad], luma_msize_x=3, luma_msize_y=3, luma_amount=self.strength, chroma_amount=0)


class Fade(Operation):
    """Picture and sound come up at the beginning and go down at the end."""

    op: Literal["fade"] = "fade"
    in_s: float = Field(default=0.0, ge=0, le=60)
    out_s: float = Field(default=0.0, ge=0, le=60)
    colour: Colour = _BLACK
    sound: bool = Field(default=True, description="The sound fades as well.")

    TITLE: ClassVar[str] = "Fade"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.FINISH
    ONCE: ClassVar[bool] = True

    def gains(self, place: Place) -> Sequence[tuple[float, float]]:
        """The sound comes up and goes down with the picture; both are shortened alike where they would meet."""
        if not self.sound or not (self.in_s or self.out_s):
            return ()
        share = min(1.0, place.seconds / (self.in_s + self.out_s))
        up, down = self.in_s * share, place.seconds - self.out_s * share
        return ((0.0, 0.0 if self.in_s else 1.0), (up, 1.0), (down, 1.0), (place.seconds, 0.0 if self.out_s else 1.0))

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """The first frame and the last one are wholly of the colour."""
        into, back = self.lengths(bench.place)
        last = bench.place.frames - 1
        for kind, first, frames in (("in", 0, into), ("out", last - back, back)):
            if frames:
                pad = _faded(bench, pad, kind, first, frames, self.colour)
        return pad

    def lengths(self, place: Place) -> tuple[int, int]:
        """Frames in which it comes up and goes down."""
        total = self.in_s + self.out_s
        share = min(1.0, place.seconds / total) if total else 1.0
        into, back = place.frame(self.in_s * share), place.frame(self.out_s * share)
        return min(into, place.frames), min(back, place.frames - 1)


def _faded(bench: Bench, pad: Pad, kind: str, first: int, frames: int, colour: str) -> Pad:
    """From or to a colour, wholly so in frame ``first`` coming up and ``first + frames`` going down."""
    graph, rate = bench.graph, bench.place.rate
    if colour == _BLACK:
        options: dict[str, Value] = {"type": kind, "start_time": float(first / rate), "duration": float(frames / rate)}
        return apart_from_alpha(bench, pad, bench.place.alpha, lambda here: graph.filter("fade", [here], **options))
    layer = graph.filter("format", [colour_pictures(bench, colour, frames + 1)], pix_fmts="yuva420p")
    opposite = "in" if kind == "out" else "out"
    layer = graph.filter("fade", [layer], type=opposite, alpha=True, start_time=0, duration=float(frames / rate))
    span = (first, first + frames + (kind == "out"))
    return apart_from_alpha(bench, pad, bench.place.alpha, lambda here: lay_over(bench, here, layer, span))
