"""The film's sound, beside its pictures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.editing.audio import mix
from app.editing.facts import SourceFacts
from app.editing.render.cache import PieceCache
from app.editing.render.sound import Sound
from configs.errors import BadMedia
from tests.app.editing.render.conftest import Studio, segment, timeline_of

Numbered = Callable[..., SourceFacts]
QUIET = lambda fraction, message: None  # noqa: E731


def test_it_is_made_once(numbered: Numbered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = timeline_of(numbered("s.mp4", clicks=[4]), segment(0, 1))
    cache = PieceCache(tmp_path / "cache")
    with Sound(timeline, tmp_path, cache) as sound:
        first = sound.wait(QUIET)
    monkeypatch.setattr(mix, "render", None)
    with Sound(timeline, tmp_path, cache) as sound:
        assert sound.wait(QUIET) == first
    assert first is not None
    assert first.suffix == ".m4a"


def test_silent_films_have_no_track(numbered: Numbered, studio: Studio) -> None:
    import av

    made = studio.render(timeline_of(numbered(), segment(0, 1)))
    with av.open(str(made.path)) as container:
        assert not container.streams.audio


def test_what_goes_wrong_with_it_is_raised(numbered: Numbered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise BadMedia("The sound is torn.", "Mend it.")

    monkeypatch.setattr(mix, "render", fail)
    timeline = timeline_of(numbered("s.mp4", clicks=[4]), segment(0, 1))
    with pytest.raises(BadMedia, match="torn"), Sound(timeline, tmp_path, PieceCache(tmp_path / "cache")) as sound:
        sound.wait(QUIET)


def test_leaving_early_stops_it(numbered: Numbered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def endless(*_: Any, on_step: Callable[[float, str], None], **__: Any) -> None:
        while True:
            begun.set()
            on_step(0.1, "Mixing")

    monkeypatch.setattr(mix, "render", endless)
    timeline = timeline_of(numbered("s.mp4", clicks=[4]), segment(0, 1))
    with Sound(timeline, tmp_path, PieceCache(tmp_path / "cache")):
        assert begun.wait(10)
    assert not [thread for thread in threading.enumerate() if thread.name == "sound of a film"]
