"""The ground truth of the sample clip is consistent in itself."""

from __future__ import annotations

import itertools

from app.video.sample_truth import BEAT_FRAMES, FPS, FRAMES, GROUND_TRUTH


def test_it_lasts_twelve_seconds() -> None:
    assert FRAMES / FPS == 12.0
    assert GROUND_TRUTH.frames == FRAMES


def test_cuts_are_inside_and_in_order() -> None:
    edges = (0, *GROUND_TRUTH.cuts, FRAMES)
    assert list(edges) == sorted(set(edges))


def test_what_happens_happens_within_one_shot() -> None:
    edges = (0, *GROUND_TRUTH.cuts, FRAMES)
    shots = list(itertools.pairwise(edges))
    for first, end in (GROUND_TRUTH.flash, GROUND_TRUTH.pan, GROUND_TRUTH.twos):
        assert first < end
        assert any(start <= first and end <= stop for start, stop in shots)


def test_the_beat_is_steady() -> None:
    steps = {b - a for a, b in zip(GROUND_TRUTH.beats, GROUND_TRUTH.beats[1:], strict=False)}
    assert steps == {BEAT_FRAMES}
    assert GROUND_TRUTH.beats[-1] < FRAMES
