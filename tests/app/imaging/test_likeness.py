"""A finished picture against its characters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.cast import CastMember
from app.imaging.likeness import Judge
from backends.base import Vectors
from tests.app.imaging.easel import EaselJob, asked, installed


def figure(colour: str, ground: str = "white") -> Image.Image:
    image = Image.new("RGB", (96, 96), ground)
    ImageDraw.Draw(image).ellipse((24, 12, 72, 84), fill=colour)
    return image


@pytest.fixture
def job(tmp_path: Path) -> Any:
    return EaselJob(tmp_path)


def test_nobody_to_compare_with_needs_nothing(job: Any) -> None:
    judge = Judge(asked(prompt="@luca", cast=[CastMember(name="luca")]), job)
    assert not judge.needed
    assert judge.judge(figure("red")) == []


def test_storyboards_are_not_compared(job: Any) -> None:
    cast = [CastMember(name="luca", references=[job.give("red.png", figure("red"))])]
    assert not Judge(asked(model="storyboard", prompt="@luca", cast=cast), job).needed


def test_each_character_is_compared_by_the_built_in_descriptor(job: Any) -> None:
    cast = [
        CastMember(name="luca", references=[job.give("red.png", figure("red"))], threshold=0.6),
        CastMember(name="maya", references=[job.give("blue.png", figure("blue"))], threshold=0.99),
    ]
    judge = Judge(asked(prompt="@luca and @maya", cast=cast), job)
    assert judge.needed
    luca, maya = judge.judge(figure("red"))
    assert (luca.character, luca.passed, luca.threshold) == ("luca", True, 0.6)
    assert (maya.character, maya.passed) == ("maya", False)
    assert luca.similarity > maya.similarity
    assert "built-in" in luca.engine


def test_an_installed_model_looks_instead(job: Any) -> None:
    class Eye:
        def features(self, images: Any, is_cancelled: Any) -> Vectors:
            rows = np.array([[*np.asarray(image.convert("RGB")).mean((0, 1)), 1.0] for image in images], np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            return Vectors(rows.tobytes(), len(rows), rows.shape[1], 0)

    job.engine = Eye()
    job.around = type(job.around)(installed("dinov2-small", task="image-features", family="dinov2"))
    cast = [CastMember(name="luca", references=[job.give("red.png", figure("red"))])]
    request = asked(prompt="@luca", cast=cast, likeness_model="dinov2-small")
    (luca,) = Judge(request, job).judge(figure("red"))
    assert luca.similarity > 0.99
    assert luca.engine == "Dinov2-Small"
