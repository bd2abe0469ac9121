"""What the report says of shots and film, on a clip whose answers are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.report_words import of_film, of_shot

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")


@pytest.fixture
def analysis(clips: Callable[..., Path], analyse: Callable[..., Any]) -> Any:
    return analyse(clips("words.mp4", *H264, sound=True))[0]


def test_every_shot_says_how_it_was_made(analysis: Any) -> None:
    for scene in analysis.scenes:
        said = dict(of_shot(analysis, scene.index))
        assert {"Camera", "Drawn", "Coherence"} <= set(said)
        assert all(said.values())
    assert dict(of_shot(analysis, 0))["Drawn"] == "still"
    assert dict(of_shot(analysis, 0))["Camera"] == "static"


def test_the_film_as_a_whole(analysis: Any) -> None:
    said = dict(of_film(analysis))
    assert said["Transitions"] == "3 cuts, 0 gradual, 0 flashes"
    assert said["Loudness"].endswith("dBTP")
    assert "still" in said["Drawn"]


def test_a_silent_film_says_nothing_about_sound(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    silent = analyse(clips("silent.mp4", *H264))[0]
    assert not {"Loudness", "Tempo"} & {label for label, _ in of_film(silent)}
