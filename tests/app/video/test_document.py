"""The document: strict, whole, the same after a round trip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.video.document import VideoAnalysis


def test_it_survives_a_round_trip_and_refuses_what_it_does_not_know(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("document.mp4", "-pix_fmt", "yuv420p", sound=True))
    text = analysis.model_dump_json()
    assert VideoAnalysis.model_validate_json(text) == analysis
    with pytest.raises(ValidationError, match="surprise"):
        VideoAnalysis.model_validate({**analysis.model_dump(), "surprise": 1})


def test_shots_of_every_analyser_are_the_scenes(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("document.mp4", "-pix_fmt", "yuv420p", sound=True))
    spans = [(scene.start_frame, scene.end_frame) for scene in analysis.scenes]
    for part in (analysis.picture, analysis.composition, analysis.camera, analysis.coherence, analysis.holds):
        assert [(shot.start_frame, shot.end_frame) for shot in part.shots] == spans
