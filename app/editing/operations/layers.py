"""Other pictures over or behind this one: keying, compositing, picture in picture, watermark."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from app.editing.graph import Graph, Pad
from app.editing.operations.base import Bench, Colour, Operation, Place, Scope, Seconds, Share, SoundLayer, SourceId, Stage
from app.editing.operations.keying import LEAST_COLOUR, differences, keyed, matrix_of
from app.editing.operations.pixels import apart_from_alpha, colour_pictures, converted, delayed, lay_over, working
from app.editing.operations.views import during, stretch
from app.editing.problems import Problem

_BOTH: frozenset[Scope] = frozenset({"segment", "film"})
Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]
Mode = Literal["over", "multiply", "screen", "overlay", "add"]
# ffmpeg's name of each mode, and the grey of the layer that changes nothing, for where the layer is transparent.
_BLENDS: dict[Mode, tuple[str, str]] = {
    "multiply": ("multiply", "#ffffff"), "screen": ("screen", "#000000"), "overlay": ("overlay", "#808080"),
    "add": ("addition", "#000000"),
}  # fmt: skip
_TALLEST = 4  # times the canvas; beyond it nobody sees more


class ChromaKey(Operation):
    """Makes one colour transparent and shows another source, or a colour, behind it."""

    op: Literal["chroma_key"] = "chroma_key"
    colour: Colour = "#00ff00"
    similarity: float = Field(default=0.15, gt=0, le=1, description="How far from the colour still counts.")
    blend: float = Field(default=0.05, ge=0, le=1, description="Softness of the edge.")
    background: SourceId | None = Field(default=None, description="What is shown behind; left out: the plan's background colour.")
    background_start_s: Seconds = 0.0

    TITLE: ClassVar[str] = "Chroma key"
    STAGE: ClassVar[Stage] = Stage.LAYER
    ONCE: ClassVar[bool] = True

    def problems(self, place: Place) -> Iterator[Problem]:
        """The colour is one."""
        yield from super().problems(place)
        if math.hypot(*self.key(place)) < LEAST_COLOUR:
            said = f"Chroma key cannot tell {self.colour} from other greys."
            yield Problem("key_is_grey", f"{place.path}.colour", said, "Give the colour of the screen, such as #00ff00.", "#00ff00")

    def key(self, place: Place) -> tuple[float, float]:
        """The colour's differences."""
        return differences(self.colour, matrix_of(place))

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Lays the background over the picture, and the picture without its key over that, so that the picture gives the clock."""
        graph, place = bench.graph, bench.place
        if place.alpha and self.background is None:
            return keyed(graph, pad, bench.size, self.key(place), self.similarity, self.blend)
        under, over = graph.filters("split", [pad], 2)
        over = keyed(graph, over, bench.size, self.key(place), self.similarity, self.blend)
        if self.background is None:
            behind = colour_pictures(bench, place.background, place.frames)
        else:
            behind = covering(graph, bench.picture_of(self.background, self.background_start_s, place.seconds), bench.size)
        return graph.filter("overlay", [lay_over(bench, under, behind, (0, place.frames)), over], format="yuv420")


class Composite(Operation):
    """Lays another source over the whole picture; its transparency counts."""

    op: Literal["composite"] = "composite"
    source: SourceId
    start_s: Seconds = Field(default=0.0, description="Where in that source.")
    at_s: Seconds = 0.0
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600)
    mode: Mode = "over"
    opacity: float = Field(default=1.0, gt=0, le=1)

    TITLE: ClassVar[str] = "Composite"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.LAYER

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Covers the whole picture with it, the larger side cut."""
        span = stretch(bench.place, self.at_s, self.duration_s)
        layer = bench.picture_of(self.source, self.start_s, float((span[1] - span[0]) / bench.place.rate))
        layer = covering(bench.graph, layer, bench.size)
        if self.mode == "over":
            return lay_over(bench, pad, faint(bench.graph, layer, self.opacity), span)
        return apart_from_alpha(bench, pad, bench.place.alpha, lambda here: self.blended(bench, here, layer, span))

    def blended(self, bench: Bench, pad: Pad, layer: Pad, span: tuple[int, int]) -> Pad:
        """Works on red, green and blue, of the frames in the span only; where the layer is transparent nothing changes."""
        graph = bench.graph
        how, neutral = _BLENDS[self.mode]
        frames = span[1] - span[0]
        layer = graph.filter("overlay", [colour_pictures(bench, neutral, frames), layer], format="yuv420", shortest=True)
        layer = converted(graph, delayed(bench, layer, span[0]), "gbrp")
        pad, part = graph.filters("split", [pad], 2)
        part = graph.filter("select", [part], expr=during(bench, *span))
        part = converted(graph, part, "gbrp")
        part = graph.filter("blend", [part, layer], all_mode=how, all_opacity=self.opacity)
        part = converted(graph, part, working(bench.place))
        return graph.filter("overlay", [pad, part], format="yuv420", enable=during(bench, *span))


class PictureInPicture(Operation):
    """Shows another source small within the picture."""

    op: Literal["picture_in_picture"] = "picture_in_picture"
    source: SourceId
    start_s: Seconds = Field(default=0.0, description="Where in that source.")
    at_s: Seconds = 0.0
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600)
    x: Share = Field(default=0.68, description="Left edge, share of the canvas.")
    y: Share = Field(default=0.66, description="Upper edge, share of the canvas.")
    w: float = Field(default=0.28, gt=0.01, le=1, description="Width, share of the canvas.")
    opacity: float = Field(default=1.0, gt=0, le=1)
    border_px: int = Field(default=0, ge=0, le=64)
    border_colour: Colour = "#ffffff"
    sound: bool = Field(default=False, description="Let it be heard as well.")
    gain_db: float = Field(default=0.0, ge=-60, le=24)

    TITLE: ClassVar[str] = "Picture in picture"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.LAYER

    def problems(self, place: Place) -> Iterator[Problem]:
        """What should be heard has sound."""
        yield from super().problems(place)
        facts = place.sources.get(self.source)
        if self.sound and facts is not None and not facts.has_sound:
            said = f"{facts.name} should be heard, but it has no sound."
            yield Problem("no_sound", f"{place.path}.sound", said, "Set sound to false, or choose another source.")

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Its corner and size to the even pixel; the border lies around it."""
        graph, (width, height) = bench.graph, bench.size
        span = stretch(bench.place, self.at_s, self.duration_s)
        layer = bench.picture_of(self.source, self.start_s, float((span[1] - span[0]) / bench.place.rate))
        layer = faint(graph, scaled(graph, layer, even(self.w * width), _TALLEST * height), 1.0)
        if self.border_px:
            edge = self.border_px
            colour = f"0x{self.border_colour[1:]}"
            layer = graph.filter("pad", [layer], w=f"iw+{2 * edge}", h=f"ih+{2 * edge}", x=edge, y=edge, color=colour)
        layer = faint(graph, layer, self.opacity)
        return lay_over(bench, pad, layer, span, (even(self.x * width, 0), even(self.y * height, 0)))

    def layers(self, place: Place) -> Iterator[SoundLayer]:
        """Its sound, where it should be heard."""
        if not self.sound:
            return
        begin, end = stretch(place, self.at_s, self.duration_s)
        at_s, seconds = place.begins_s + float(begin / place.rate), float((end - begin) / place.rate)
        yield SoundLayer(at_s, seconds, source_id=self.source, source_start_s=self.start_s, gain_db=self.gain_db)


class Watermark(Operation):
    """A small picture in a corner all through the film."""

    op: Literal["watermark"] = "watermark"
    source: SourceId = Field(description="A still; its transparency counts.")
    corner: Corner = "bottom_right"
    w: float = Field(default=0.12, gt=0.01, le=0.6, description="Width, share of the canvas.")
    margin: float = Field(default=0.03, ge=0, le=0.3, description="Distance from the edges, share of the width.")
    opacity: float = Field(default=0.7, gt=0, le=1)

    TITLE: ClassVar[str] = "Watermark"
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"film"})
    STAGE: ClassVar[Stage] = Stage.FINISH
    STEADY: ClassVar[bool] = True

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Small, faint, in its corner from the first frame to the last."""
        graph, (width, height), margin = bench.graph, bench.size, round(self.margin * bench.size[0])
        layer = bench.picture_of(self.source, 0.0, bench.place.seconds)
        layer = faint(graph, scaled(graph, layer, even(self.w * width), height), self.opacity)
        x = margin if "left" in self.corner else f"main_w-overlay_w-{margin}"
        y = margin if "top" in self.corner else f"main_h-overlay_h-{margin}"
        return lay_over(bench, pad, layer, (0, bench.place.frames), (x, y))


def even(value: float, least: int = 2) -> int:
    """The nearest even number of pixels."""
    return max(least, 2 * round(value / 2))


def scaled(graph: Graph, pad: Pad, width: int, tallest: int) -> Pad:
    """So wide, and as high as its shape wants, within reason."""
    return graph.filter("scale", [pad], w=width, h=f"min({tallest},2*max(1,round({width}*ih/iw/2)))", flags="bicubic")


def covering(graph: Graph, pad: Pad, size: tuple[int, int]) -> Pad:
    """As small as it can be and still cover a canvas, then cut from the middle."""
    width, height = size
    share = f"max({width}/iw,{height}/ih)"
    pad = graph.filter("scale", [pad], w=f"max({width},2*round(iw*{share}/2))", h=f"max({height},2*round(ih*{share}/2))", flags="bicubic")
    pad = graph.filter("crop", [pad], w=width, h=height, exact=True)
    return graph.filter("setsar", [pad], sar=1)


def faint(graph: Graph, pad: Pad, opacity: float) -> Pad:
    """With transparency, and so opaque at most."""
    pad = graph.filter("format", [pad], pix_fmts="yuva420p")
    return pad if opacity == 1 else graph.filter("lutyuv", [pad], a=f"val*{opacity:.6f}")
