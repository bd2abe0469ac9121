"""`video.shots`: from probabilities to shots, and end to end in a studio with an imported tiny detector."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.studio import Studio
from app.video.shot_detection import FindShots, Shots, cuts_of, detect_shots, small
from configs.errors import BadInput, NotFound
from configs.settings import load_settings
from jobs.context import JobCancelled
from tests.backends.weights import headers_only

has_torch = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")


@pytest.mark.parametrize(
    ("probabilities", "cuts"),
    [
        ([0.0, 0.0, 0.0], []),
        ([0.0, 0.9, 0.0], [2]),
        ([0.9, 0.0, 0.5, 0.0], [1, 3]),
        ([0.0, 0.6, 0.8, 0.7, 0.0], [3]),
        ([0.0, 0.0, 0.9], []),
    ],
)
def test_a_run_above_the_threshold_is_one_cut(probabilities: list[float], cuts: list[int]) -> None:
    assert cuts_of(probabilities, 0.5) == cuts


class Engine:
    """Sees a cut where the picture's first pixel changes."""

    def detect(self, frames: Iterator[Any]) -> list[float]:
        seen = [frame[0, 0].astype(int) for frame in frames]
        return [float(abs(after - before).max() > 40) for before, after in zip(seen, [*seen[1:], seen[-1]], strict=True)]


class Room:
    """Lends whatever it has."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    @contextmanager
    def lease(self, *_: Any, **__: Any) -> Iterator[Any]:
        yield self.engine


def run(studio: Any, artifact: Any, engine: Any) -> Shots:
    context = studio.context(artifact)
    context._room = Room(engine)
    return detect_shots(FindShots(video="clip"), context)


def test_shots_have_frames_and_times(studio: Any, media_of: Callable[..., Any], clips: Callable[..., Path]) -> None:
    graph = "color=0x204060:s={size}:r={rate}:d=1[a];color=0xE0C040:s={size}:r={rate}:d=1[b];[a][b]concat=n=2:v=1"
    found = run(studio, media_of(clips("two.mp4", graph=graph)), Engine())
    assert found.cuts == [24]
    assert [(shot.start_frame, shot.end_frame, shot.start_s, shot.end_s) for shot in found.shots] == [(0, 24, 0, 1), (24, 48, 1, 2)]
    assert found.probabilities.model_dump() == {"frames": 48, "highest": 1.0, "mean": 0.0208, "above_threshold": 1}
    assert studio.progress[-1][1] == "Looking for shots"


def test_a_model_for_something_else_is_refused(studio: Any, media_of: Callable[..., Any], clips: Callable[..., Path]) -> None:
    with pytest.raises(BadInput, match="transnetv2 finds no shots"):
        run(studio, media_of(clips("plain.mp4")), object())


def test_it_can_be_cancelled(studio: Any, media_of: Callable[..., Any], clips: Callable[..., Path]) -> None:
    class Slow(Engine):
        def detect(self, frames: Iterator[Any]) -> list[float]:
            next(frames)
            studio.cancelled = True
            return super().detect(frames)

    with pytest.raises(JobCancelled):
        run(studio, media_of(clips("plain.mp4")), Slow())


def test_frames_are_small_rgb(clips: Callable[..., Path]) -> None:
    from app.video.decode import Decoder

    image = small(next(iter(Decoder(clips("plain.mp4"), 1 / 24).pictures())).raw)
    assert (image.shape, str(image.dtype)) == ((27, 48, 3), "uint8")
    assert abs(image[13, 24].astype(int) - [0x20, 0x40, 0x60]).max() < 12


@pytest.mark.parametrize("threshold", [0, 1, 2])
def test_nonsense_is_refused(threshold: float) -> None:
    with pytest.raises(ValidationError):
        FindShots(video="clip", threshold=threshold)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    settings = load_settings({"data_dir": tmp_path_factory.mktemp("shots") / "data", "headless": True, "device": "cpu", "cpu_workers": 1})
    with Studio.open(settings, keep_spare=False) as made:
        yield made


@has_torch
def test_end_to_end(real: Studio, tmp_path: Path, clips: Callable[..., Path]) -> None:
    from tests.backends.tiny.transnet import save_transnet

    request = {"video": str(clips("plain.mp4"))}
    missing = real.wait(real.submit("video.shots", request, allow_paths=True).job.id, 60).job
    assert missing.error is not None
    assert missing.error["message"] == "The model transnetv2 is not installed."
    assert "models import FILE --card transnetv2" in missing.error["remedy"]

    weights = save_transnet(tmp_path / "transnetv2.safetensors")
    imported = real.submit("model.import", {"path": str(weights), "card": "transnetv2"}, allow_paths=True).job
    assert real.wait(imported.id, 60).job.state == "succeeded"
    details = [real.wait(real.submit("video.shots", request, allow_paths=True, reuse=False).job.id, 120) for _ in range(2)]
    assert [detail.job.state for detail in details] == ["succeeded"] * 2, details[0].job.error
    found = Shots.model_validate(details[0].result)
    assert found == Shots.model_validate(details[1].result)
    assert found.probabilities.frames == found.shots[-1].end_frame == 96
    assert [shot.start_frame for shot in found.shots] == [0, *found.cuts]


def test_the_card_is_not_confused_with_other_weights(tmp_path: Path) -> None:
    from backends.folder_kinds import describe

    names = ("SDDCNN.0.DDCNN.0.Conv3D_1.layers.0.weight", "frame_sim_layer.fc.weight", "cls_layer1.weight")
    found = describe(headers_only(tmp_path / "shots.safetensors", names))
    assert (found.task, found.engine, found.family) == ("detection", "transnet", "transnet")
    with pytest.raises(BadInput, match="not a model by itself"):
        describe(headers_only(tmp_path / "other.safetensors", names[:2]))


def test_nobody_has_it_from_the_start(tmp_path: Path) -> None:
    from app.models.library import open_store

    with pytest.raises(NotFound, match="transnetv2 is not installed"):
        open_store(tmp_path, tmp_path / "models").find("transnetv2")
