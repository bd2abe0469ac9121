"""Cuts and transitions in whole frames."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.editing.check_cuts import cut_of, overlap_of, overlap_problem, seconds_of, still_frames
from app.editing.operations.joins import Transition
from app.editing.plan import Segment
from app.editing.problems import Problem
from tests.app.editing.short_plans import NTSC, clip, sound, still

R25 = Fraction(25)


def segment(start_s: float, end_s: float, **fields: object) -> Segment:
    return Segment.model_validate({"id": "s1", "source": "a", "start_s": start_s, "end_s": end_s, **fields})


@pytest.mark.parametrize(
    ("start_s", "end_s", "cut"),
    [
        (0, 10, (0, 250)), (1, 2, (25, 50)), (0, 0.04, (0, 1)), (0.019, 0.061, (0, 2)), (9.96, 10, (249, 250)), (0, 10.019, (0, 250)),
        (1, 1.001, (25, 26)), (1.03, 1.031, (26, 27)), (9.97, 10.01, (249, 250)),
    ],
)  # fmt: skip
def test_cuts(start_s: float, end_s: float, cut: tuple[int, int]) -> None:
    assert cut_of(segment(start_s, end_s), "$", clip()) == cut


@pytest.mark.parametrize(
    ("start_s", "end_s", "code", "path"),
    [
        (2, 1, "cut_reversed", "$.end_s"), (1, 1, "cut_empty", "$.end_s"), (0, 10.021, "cut_outside", "$.end_s"),
        (9, 11, "cut_outside", "$.end_s"), (10, 11, "cut_outside", "$.start_s"), (80, 90, "cut_outside", "$.start_s"),
        (0, 86_400, "cut_outside", "$.end_s"),
    ],
)  # fmt: skip
def test_cuts_that_cannot_be_made(start_s: float, end_s: float, code: str, path: str) -> None:
    found = cut_of(segment(start_s, end_s), "$", clip())
    assert isinstance(found, Problem)
    assert (found.code, found.path) == (code, path)


def test_beyond_the_end_says_how_long_the_source_is() -> None:
    found = cut_of(segment(0, 12), "$", clip(rate=NTSC, frames=300))
    assert isinstance(found, Problem)
    assert "10.01 s" in found.message
    assert found.fits == pytest.approx(10.01)


def test_half_a_frame_beyond_the_end_is_the_end() -> None:
    source = clip(rate=NTSC, frames=300)
    half = 0.5 / float(NTSC)
    assert cut_of(segment(0, source.duration_s + half * 0.99), "$", source) == (0, 300)
    assert isinstance(cut_of(segment(0, source.duration_s + half * 1.01), "$", source), Problem)


def test_a_still_has_one_frame_for_as_long_as_one_likes() -> None:
    assert cut_of(segment(0, 80_000), "$", still()) == (0, 1)
    assert [still_frames(segment(3, end_s), R25) for end_s in (3.001, 4, 5.02)] == [1, 25, 51]


def test_a_sound_is_no_segment() -> None:
    found = cut_of(segment(0, 1), "$", sound())
    assert isinstance(found, Problem)
    assert (found.code, found.path) == ("no_picture", "$.source")


@pytest.mark.parametrize(("seconds", "frames"), [(0.001, 1), (0.5, 13), (1, 25), (10, 250)])
def test_transitions_last_whole_frames(seconds: float, frames: int) -> None:
    assert overlap_of(Transition(duration_s=seconds), R25) == frames


def test_a_transition_fits_between_its_segments() -> None:
    joined = segment(0, 1, operations=[{"op": "volume"}, {"op": "transition"}])
    assert overlap_problem(joined, "$.segments[1]", 10, 10, 10, R25) is None
    before = overlap_problem(joined, "$.segments[1]", 11, 10, 40, R25)
    assert before is not None
    assert (before.path, before.fits) == ("$.segments[1].operations[1].duration_s", 0.4)
    assert "the segment before it has only 0.4 s" in before.message
    own = overlap_problem(joined, "$.segments[1]", 11, 40, 10, R25)
    assert own is not None
    assert "it has only 0.4 s" in own.message


def test_where_nothing_is_left_a_transition_goes() -> None:
    found = overlap_problem(segment(0, 1, operations=[{"op": "transition"}]), "$", 5, 0, 10, R25)
    assert found is not None
    assert found.fits is None
    assert found.remedy.startswith("Take it out")


def test_seconds_in_sentences() -> None:
    assert [seconds_of(frames, NTSC) for frames in (30, 1, 0)] == ["1.001", "0.033", "0"]
