"""Shots decided anew: the same settings give the same scenes; others give scenes made from what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.video.reshots import Detection, Film, changes, detected, scenes_of
from app.video.stored import read_film
from configs.errors import BadInput

CUTS = [24, 48, 72]


@pytest.fixture
def analysed(analyse: Callable[..., tuple[Any, Any]], clips: Callable[..., Path]) -> tuple[Any, Film]:
    """Four scenes of a second each: the analysis, and what is read back of it."""
    analysis, studio = analyse(clips("four.mp4"), frames_per_scene=2)
    return analysis, read_film(studio.artifacts["analysis.json"].path, studio.artifacts["curves.npz"].path)


def again(film: Film, wanted: Detection) -> tuple[int, ...]:
    return detected(film, wanted, changes(film, wanted))


def test_the_same_settings_give_the_same_scenes(analysed: tuple[Any, Film]) -> None:
    analysis, film = analysed
    assert again(film, Detection()) == tuple(CUTS)
    assert again(film, Detection(1.0, 3 / 24)) == tuple(CUTS)
    assert scenes_of(film, CUTS) == analysis.scenes


def test_a_longer_shortest_shot_leaves_fewer(analysed: tuple[Any, Film]) -> None:
    assert again(analysed[1], Detection(min_shot_s=1.5)) == (48,)
    assert again(analysed[1], Detection(min_shot_s=0)) == tuple(CUTS)


def test_a_lower_sensitivity_finds_fewer(analysed: tuple[Any, Film]) -> None:
    assert len(again(analysed[1], Detection(sensitivity=0.05))) < len(CUTS)


def test_new_scenes_have_the_films_times_and_the_keyframes_inside(analysed: tuple[Any, Film]) -> None:
    analysis, film = analysed
    scenes = scenes_of(film, [10, 60])
    assert [(s.index, s.start_frame, s.end_frame) for s in scenes] == [(0, 0, 10), (1, 10, 60), (2, 60, 96)]
    assert scenes[1].start_timecode == "00:00:00:10"
    assert scenes[1].start_s == pytest.approx(10 / 24)
    assert scenes[-1].end_s == analysis.duration_s
    inside = [k.frame for s in analysis.scenes for k in s.keyframes if 10 <= k.frame < 60]
    assert [k.frame for k in scenes[1].keyframes] == inside
    assert all(one.end_frame == two.start_frame and one.end_s == two.start_s for one, two in pairwise(scenes))


def test_light_is_measured_on_the_new_scenes_own_frames(analysed: tuple[Any, Film]) -> None:
    _, film = analysed
    merged = scenes_of(film, [48, 72])[0].quality
    parts = [scene.quality for scene in film.scenes[:2]]
    assert merged.brightness == pytest.approx((parts[0].brightness + parts[1].brightness) / 2, abs=1)
    assert merged.sampled_frames == parts[0].sampled_frames + parts[1].sampled_frames
    assert merged.sharpness_min == min(part.sharpness_min for part in parts)
    half = scenes_of(film, [12, *CUTS])[0].quality
    assert half.brightness == pytest.approx(parts[0].brightness, abs=1)
    assert half.sharpness_min <= half.sharpness


def test_sharpness_follows_the_frames_of_the_new_scene(analysed: tuple[Any, Film]) -> None:
    _, film = analysed
    columns = dict(film.curves.columns)
    columns["sharpness"] = np.concatenate([np.full(12, 30.0), np.full(12, 10.0), np.full(72, 20.0)]).astype(np.float32)
    first = film.scenes[0].model_copy(update={"quality": film.scenes[0].quality.model_copy(update={"sharpness": 200.0})})
    changed = replace(film, curves=replace(film.curves, columns=columns), scenes=[first, *film.scenes[1:]])
    assert [scene.quality.sharpness for scene in scenes_of(changed, [12, *CUTS])[:2]] == [300.0, 100.0]


def test_other_detectors_keep_their_scenes_and_refuse_other_settings(analysed: tuple[Any, Film]) -> None:
    film = replace(analysed[1], detector="content", threshold=27.0)
    assert again(film, Detection()) == tuple(CUTS)
    with pytest.raises(BadInput, match="content"):
        again(film, Detection(sensitivity=2.0))
