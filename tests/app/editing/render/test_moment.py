"""One exact frame of a film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.editing.facts import SourceFacts
from app.editing.render.cache import PieceCache
from app.editing.render.moment import around, frame_at, take
from app.editing.render.renderer import Materials
from app.editing.timeline import Timeline
from configs.errors import BadInput
from tests.app.editing.barcode import read_numbers
from tests.app.editing.render.conftest import planned, segment, timeline_of

Numbered = Callable[..., SourceFacts]


def picture(timeline: Timeline, frame: int, folder: Path, suffix: str = ".png") -> Path:
    return take(timeline, frame, folder / f"moment-{frame}{suffix}", Materials(folder, PieceCache(folder / "cache")))


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_it_is_the_frame_of_the_film(numbered: Numbered, tmp_path: Path, suffix: str) -> None:
    ramp = {"op": "ramp", "from_factor": 0.5, "to_factor": 3}
    timeline = timeline_of(numbered(), segment(1, 2), segment(0.5, 3.5, ramp), segment(1, 2, {"op": "reverse"}))
    wanted = planned(timeline)
    for frame in (0, 23, 24, 50, len(wanted) - 20, len(wanted) - 1):
        assert read_numbers(picture(timeline, frame, tmp_path, suffix)) == [wanted[frame]]


def test_within_a_transition_both_are_seen(numbered: Numbered, tmp_path: Path) -> None:
    wipe = {"op": "transition", "kind": "wipe_left", "duration_s": 1.0}
    timeline = timeline_of(numbered(), segment(0, 2), segment(2, 4, wipe))
    assert (around(timeline, 30).begin, around(timeline, 30).end) == (24, 48)
    assert (around(timeline, 10).begin, around(timeline, 10).end) == (10, 11)
    assert read_numbers(picture(timeline, 24, tmp_path)) == [24]
    assert read_numbers(picture(timeline, 50, tmp_path)) == [planned(timeline)[50]]


def test_moments_outside_the_film_are_refused(numbered: Numbered) -> None:
    timeline = timeline_of(numbered(), segment(1, 2))
    assert [frame_at(timeline, seconds) for seconds in (0, 0.5, 0.999)] == [0, 12, 23]
    with pytest.raises(BadInput, match="1 s long"):
        frame_at(timeline, 1.0)
