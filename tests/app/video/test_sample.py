"""The sample clip is what its ground truth says, and the analysis finds it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.video.decode import Decoder
from app.video.probe import probe_video
from app.video.sample import make_sample
from app.video.sample_truth import BEAT_FRAMES, FPS, FRAMES, GROUND_TRUTH

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sample(tmp_path_factory.mktemp("sample") / "studio-sample.mp4")


@pytest.fixture(scope="module")
def frames(sample: Path) -> Any:
    """(288, 180, 320) luma."""
    import cv2

    small = [cv2.resize(p.image, (320, 180), interpolation=cv2.INTER_AREA) for p in Decoder(sample, 1 / FPS).pictures()]
    return np.stack([cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in small]).astype(np.float32)


@pytest.fixture(scope="module")
def changes(frames: Any) -> Any:
    """Mean absolute change from each frame to the one before; 0 for the first."""
    return np.concatenate([[0.0], np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2))])


def test_it_plays_everywhere(sample: Path) -> None:
    info = probe_video(sample)
    assert (info.video.width, info.video.height, info.video.fps, info.video.frame_count) == (1280, 720, 24.0, FRAMES)
    assert info.duration_s == pytest.approx(12.0)
    assert [a.codec for a in info.audio] == ["aac"]
    assert (info.video.colour.matrix, info.video.colour.primaries) == ("bt709", "bt709")
    assert not info.needs_proxy


def test_the_analysis_finds_the_cuts(sample: Path, analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(sample)
    assert tuple(s.start_frame for s in analysis.scenes[1:]) == GROUND_TRUTH.cuts
    assert all(len(s.keyframes) == 3 for s in analysis.scenes)
    assert analysis.warnings == []


@pytest.mark.parametrize("detector", ["content", "adaptive"])
def test_neither_detector_takes_the_flash_for_a_cut(sample: Path, analyse: Callable[..., Any], detector: str) -> None:
    analysis, _ = analyse(sample, detector=detector)
    assert not {s.start_frame for s in analysis.scenes} & set(range(GROUND_TRUTH.flash[0], GROUND_TRUTH.flash[1] + 1))


def test_no_keyframe_is_the_flash(sample: Path, analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(sample, frames_per_scene=12)
    assert GROUND_TRUTH.flash[0] not in {k.frame for s in analysis.scenes for k in s.keyframes}


def test_the_flash_is_one_white_frame(frames: Any) -> None:
    first, end = GROUND_TRUTH.flash
    assert end - first == 1
    assert frames[first].min() > 245
    assert frames[first - 1].mean() < 220
    assert frames[end].mean() < 220


def test_one_shot_is_held_on_twos(changes: Any) -> None:
    first, end = GROUND_TRUTH.twos
    held = changes[first + 1 : end : 2]
    drawn = changes[first + 2 : end : 2]
    assert held.max() < 0.05
    assert drawn.min() > 0.2


def test_the_other_shots_are_on_ones(changes: Any) -> None:
    elsewhere = [n for n in range(1, FRAMES) if not GROUND_TRUTH.twos[0] <= n < GROUND_TRUTH.twos[1]]
    assert np.mean([changes[n] > 0.02 for n in elsewhere]) > 0.97


def test_the_camera_pans_as_told(sample: Path) -> None:
    """From each frame to the next, the landscape left of Pip fits best when moved by the pan, and by nothing else."""
    first, end = GROUND_TRUTH.pan
    land = [p.image[60:620, 60:440].astype(np.int16) for p in Decoder(sample, 1 / FPS).pictures() if first <= p.index < end]
    for before, after in pairwise(land):
        misfit = {shift: np.abs(before[:, shift:] - after[:, : after.shape[1] - shift]).mean() for shift in range(0, 33, 2)}
        assert min(misfit, key=lambda shift: misfit[shift]) == GROUND_TRUTH.pan_px_per_frame
    assert GROUND_TRUTH.cuts[1:3] == GROUND_TRUTH.pan


def test_there_is_a_click_on_every_beat(sample: Path) -> None:
    """The loudest rise of high-frequency energy around each beat lies on it."""
    import av

    with av.open(str(sample)) as container:
        sound = np.concatenate([f.to_ndarray().mean(axis=0) for f in container.decode(audio=0)])
        rate = container.streams.audio[0].sample_rate
    high = np.diff(sound, n=2) ** 2
    window = rate // 200
    energy = np.convolve(high, np.ones(window) / window, mode="valid")[:: window // 2]
    rises = np.diff(energy)
    for frame in GROUND_TRUTH.beats[1:-1]:
        at = int(frame / FPS * rate / (window // 2))
        near = rises[at - 30 : at + 30]
        assert abs(int(near.argmax()) - 30) * (window // 2) / rate < 0.02
    assert len(GROUND_TRUTH.beats) == FRAMES // BEAT_FRAMES


def test_cuts_lie_on_beats() -> None:
    assert set(GROUND_TRUTH.cuts) <= set(GROUND_TRUTH.beats)


def test_it_is_the_same_every_time_and_can_be_made_by_a_process(sample: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.mp4"
    subprocess.run([sys.executable, "-m", "app.video.sample", str(again)], cwd=ROOT, check=True)
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(sample.read_bytes()).digest()
