"""How captions come, move and go, on real pictures."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from app.editing.caption import Caption
from app.editing.captions.animations import ANIMATIONS
from app.editing.operations.words import Animation
from tests.app.editing.captions.burning import burnt, inked, spread


def shown(tmp_path, animation: str, text: str = "Hello you", seconds: float = 2.0) -> np.ndarray:
    caption = Caption(text, 0.0, seconds, "subtitle", position=(0.5, 0.5), changes={"animation": animation, "size_percent": 10.0})
    return burnt([caption], seconds, tmp_path, rate=25)


def brightness(frames: np.ndarray) -> np.ndarray:
    return np.abs(frames.astype(int) - 128).sum(axis=(1, 2, 3))


def test_the_table_has_every_animation_of_a_plan():
    assert set(ANIMATIONS) == set(get_args(Animation))


def test_none_is_still(tmp_path):
    frames = shown(tmp_path, "none")
    assert np.all(frames == frames[0])


def test_a_fade_comes_and_goes(tmp_path):
    light = brightness(shown(tmp_path, "fade"))
    assert light[0] < 0.2 * light[25]
    assert light[2] < light[4] <= light[25] * 1.01
    assert light[-1] < 0.4 * light[25]


def test_a_pop_grows_beyond_and_settles(tmp_path):
    frames = shown(tmp_path, "pop")
    widths = [spread(frame)[2] - spread(frame)[0] if inked(frame).any() else 0 for frame in frames[:20]]
    assert widths[1] < widths[15]
    assert max(widths) > 1.05 * widths[15]


def test_it_slides_up(tmp_path):
    frames = shown(tmp_path, "slide_up")
    tops = [spread(frame)[1] for frame in frames[2:20]]
    assert tops[0] > tops[4] > tops[-1] - 0.001
    assert tops[-1] == tops[-4]


def test_a_typewriter_writes_from_the_left(tmp_path):
    frames = shown(tmp_path, "typewriter")
    rights = [spread(frame)[2] if inked(frame).any() else 0 for frame in frames]
    assert rights == sorted(rights)
    assert len(set(rights)) > 6
    assert len({spread(frame)[0] for frame in frames[2:]}) == 1
    assert np.array_equal(frames[30], frames[-1])


def test_a_shake_shakes_less_and_less(tmp_path):
    frames = shown(tmp_path, "shake")
    centres = np.array([[(s[0] + s[2]) / 2, (s[1] + s[3]) / 2] for s in map(spread, frames)])
    steps = np.abs(np.diff(centres, axis=0)).max(axis=1)
    assert steps[:12].max() > 0.005
    assert steps[:12].mean() > 1.5 * steps[-15:].mean()
    assert np.array_equal(shown(tmp_path, "shake"), frames)


def test_karaoke_lights_one_word_after_another(tmp_path):
    frames = shown(tmp_path, "karaoke", "one two six")
    yellow = (frames[..., 0] > 200) & (frames[..., 2] < 110) & (frames[..., 1] > 150)
    middles = [np.flatnonzero(yellow[number].any(axis=0)).mean() for number in (8, 24, 40)]
    assert middles == sorted(middles)
    assert middles[2] - middles[0] > 40


@pytest.mark.parametrize("animation", sorted(ANIMATIONS))
@pytest.mark.parametrize("text", ["مرحبا بالعالم", "x", "two\nlines"])
def test_every_animation_takes_any_text_even_for_a_moment(tmp_path, animation, text):
    frames = shown(tmp_path, animation, text, 0.12)
    assert len(frames) == 3
    if animation != "typewriter":
        assert inked(shown(tmp_path, animation, text, 1.0)[12]).any()
