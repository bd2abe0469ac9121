"""The film's frame rate and size in pixels, from what the plan asks for and its first source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from app.editing.facts import SourceFacts, exact
from app.editing.plan import EditPlan, Output
from app.editing.problems import Problem

SLOWEST_RATE, FASTEST_RATE, FASTEST_GIF = Fraction(1), Fraction(240), Fraction(50)
RATE_OF_STILLS = Fraction(30)
SHAPE_OF_NOTHING = (1920, 1080)
SMALLEST_SIDE, LONGEST_SIDE, MOST_PIXELS = 16, 8192, 8192 * 4320
LARGEST_STILL = 2160  # shorter side of a film that takes its size from a photograph
_NTSC = {round(base / 1.001, 3): Fraction(base * 1000, 1001) for base in (24, 30, 48, 60, 90, 120, 240)}
_CLOSE = 0.006  # 23.98 and 29.97 mean the exact fractions as well


def output_rate(plan: EditPlan, sources: Mapping[str, SourceFacts]) -> Fraction:
    """Frames per second of the film, exact: what is asked for, else that of the first moving picture in it, else 30."""
    fastest = FASTEST_GIF if plan.output.format == "gif" else FASTEST_RATE
    if plan.output.fps is not None:
        return min(written_rate(plan.output.fps), fastest)
    used = (sources.get(segment.source) for segment in plan.approved)
    rate = next((facts.rate for facts in used if facts and facts.kind == "video"), RATE_OF_STILLS)
    return min(max(rate, SLOWEST_RATE), fastest)


def written_rate(fps: float) -> Fraction:
    """What a rate means as people write it: 29.97 is 30000/1001, 25 is 25."""
    for decimal, rate in _NTSC.items():
        if abs(fps - decimal) < _CLOSE:
            return rate
    return exact(fps).limit_denominator(1001)


def output_size(plan: EditPlan, sources: Mapping[str, SourceFacts]) -> tuple[int, int]:
    """Width and height of the canvas, even. Left out, the shorter side is that of the first picture in the film."""
    wide, high = _first_shape(plan, sources)
    output = plan.output
    if output.aspect != "source":
        shape = Fraction(output.aspect.replace(":", "/"))
    else:
        shape = Fraction(wide, high)
    short = output.height or min(wide, high)
    if shape >= 1:
        return even(shape * short), even(Fraction(short))
    return even(Fraction(short)), even(short / shape)


def even(value: Fraction) -> int:
    """The nearest even number of pixels, at least 16."""
    return max(SMALLEST_SIDE, 2 * int(value / 2 + Fraction(1, 2)))


def output_problems(output: Output, size: tuple[int, int]) -> Iterator[Problem]:
    """What of the output cannot be made."""
    width, height = size
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        key, fits = ("height", 1080) if output.height is not None else ("aspect", "16:9")
        said = f"The film would be {width} x {height} pixels; {LONGEST_SIDE} a side and {MOST_PIXELS:,} in all is the most."
        yield Problem("too_many_pixels", f"$.output.{key}", said, "Give a smaller height, such as 1080, or another aspect.", fits)
    if output.alpha and output.format not in ("mov", "webm"):
        said = f"{output.format} cannot keep transparency."
        yield Problem("no_alpha_in_format", "$.output.format", said, "Choose mov or webm, or leave alpha out.", "mov")
    if output.format == "gif" and output.fps is not None and written_rate(output.fps) > FASTEST_GIF:
        said = f"A GIF shows {FASTEST_GIF} frames per second at most, not {output.fps:g}."
        yield Problem("rate_not_in_format", "$.output.fps", said, f"Give {FASTEST_GIF} or less, or choose mp4.", 50)


def _first_shape(plan: EditPlan, sources: Mapping[str, SourceFacts]) -> tuple[int, int]:
    used = (sources.get(segment.source) for segment in plan.approved)
    facts = next((one for one in used if one and one.has_picture), None)
    if facts is None:
        return SHAPE_OF_NOTHING
    short = min(facts.width, facts.height)
    if facts.kind == "image" and short > LARGEST_STILL:
        factor = Fraction(LARGEST_STILL, short)
        return max(1, round(facts.width * factor)), max(1, round(facts.height * factor))
    return facts.width, facts.height
