"""Source frames as runs that a chain of filters can carry out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.editing.facts import SourceFacts
from app.editing.render.frames import runs, shown
from tests.app.editing.render.conftest import segment, timeline_of


def replayed(found: list[object]) -> list[int]:
    """What the runs show, frame by frame."""
    frames: list[int] = []
    for run in found:
        kept = list(reversed(run.kept)) if run.backwards else list(run.kept)  # type: ignore[attr-defined]
        edges = [*run.at, run.frames]  # type: ignore[attr-defined]
        for number, frame in enumerate(kept):
            frames += [frame] * (edges[number + 1] - edges[number])
    return frames


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=120), st.integers(1, 9))
def test_runs_show_what_they_were_made_of(frames: list[int], most: int) -> None:
    found = runs(frames, most)
    assert replayed(list(found)) == frames
    assert all(len(run.kept) <= most for run in found if run.backwards)
    assert all(list(run.kept) == sorted(set(run.kept)) for run in found)


def test_a_plain_cut_is_one_steady_run() -> None:
    (run,) = runs(range(10, 20), 4)
    assert (run.whole, run.steady, run.backwards, run.first, run.end) == (True, True, False, 10, 20)


def test_a_still_is_one_frame_held() -> None:
    (run,) = runs([7] * 5, 4)
    assert (run.kept, run.at, run.frames, run.steady) == ((7,), (0,), 5, False)


@pytest.mark.parametrize(
    "operation", [{"op": "speed", "factor": 0.37}, {"op": "reverse"}, {"op": "ramp", "from_factor": 1, "to_factor": 9}]
)
def test_many_frames_are_those_of_one_by_one(numbered: Callable[..., SourceFacts], operation: dict[str, object]) -> None:
    (clip,) = timeline_of(numbered(), segment(0.5, 3.5, operation), fps=29.97).clips
    everything = [clip.source_frame(frame) for frame in range(clip.frames)]
    assert shown(clip, 0, clip.frames) == everything
    assert shown(clip, 5, 12) == everything[5:12]
