"""The film's rate and size."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from app.editing.canvas import even, output_rate, output_size, written_rate
from app.editing.facts import SourceFacts
from tests.app.editing.short_plans import NTSC, clip, facts, faults_of, plan_of, row, sound, still


def rate(*sources: SourceFacts, source: str = "a", **output: Any) -> Fraction:
    known = facts(*sources)
    return output_rate(plan_of(row(0, 1, source=source), sources=known, output=output), known)


def size(*sources: SourceFacts, source: str = "a", **output: Any) -> tuple[int, int]:
    known = facts(*sources)
    return output_size(plan_of(row(0, 1, source=source), sources=known, output=output), known)


@pytest.mark.parametrize(
    ("fps", "exact"),
    [
        (23.976, Fraction(24000, 1001)), (23.98, Fraction(24000, 1001)), (29.97, NTSC), (59.94, Fraction(60000, 1001)), (24, Fraction(24)),
        (25, Fraction(25)), (30, Fraction(30)), (12.5, Fraction(25, 2)), (47.952, Fraction(48000, 1001)), (33.3, Fraction(333, 10)),
    ],
)  # fmt: skip
def test_rates_as_people_write_them(fps: float, exact: Fraction) -> None:
    assert written_rate(fps) == exact


def test_the_rate_is_that_of_the_first_moving_picture() -> None:
    assert rate(clip(rate=NTSC)) == NTSC
    known = facts(still(), clip())
    assert output_rate(plan_of(row(0, 1, source="still"), row(0, 1), sources=known), known) == 25
    assert output_rate(plan_of(row(0, 1, approved=False), row(0, 1, source="still"), sources=known), known) == 30


def test_the_rate_stays_within_what_can_be_shown() -> None:
    assert rate(clip(rate=Fraction(1, 4))) == 1
    assert rate(clip(rate=1000)) == 240
    assert rate(clip(rate=60), format="gif") == 50
    assert rate(clip(rate=60), format="gif", fps=25) == 25


def test_the_size_is_that_of_the_first_picture_and_even() -> None:
    assert size(clip(width=321, height=181)) == (322, 182)
    assert size(clip(width=1, height=1)) == (16, 16)
    assert size(still(width=400, height=300), source="still") == (400, 300)
    assert size(still(width=6000, height=4000), source="still") == (3240, 2160)
    assert size(sound(), source="song") == (1920, 1080)


@pytest.mark.parametrize(
    ("aspect", "height", "expected"),
    [
        ("16:9", 1080, (1920, 1080)), ("9:16", 1080, (1080, 1920)), ("1:1", 720, (720, 720)), ("4:5", 1080, (1080, 1350)),
        ("4:3", 480, (640, 480)), ("21:9", 1080, (2520, 1080)), ("source", 90, (160, 90)), ("16:9", None, (320, 180)),
        ("9:16", None, (180, 320)), ("16:9", 481, (856, 482)),
    ],
)  # fmt: skip
def test_the_height_is_that_of_the_shorter_side(aspect: str, height: int | None, expected: tuple[int, int]) -> None:
    assert size(clip(), aspect=aspect, height=height) == expected


def test_even_numbers() -> None:
    assert [even(Fraction(value)) for value in (3, 99, 100, 101)] == [16, 100, 100, 102]
    assert even(Fraction(201, 2)) == 100


@pytest.mark.parametrize(
    ("output", "code", "path"),
    [
        ({"aspect": "21:9", "height": 4320}, "too_many_pixels", "$.output.height"),
        ({"alpha": True}, "no_alpha_in_format", "$.output.format"),
        ({"alpha": True, "format": "gif"}, "no_alpha_in_format", "$.output.format"),
        ({"format": "gif", "fps": 60}, "rate_not_in_format", "$.output.fps"),
    ],
)
def test_what_cannot_be_made(output: dict[str, Any], code: str, path: str) -> None:
    (problem,) = faults_of(row(0, 1), output=output)
    assert (problem.code, problem.path) == (code, path)


@pytest.mark.parametrize("kind", ["mov", "webm"])
def test_formats_with_transparency(kind: str) -> None:
    assert faults_of(row(0, 1), output={"alpha": True, "format": kind}) == []


def test_a_source_too_large_for_a_film() -> None:
    known = facts(clip(width=12_000, height=9000))
    (problem,) = faults_of(row(0, 1), sources=known)
    assert (problem.code, problem.path) == ("too_many_pixels", "$.output.aspect")
