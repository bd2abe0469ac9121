"""A detector frozen and thawed goes on as if nothing had happened."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from app.video.decode import Picture
from app.video.models import AnalyzeVideo
from app.video.scene_state import freeze, thaw
from app.video.scenes import SceneFinder, make_detector

SETTINGS: list[dict[str, Any]] = [
    {"detector": "content", "scene_threshold": 8},
    {"detector": "content", "scene_threshold": 8, "min_scene_frames": 20},
    {"detector": "adaptive", "scene_threshold": 2, "min_scene_frames": 7},
    {"detector": "threshold", "scene_threshold": 30, "min_scene_frames": 5},
    {"detector": "histogram", "scene_threshold": 0.2, "min_scene_frames": 6},
    {"detector": "hash", "scene_threshold": 0.35, "min_scene_frames": 6},
]


def film(count: int = 220) -> list[Picture]:
    """Noise over tones that jump, with flashes and black stretches."""
    rng = np.random.default_rng(3)
    pictures = []
    for n in range(count):
        tone = 0 if n % 83 > 74 else 250 if n % 59 == 7 else (n // 23 * 67) % 200 + 30
        image = np.clip(tone + rng.integers(-12, 12, (45, 80, 3)), 0, 255).astype(np.uint8)
        image[:, :, 1] = (image[:, :, 1].astype(int) * (n // 31 % 4)) // 3
        picture = Picture(n, n * 512, n / 24, None)  # type: ignore[arg-type]
        picture.image = image
        pictures.append(picture)
    return pictures


def finder(settings: dict[str, Any], vfr: bool) -> SceneFinder:
    return SceneFinder(make_detector(AnalyzeVideo(video="clip", **settings)), Fraction(24), vfr)


@pytest.mark.parametrize("vfr", [False, True])
@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: "-".join(map(str, s.values())))
def test_going_on_from_a_kept_state_gives_the_same_cuts(settings: dict[str, Any], vfr: bool) -> None:
    pictures = film()
    whole = finder(settings, vfr)
    expected = [cut for picture in pictures for cut in whole.feed(picture)] + whole.finish()
    assert expected
    for stop in range(1, len(pictures), 13):
        first = finder(settings, vfr)
        cuts = [cut for picture in pictures[:stop] for cut in first.feed(picture)]
        state = json.loads(json.dumps(first.state()))
        second = finder(settings, vfr)
        second.restore(state)
        start = cuts[-1].frame if cuts else 0
        for picture in pictures[start:stop]:
            second.remember(picture.index, picture.time_s, picture.stamp)
        cuts += [cut for picture in pictures[stop:] for cut in second.feed(picture)] + second.finish()
        assert cuts == expected


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, "text", [1, [2, "x"]], (1, 2.5), {"a": 1, "b": [2]}, Fraction(30000, 1001), {3: "number as key"}],
    ids=str,
)
def test_plain_values_come_back(value: Any) -> None:
    assert thaw(json.loads(json.dumps(freeze(value)))) == value


def test_arrays_come_back_writable() -> None:
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)
    back = thaw(json.loads(json.dumps(freeze(array))))
    assert np.array_equal(back, array)
    assert back.dtype == np.uint8
    back[0, 0] = 9


def test_numpy_numbers_become_plain_ones() -> None:
    assert freeze(np.float64(2.5)) == 2.5
    assert freeze(np.int64(7)) == 7


def test_strange_things_are_refused() -> None:
    with pytest.raises(TypeError, match="cannot keep a set"):
        freeze({1, 2})


def test_nothing_but_state_is_ever_made() -> None:
    with pytest.raises(KeyError):
        thaw({"": "object", "class": "Popen", "of": {"args": "true"}})
    with pytest.raises(KeyError):
        thaw({"": "code", "of": "1"})


def test_a_state_is_small() -> None:
    whole = finder(SETTINGS[0], False)
    for picture in film(60):
        whole.feed(picture)
    assert len(json.dumps(whole.state())) < 200_000
