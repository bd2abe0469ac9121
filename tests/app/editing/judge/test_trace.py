"""Traces: what they are made of, how they are stored, how uneven frames come onto a grid."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from app.editing.judge.trace import Trace, read_trace
from configs.errors import BadMedia
from tests.app.editing.judge.synthetic import FPS, sounds, trace


def test_it_comes_back_as_it_was_stored() -> None:
    made = trace(np.arange(20), onsets=sounds(1.0))
    back = Trace.unpack(made.pack())
    for field in fields(Trace):
        assert np.array_equal(getattr(back, field.name), getattr(made, field.name)), field.name


def test_a_damaged_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "traces.npz"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(BadMedia, match=r"traces\.npz"):
        read_trace(path)
    with pytest.raises(BadMedia, match=r"traces\.npz"):
        read_trace(tmp_path / "gone" / "traces.npz")


def test_shapes_correlate_with_themselves_alone_and_not_with_light() -> None:
    made = trace(np.arange(0, 200, 10))
    brighter = replace(made, tiny=np.clip(made.tiny.astype(int) // 2 + 90, 0, 255).astype(np.uint8))
    likeness = made.shapes @ brighter.shapes.T
    assert np.allclose(np.diag(likeness), 1.0, atol=0.01)
    assert (likeness.argmax(axis=1) == np.arange(len(made))).all()


def test_flat_pictures_have_no_shape() -> None:
    made = trace(np.arange(3))
    flat = replace(made, tiny=np.full_like(made.tiny, 90))
    assert not flat.shapes.any()


def test_change_is_that_from_the_frame_before() -> None:
    made = trace([0, 0, 5, 5.5])
    assert made.change[0] == 0
    assert made.change[1] == 0
    assert made.change[2] > made.change[3] > 0


def test_flux_has_the_rises_only() -> None:
    levels = np.full((50, 7), -60.0)
    levels[20:30] = -30
    flux = trace([0], onsets=levels).flux
    assert set(np.flatnonzero(flux.sum(axis=1))) == {20, 21}
    assert flux.max() == 20  # cut


def test_uneven_frames_come_onto_an_even_grid() -> None:
    made = trace(np.arange(6))
    uneven = replace(made, times_s=np.array([0.0, 0.1, 0.2, 0.5, 0.6, 0.7]), fps=10.0)
    grid = uneven.on_grid(10.0)
    assert len(grid) == 8
    shown = [next(n for n in range(6) if np.array_equal(picture, made.tiny[n])) for picture in grid.tiny]
    assert shown == [0, 1, 2, 2, 2, 3, 4, 5]
    assert grid.columns.shape == (8, made.columns.shape[1])


def test_length_and_columns() -> None:
    made = trace(np.arange(48), sharpness=77.0)
    assert made.seconds == pytest.approx(48 / FPS)
    assert (made["sharpness"] == 77).all()
    assert not made.has_sound
