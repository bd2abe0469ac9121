"""A piece has the same key exactly when its pixels would be the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from app.editing.facts import SourceFacts
from app.editing.render.encode import encoder_of
from app.editing.render.film import Span
from app.editing.render.keys import piece_key
from app.editing.render.pieces import pieces_of
from app.editing.render.words import words_of
from app.editing.timeline import Timeline
from tests.app.editing.render.conftest import segment, timeline_of

Numbered = Callable[..., SourceFacts]


def key(timeline: Timeline, span: Span | None = None, **changes: Any) -> str:
    options: dict[str, Any] = {"program": "ffmpeg 9", "preview": False, "hashes": {}, **changes}
    return piece_key(timeline, span or pieces_of(timeline)[0], encoder_of(timeline), words_of(timeline, {}), **options)


def test_names_reasons_and_neighbours_do_not_count(numbered: Numbered) -> None:
    source = numbered()
    one = timeline_of(source, segment(0, 1), segment(2, 3))
    other = timeline_of(source, segment(3, 4), {**segment(0, 1), "id": "named", "reason": "because"})
    assert key(one) == key(other, pieces_of(other)[1])


@pytest.mark.parametrize(
    "change",
    [
        {"segments": (segment(0.1, 1.1),)},
        {"segments": (segment(0, 1, {"op": "grade", "exposure_ev": 1}),)},
        {"segments": (segment(0, 1, {"op": "text", "text": "Hello"}),)},
        {"segments": (segment(0, 2, {"op": "speed", "factor": 2, "smooth": "blend"}),)},
        {"film": ({"op": "fade", "in_s": 0.5},)},
        {"quality": "best"}, {"height": 64}, {"fps": 25}, {"background": "#ffffff"}, {"fit": "crop"},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_is_seen_counts(numbered: Numbered, change: dict[str, Any]) -> None:
    rows = change.pop("segments", (segment(0, 1),))
    assert key(timeline_of(numbered(), *rows, **change)) != key(timeline_of(numbered(), segment(0, 1)))


def test_the_source_the_program_and_the_preview_count(numbered: Numbered) -> None:
    source = numbered()
    timeline = timeline_of(source, segment(0, 1))
    other = timeline_of(replace(source, content_hash="another"), segment(0, 1))
    assert len({key(timeline), key(other), key(timeline, program="ffmpeg 8"), key(timeline, preview=True)}) == 4


def test_what_changes_with_time_counts_where_it_stands(numbered: Numbered) -> None:
    rows = (segment(0, 1), segment(0, 1))
    plain, fading = timeline_of(numbered(), *rows), timeline_of(numbered(), *rows, film=({"op": "fade", "in_s": 0.5},))
    assert key(plain, Span(0, 24)) == key(plain, Span(24, 48))
    assert key(fading, Span(0, 24)) != key(fading, Span(24, 48))


def test_words_count_only_where_they_are_seen(numbered: Numbered) -> None:
    text = {"op": "text", "text": "Hello", "at_s": 0.0, "duration_s": 0.5}
    with_words = timeline_of(numbered(), segment(0, 1), segment(2, 3), film=(text,))
    without = timeline_of(numbered(), segment(0, 1), segment(2, 3))
    assert key(with_words, Span(24, 48)) == key(without, Span(24, 48))
    assert key(with_words, Span(0, 24)) != key(without, Span(0, 24))
