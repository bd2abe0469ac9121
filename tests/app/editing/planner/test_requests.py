"""What planning may be asked."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.editing.planner.requests import Brief, PlanVideo
from app.media_fields import media_in


def test_little_is_needed() -> None:
    asked = PlanVideo(video="a-1")
    assert (asked.aspect, asked.planner, asked.seed, asked.style) == ("auto", "auto", 0, None)


def test_media_is_known_as_such() -> None:
    asked = PlanVideo(video="clip.mp4", music="song.mp3", analysis="j-1")
    assert {path[0]: mark.kind for path, mark, _ in media_in(asked)} == {"video": "video", "music": "media", "analysis": "data"}


@pytest.mark.parametrize(
    "wrong", [{"duration_s": 0.0}, {"duration_s": 1e9}, {"aspect": "2:1"}, {"seed": -1}, {"planner": ""}, {"moods": 3}]
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Brief.model_validate({"video": "a-1", **wrong})
