"""Captions of a stretch of the film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.editing.facts import SourceFacts
from app.editing.render.film import Span
from app.editing.render.words import words_of
from tests.app.editing.render.conftest import segment, timeline_of

Numbered = Callable[..., SourceFacts]


def text(words: str, at_s: float, duration_s: float = 0.5) -> dict[str, object]:
    return {"op": "text", "text": words, "at_s": at_s, "duration_s": duration_s, "animation": "none"}


def test_only_what_is_seen_is_written(numbered: Numbered, tmp_path: Path) -> None:
    words = words_of(timeline_of(numbered(), segment(0, 4), film=(text("first", 0), text("second", 2))), {})
    assert words.of(Span(0, 24)).count("Dialogue") == words.of(Span(48, 60)).count("Dialogue") > 0
    assert "first" in words.of(Span(0, 24))
    assert "first" not in words.of(Span(48, 60))
    assert words.of(Span(24, 40)) == ""
    assert words.file(Span(24, 40), tmp_path) is None
    path = words.file(Span(0, 24), tmp_path)
    assert path is not None
    assert path.read_text(encoding="utf-8") == words.of(Span(0, 24))


def test_the_same_words_as_far_into_a_piece_are_the_same_document(numbered: Numbered) -> None:
    rows = (segment(0, 1, text("same", 0.25)), segment(2, 3, text("same", 0.25)))
    words = words_of(timeline_of(numbered(), *rows), {})
    assert words.of(Span(0, 24)) == words.of(Span(24, 48))


def test_one_that_stands_above_another_stays_there(numbered: Numbered) -> None:
    """The first goes before the second stretch begins; the second caption stays where it had to move to."""
    film = (text("low one", 0, 1.0), text("moved up", 0.5, 2.0))
    words = words_of(timeline_of(numbered(), segment(0, 4), film=film), {})

    def place(span: Span) -> set[str]:
        rows = [row for row in words.of(span).splitlines() if "moved up" in row]
        return {row[row.index("\\pos") :].partition(")")[0] for row in rows}

    assert place(Span(0, 36)) == place(Span(36, 48))
