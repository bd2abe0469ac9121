"""Hardware encoders: only those that really encode, and the processor where they fail."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from app.editing.facts import SourceFacts
from app.editing.render import hardware, renderer
from app.editing.render.hardware import Hardware, found, works
from tests.app.editing.barcode import read_numbers
from tests.app.editing.render.conftest import Studio, planned, segment, timeline_of

SOFT = Hardware("Soft", (sys.platform,), dict.fromkeys(("draft", "good", "best"), ("-c:v", "libx264", "-preset", "superfast")))
BROKEN = Hardware("Broken", (sys.platform,), dict.fromkeys(("draft", "good", "best"), ("-c:v", "no_such_encoder")))


def test_only_what_encodes_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert works(SOFT)
    assert not works(BROKEN)
    monkeypatch.setattr(hardware, "TABLE", (BROKEN, SOFT))
    found.cache_clear()
    assert found() is SOFT
    found.cache_clear()


@pytest.mark.parametrize(("one", "engine"), [(SOFT, "Soft"), (BROKEN, "x264"), (None, "x264")])
def test_a_film_is_made_with_it_or_without(
    numbered: Callable[..., SourceFacts], studio: Studio, monkeypatch: pytest.MonkeyPatch, one: Hardware | None, engine: str
) -> None:
    monkeypatch.setattr(renderer, "hardware_found", lambda: one)
    timeline = timeline_of(numbered(), segment(0, 1, {"op": "grade"}), segment(2, 3))
    made = studio.render(timeline)
    assert engine in made.engine
    assert len(read_numbers(made.path)) == len(planned(timeline))


def test_previews_stay_on_the_processor(numbered: Callable[..., SourceFacts], studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer, "hardware_found", lambda: BROKEN)
    assert "x264" in studio.render(timeline_of(numbered(), segment(0, 1)), preview=True).engine
