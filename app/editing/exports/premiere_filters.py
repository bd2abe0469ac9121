"""Speed, motion, opacity, levels and titles as filters and generators of Final Cut Pro 7's XML."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from app.editing.exports.base import decimal
from app.editing.exports.extras import Overlay, Words, middle_of, text_colour, text_font, text_of, text_px
from app.editing.exports.keys import Key
from app.editing.exports.layout import Row
from app.editing.exports.points import time_points
from app.editing.exports.xmeml import Keys, add, effect, parameter, rate_of
from app.editing.facts import SourceFacts
from app.editing.timeline import Timeline


def remap(made: ET.Element, row: Row, speed: Fraction, *, blend: bool, curve: bool = False, held: int | None = None) -> None:
    """Time Remap: a speed in percent, or a curve from frames of the clip to frames of the source. ``held``: the frame that stands."""
    one = effect(made, "Time Remap", "timeremap", "motion", "motion", "video")
    parameter(one, "variablespeed", "1" if curve else "0")
    parameter(one, "speed", decimal(abs(speed) * 100, 4))
    parameter(one, "reverse", "TRUE" if speed < 0 else "FALSE")
    parameter(one, "frameblending", "TRUE" if blend else "FALSE")
    if curve or held is not None:
        _graph(one, row, held)


def _graph(one: ET.Element, row: Row, held: int | None) -> None:
    ratio = row.clock.rate / row.film_rate
    points = time_points(row) if held is None else [(0, Fraction(held)), (1, Fraction(held))]
    found = add(one, "parameter")
    add(found, "parameterid", "graphdict")
    add(found, "name", "graphdict")
    for number, (frame, value) in enumerate(points):
        key = add(found, "keyframe")
        add(key, "when", decimal(frame * ratio, 3))
        add(key, "value", decimal(value, 3))
        add(key, "speedvirtualkf", "TRUE")
        for last, names in ((0, ("speedkfstart", "speedkfin")), (len(points) - 1, ("speedkfout", "speedkfend"))):
            for name in names if number == last else ():
                add(key, name, "TRUE")
    add(add(found, "interpolation"), "name", "linear")


def motion(made: ET.Element, keys: Sequence[Key], first: Fraction, ratio: Fraction, source: SourceFacts, timeline: Timeline) -> None:
    """Basic Motion. A scale of 100 is the source's own size, so what is larger or smaller than the canvas is fitted to it here.

    ``first``: the clip's in-point; ``ratio``: its frames per film frame.
    """
    fit = _fit(source, timeline)
    if not keys and fit == 1:
        return
    keys = list(keys) or [Key(0)]
    one = effect(made, "Basic Motion", "basic", "motion", "motion", "video")
    times = [first + key.frame * ratio for key in keys]
    scales = [decimal(100 * key.scale * fit, 4) for key in keys]
    centres = [(key.x * timeline.width / source.width, key.y * timeline.height / source.height) for key in keys]
    turns = [decimal(key.turn, 4) for key in keys]
    for name, values in (("scale", scales), ("rotation", turns), ("center", centres)):
        pairs: Keys = list(zip(times, values, strict=True))
        parameter(one, name, values[0], pairs if len(set(values)) > 1 else ())


def still_motion(made: ET.Element, overlay: Overlay, timeline: Timeline) -> None:
    """A layer's place and size; one that fills the canvas is fitted to it."""
    source = overlay.source
    if overlay.w is None:
        motion(made, [], Fraction(0), Fraction(1), source, timeline)
        return
    one = effect(made, "Basic Motion", "basic", "motion", "motion", "video")
    wide = overlay.w * timeline.width
    high = wide * source.height / source.width
    parameter(one, "scale", decimal(100 * wide / source.width, 4))
    across, down = (overlay.x - 0.5) * timeline.width + wide / 2, (overlay.y - 0.5) * timeline.height + high / 2
    parameter(one, "center", (across / source.width, down / source.height))


def _fit(source: SourceFacts, timeline: Timeline) -> float:
    across, down = timeline.width / source.width, timeline.height / source.height
    return max(across, down) if timeline.plan.output.fit == "crop" else min(across, down)


def opacity(made: ET.Element, first: Fraction, last: Fraction, fade: tuple[Fraction, Fraction], most: float = 1.0) -> None:
    """Opacity that comes up and goes down at the edges; times are frames of the clip."""
    one = effect(made, "Opacity", "opacity", "motion", "motion", "video")
    full = decimal(100 * most, 3)
    parameter(one, "opacity", full, _ramps(first, last, fade, full, "0"))


def levels(made: ET.Element, gain_db: float, first: Fraction, last: Fraction, fade: tuple[Fraction, Fraction]) -> None:
    """Audio Levels as a factor; the format ends at twelve decibels."""
    one = effect(made, "Audio Levels", "audiolevels", "audiolevels", "audiolevels", "audio")
    full = decimal(min(10 ** (gain_db / 20), 3.98109), 5)
    parameter(one, "level", full, _ramps(first, last, fade, full, "0"), "Level")


def _ramps(first: Fraction, last: Fraction, fade: tuple[Fraction, Fraction], full: str, none: str) -> Keys:
    if not any(fade):
        return ()
    up: Keys = [(first, none), (first + fade[0], full)] if fade[0] else [(first, full)]
    down: Keys = [(last - fade[1], full), (last, none)] if fade[1] else [(last, full)]
    return [*up, *down]


def text(made: ET.Element, word: Words, timeline: Timeline) -> None:
    """A caption as the generator Text."""
    caption = word.caption
    for tag, value in (("name", "Text"), ("enabled", "TRUE"), ("duration", word.frames)):
        add(made, tag, value)
    rate_of(made, timeline.rate)
    for tag, at in (("start", word.begins), ("end", word.begins + word.frames), ("in", 0), ("out", word.frames)):
        add(made, tag, at)
    add(made, "alphatype", "black")
    one = add(made, "effect")
    for tag, said in (
        ("name", "Text"),
        ("effectid", "Text"),
        ("effectcategory", "Text"),
        ("effecttype", "generator"),
        ("mediatype", "video"),
    ):
        add(one, tag, said)
    parameter(one, "str", text_of(caption), name="Text")
    parameter(one, "fontname", text_font(caption), name="Font")
    parameter(one, "fontsize", decimal(text_px(caption, timeline), 0), name="Size")
    colour = add(parameter(one, "fontcolor", None, name="Font Color"), "value")
    for tag, part in zip(("alpha", "red", "green", "blue"), ("ff", *(text_colour(caption)[at : at + 2] for at in (1, 3, 5))), strict=True):
        add(colour, tag, int(part, 16))
    x, y = middle_of(caption, timeline)
    parameter(one, "origin", (x - 0.5, y - 0.5), name="Origin")
