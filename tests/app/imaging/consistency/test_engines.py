"""A model's features within a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.imaging.consistency.engines import described_by, features_of
from backends.base import Vectors
from configs.errors import BadInput, NotFound
from jobs.context import JobCancelled
from tests.app.imaging.easel import EaselJob, installed


class Eye:
    """Describes a picture by its size; asks whether to stop, as engines do."""

    def features(self, images: Any, is_cancelled: Any) -> Vectors:
        assert is_cancelled() is False
        rows = np.array([[image.width, image.height] for image in images], np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Vectors(rows.tobytes(), len(rows), 2, 0)


@pytest.fixture
def job(tmp_path: Path) -> Any:
    return EaselJob(tmp_path, installed("dinov2-small", task="image-features", family="dinov2"), engine=Eye())


@pytest.mark.parametrize("name", [None, "built-in"])
def test_the_built_in_descriptor_needs_no_model(job: Any, name: str | None) -> None:
    assert features_of(name, job) == (None, "")


def test_a_model_gives_rows_and_its_title(job: Any) -> None:
    features, title = features_of("dinov2-small", job)
    assert title == "Dinov2-Small"
    assert features is not None
    found = features([Image.new("RGB", (30, 40)), Image.new("RGB", (10, 10))])
    assert found == pytest.approx(np.array([[0.6, 0.8], [2**-0.5, 2**-0.5]]))


def test_a_model_that_is_not_there_is_refused(job: Any) -> None:
    with pytest.raises(NotFound):
        features_of("dinov2-base", job)


def test_a_model_that_describes_nothing_is_one_sentence(job: Any) -> None:
    job.engine = object()
    with pytest.raises(BadInput, match="The model dinov2-small describes no pictures"):
        described_by("dinov2-small", [Image.new("RGB", (8, 8))], job)


def test_a_cancelled_job_stops_the_engine(job: Any) -> None:
    job.cancelled = True
    with pytest.raises(JobCancelled):
        described_by("dinov2-small", [Image.new("RGB", (8, 8))], job)


def test_a_real_dinov2_with_random_weights_knows_the_same_picture(tmp_path: Path) -> None:
    """Through the engine itself; random weights tell nothing but that pictures go in and vectors come out."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from app.imaging.consistency.likeness import Sheet
    from tests.backends.lent import resident
    from tests.backends.tiny.vision import save_dinov2

    engine = resident(save_dinov2(tmp_path / "tiny"), "image-features", "dinov2")
    try:
        lent = EaselJob(tmp_path, installed("dinov2-small", task="image-features", family="dinov2"), engine=engine)
        features, title = features_of("dinov2-small", lent)  # type: ignore[arg-type]
        noise = [Image.fromarray(np.random.default_rng(seed).integers(0, 256, (64, 64, 3), dtype=np.uint8)) for seed in range(2)]
        found = Sheet(noise, features, title).likeness(noise[1])
    finally:
        engine.close()
    assert (found.reference, found.engine) == (1, "Dinov2-Small")
    assert found.similarity == pytest.approx(1, abs=1e-4)
