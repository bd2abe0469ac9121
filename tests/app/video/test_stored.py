"""What an analysis stores is read back as it was; what cannot be read says so in one sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.video.curves import Curves
from app.video.stored import CURVES, DOCUMENT, SAMPLES, Samples, read_curves, read_film, read_samples
from configs.errors import BadInput, BadMedia

H264 = ("-pix_fmt", "yuv420p")


@pytest.fixture
def made(clips: Callable[..., Path], analyse: Callable[..., Any]) -> tuple[Any, Any]:
    return analyse(clips("plain.mp4", *H264))  # type: ignore[no-any-return]


def test_samples_come_back_as_they_were() -> None:
    rows = Curves(2.0, np.array([0.0, 0.5]), {"frame": np.array([0, 12], np.float32), "noise": np.array([1.5, 2.5], np.float32)})
    back = Samples.unpack(Samples(rows, np.array([0, 512, 1024], np.int64)).pack())
    assert back.rows["frame"].tolist() == [0, 12]
    assert back.rows["noise"].tolist() == [1.5, 2.5]
    assert back.rows.times_s.tolist() == [0.0, 0.5]
    assert back.stamps.tolist() == [0, 512, 1024]


def test_every_frame_has_its_stamp(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    samples = Samples.unpack(studio.artifacts[SAMPLES].path.read_bytes())
    assert len(samples.stamps) == analysis.frame_count
    assert np.all(np.diff(samples.stamps) > 0)


def test_a_film_is_read_with_what_deciding_needs_alone(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    film = read_film(studio.artifacts[DOCUMENT].path, studio.artifacts[CURVES].path)
    assert (film.frame_count, film.duration_s, film.clip_id) == (analysis.frame_count, analysis.duration_s, "clip")
    assert film.scenes == analysis.scenes
    assert film.detected == (24, 48, 72)
    assert (film.detector, film.threshold, film.shortest) == ("studio", 1.0, 3)
    assert len(film.curves.columns) < len(read_curves(studio.artifacts[CURVES].path).columns)


def test_an_earlier_form_says_what_to_do(made: tuple[Any, Any], tmp_path: Path) -> None:
    _, studio = made
    document = json.loads(studio.read(DOCUMENT))
    del document["settings"]
    old = tmp_path / "old.json"
    old.write_text(json.dumps(document))
    with pytest.raises(BadInput, match="Analyse the clip again"):
        read_film(old, studio.artifacts[CURVES].path)


def test_a_table_that_does_not_fit_is_refused(made: tuple[Any, Any], tmp_path: Path) -> None:
    _, studio = made
    whole = read_curves(studio.artifacts[CURVES].path)
    for name, table in (("short", whole.part(0, 50)), ("bare", Curves(whole.fps, whole.times_s, {"d1": whole["d1"]}))):
        path = tmp_path / f"{name}.npz"
        path.write_bytes(table.pack())
        with pytest.raises(BadInput, match="stored too little"):
            read_film(studio.artifacts[DOCUMENT].path, path)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04 cut short"])
def test_a_damaged_table_is_one_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "curves.npz"
    path.write_bytes(data)
    for read in (read_curves, read_samples):
        with pytest.raises(BadMedia, match="cannot be read"):
            read(path)
