"""One run of ffmpeg that leaves one file per piece."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.editing.facts import SourceFacts
from app.editing.render.bench import Workshop
from app.editing.render.cache import PieceCache
from app.editing.render.encode import encoder_of
from app.editing.render.film import Span
from app.editing.render.group import Group, GroupRun, merged
from app.editing.render.words import words_of
from tests.app.editing.barcode import read_numbers
from tests.app.editing.render.conftest import planned, segment, timeline_of

Numbered = Callable[..., SourceFacts]


def test_neighbours_are_one_stretch() -> None:
    spans = [Span(0, 5), Span(5, 9), Span(12, 20), Span(20, 21)]
    assert merged(spans) == [Span(0, 9), Span(12, 21)]


@pytest.mark.parametrize("spans", [[Span(0, 24), Span(24, 30), Span(30, 72)], [Span(3, 4), Span(4, 5), Span(40, 41), Span(60, 72)]])
def test_every_piece_holds_its_own_frames(numbered: Numbered, tmp_path: Path, spans: list[Span]) -> None:
    timeline = timeline_of(numbered(), segment(0, 1), segment(2, 3), segment(1, 2))
    cache = PieceCache(tmp_path / "cache")
    keys = [f"{number:02d}-key" for number in range(len(spans))]
    run = GroupRun(timeline, Group(spans, keys), encoder_of(timeline), cache, tmp_path)
    seen: list[float] = []
    run.go(Workshop(tmp_path, False, {}), words_of(timeline, {}), lambda fraction, message: seen.append(fraction))
    for span, key in zip(spans, keys, strict=True):
        path = cache.find(key, ".mkv")
        assert path is not None
        assert read_numbers(path) == planned(timeline)[span.begin : span.end]
    assert seen == sorted(seen)
    assert not list(tmp_path.glob("pieces-*"))
