"""Sound that is taken over as it is: in its place within half a block, and only where nothing is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.editing.facts import SourceFacts
from app.editing.render.smart_sound import BLOCK, copied_sound
from tests.app.editing.barcode import RATE_HZ, clicks_in, read_numbers, read_sound
from tests.app.editing.render.conftest import Studio, planned, segment, timeline_of

Numbered = Callable[..., SourceFacts]
CLICKS = [6, 30, 54, 78]


def test_clicks_stay_with_their_frames(numbered: Numbered, studio: Studio) -> None:
    timeline = timeline_of(numbered("click.mp4", clicks=CLICKS), segment(2, 3), segment(0, 1), segment(1, 2), segment(3, 4))
    made = studio.render(timeline)
    assert made.copied == timeline.frames
    assert "stream copy" in made.engine
    assert not studio.pieces(), "nothing was encoded, sound included"
    numbers = read_numbers(made.path)
    assert numbers == planned(timeline)
    heard = clicks_in(read_sound(made.path), apart=8000)
    wanted = [numbers.index(frame) * RATE_HZ / 24 for frame in (54, 6, 30, 78)]
    assert heard == pytest.approx(wanted, abs=BLOCK / 2 + 100)


def test_it_does_not_drift(numbered: Numbered, studio: Studio) -> None:
    rows = [segment(number % 4, number % 4 + 1) for number in range(60)]
    made = studio.render(timeline_of(numbered("click.mp4", clicks=CLICKS), *rows))
    heard = clicks_in(read_sound(made.path), apart=8000)
    assert len(heard) == 60
    wanted = [number * RATE_HZ + 6 * RATE_HZ // 24 for number in range(60)]
    assert heard == pytest.approx(wanted, abs=BLOCK / 2 + 100)


@pytest.mark.parametrize(
    ("row", "film"),
    [
        (segment(0, 1, {"op": "volume", "gain_db": -3}), ()), (segment(0, 1, {"op": "sound_effect", "name": "pop"}), ()),
        (segment(0, 1), ({"op": "loudness"},)),
    ],
    ids=["volume", "effect", "loudness"],
)  # fmt: skip
def test_what_is_changed_is_mixed(numbered: Numbered, studio: Studio, row: dict[str, Any], film: tuple[Any, ...]) -> None:
    timeline = timeline_of(numbered("click.mp4", clicks=CLICKS), row, film=film)
    assert copied_sound(timeline) is None
    assert len(read_sound(studio.render(timeline).path)) >= RATE_HZ * 0.97


def test_tracks_that_differ_and_clips_without_are_mixed(numbered: Numbered) -> None:
    silent = {"a": numbered("click.mp4", clicks=CLICKS), "b": numbered("silent.mp4")}
    assert copied_sound(timeline_of(silent, segment(0, 1), segment(0, 1, source="b"))) is None
    other = {"a": silent["a"], "b": numbered("other.mp4", clicks=CLICKS, before=("-ar", "44100"))}
    assert copied_sound(timeline_of(other, segment(0, 1), segment(0, 1, source="b"))) is None
