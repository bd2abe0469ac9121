"""Animated pictures."""

from __future__ import annotations

from collections.abc import Callable

from app.editing.facts import SourceFacts
from tests.app.editing.barcode import read_numbers
from tests.app.editing.render.conftest import Studio, planned, segment, timeline_of


def test_a_gif_shows_the_planned_frames(numbered: Callable[..., SourceFacts], studio: Studio) -> None:
    timeline = timeline_of(numbered(), segment(0, 1), segment(2, 3), format="gif", fps=10)
    made = studio.render(timeline)
    assert made.path.read_bytes()[:6] == b"GIF89a"
    assert read_numbers(made.path) == planned(timeline)
    again = studio.render(timeline)
    assert again.reused == again.pieces
