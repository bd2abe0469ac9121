"""Keyframes: sharp, well lit, spread out, away from the cuts, and the right colours."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.decode import Decoder
from app.video.keyframes import LATE_FRAMES, MAX_SIDE_PX, Candidate, Shortlist, appeal, choose, render, shrink, write_jpeg
from app.video.quality import FrameQuality

GOOD = FrameQuality(300, 118, 45, 1, 0, 0)


def candidate(frame: int, sharpness: float = 100.0) -> Candidate:
    return Candidate(frame, frame * 10, frame / 24, FrameQuality(sharpness, 118, 45, 1, 0, 0))


@pytest.mark.parametrize(
    "worse",
    [
        FrameQuality(20, 118, 45, 1, 0, 0),
        FrameQuality(300, 8, 45, 1, 0, 0),
        FrameQuality(300, 250, 45, 1, 0, 0),
        FrameQuality(300, 118, 45, 1, 0.7, 0),
        FrameQuality(300, 118, 45, 1, 0, 0.7),
        FrameQuality(300, 118, 0.5, 1, 0, 0),
    ],
)
def test_blurred_badly_lit_clipped_and_flat_frames_appeal_less(worse: FrameQuality) -> None:
    assert 0 <= appeal(worse) < appeal(GOOD)


def test_the_sharpest_frames_are_chosen() -> None:
    frames = [candidate(n, 500.0 if n in (30, 60, 90) else 50.0) for n in range(0, 120, 6)]
    assert [c.frame for c in choose(frames, 0, 120, 3)] == [30, 60, 90]


def test_equal_frames_are_taken_from_the_middle_of_each_part() -> None:
    frames = [candidate(n) for n in range(120)]
    assert [c.frame for c in choose(frames, 0, 120, 3)] == [20, 60, 100]


def test_the_edges_are_avoided_even_when_they_are_sharper() -> None:
    frames = [candidate(n, 900.0 if n in (0, 119) else 50.0) for n in range(120)]
    chosen = [c.frame for c in choose(frames, 0, 120, 2)]
    assert 0 not in chosen
    assert 119 not in chosen


def test_a_single_candidate_is_better_than_none() -> None:
    assert [c.frame for c in choose([candidate(7)], 7, 9, 3)] == [7]


@given(
    frames=st.lists(st.tuples(st.integers(0, 999), st.floats(0, 2000)), min_size=1, max_size=60, unique_by=lambda f: f[0]),
    wanted=st.integers(1, 12),
)
def test_choosing_keeps_its_promises(frames: list[tuple[int, float]], wanted: int) -> None:
    candidates = [candidate(*f) for f in sorted(frames)]
    chosen = choose(candidates, 0, 1000, wanted)
    assert len(chosen) == min(wanted, len(candidates))
    assert all(a.frame < b.frame for a, b in pairwise(chosen))
    assert {c.frame for c in chosen} <= {c.frame for c in candidates}


def test_a_shortlist_stays_small_and_keeps_the_best() -> None:
    shortlist = Shortlist(wanted=3)
    for frame in range(5000):
        shortlist.add(candidate(frame, 1000.0 if frame == 1234 else 10.0 + frame % 7))
        assert len(shortlist) <= 16 + LATE_FRAMES + 1
    kept = [c.frame for c in shortlist.candidates()]
    assert 1234 in kept
    assert kept[0] < 1250
    assert kept[-1] == 4999


def test_every_young_frame_is_kept_and_old_ones_are_thinned_out() -> None:
    shortlist = Shortlist(wanted=1)
    for frame in range(1000):
        shortlist.add(candidate(frame, 50.0 + frame % 3))
    kept = [c.frame for c in shortlist.candidates()]
    assert kept[-LATE_FRAMES - 1 :] == list(range(999 - LATE_FRAMES, 1000))
    assert len(kept) <= 16 + LATE_FRAMES + 1
    assert max(b - a for a, b in pairwise(kept)) <= 192


def test_a_late_cut_divides_the_shortlist() -> None:
    shortlist = Shortlist(wanted=2)
    for frame in range(0, 40, 5):
        shortlist.add(candidate(frame))
    assert [c.frame for c in shortlist.split(22)] == [0, 5, 10, 15, 20]
    assert [c.frame for c in shortlist.candidates()] == [25, 30, 35]
    assert [c.frame for c in shortlist.split(1000)] == [25, 30, 35]
    assert len(shortlist) == 0


@pytest.mark.parametrize("split_at", [None, 371, 90])
def test_a_restored_shortlist_goes_on_as_the_first_would_have(split_at: int | None) -> None:
    """What a resumed analysis relies on."""
    first = Shortlist(wanted=2)
    for frame in range(0, 400, 3):
        first.add(candidate(frame, (frame * 7919) % 97))
    if split_at is not None:
        first.split(split_at)
    again = Shortlist(wanted=2)
    again.restore(first.grid(), first.candidates())
    assert again.candidates() == first.candidates()
    for frame in range(400, 1900, 3):
        first.add(candidate(frame, (frame * 7919) % 97))
        again.add(candidate(frame, (frame * 7919) % 97))
    assert [c.frame for c in first.candidates()] == [c.frame for c in again.candidates()]


COLOURS = "color=0xD03020:s={size}:r=24:d=0.5"


@pytest.mark.parametrize(("size", "matrix"), [("320x240", "bt601"), ("1280x720", "bt709")])
@pytest.mark.parametrize("tagged", [True, False])
def test_colours_are_those_of_the_film(clips: Callable[..., Path], size: str, matrix: str, tagged: bool) -> None:
    """Untagged pictures are taken as BT.709 when they are high definition, BT.601 otherwise, as players do."""
    tag = f",setparams=colorspace={'bt709' if matrix == 'bt709' else 'smpte170m'}" if tagged else ",setparams=colorspace=unknown"
    path = clips(
        "colour.mp4", "-vf", f"scale=out_color_matrix={matrix}:out_range=tv,format=yuv420p{tag}", "-crf", "5",
        graph=COLOURS.replace("{size}", size),
    )  # fmt: skip
    image = render(next(Decoder(path, 1 / 24).pictures()).raw, Fraction(1), 0)
    assert image[image.shape[0] // 2, image.shape[1] // 2] == pytest.approx([0x20, 0x30, 0xD0], abs=5)


def test_large_pictures_are_scaled_down_and_odd_pixels_made_square(clips: Callable[..., Path]) -> None:
    path = clips("large.mp4", "-pix_fmt", "yuv420p", "-preset", "ultrafast", graph="testsrc2=s=2560x1440:r=24:d=0.1")
    raw = next(Decoder(path, 1 / 24).pictures()).raw
    small = shrink(raw)
    assert (small.width, small.height) == (MAX_SIDE_PX, 720)
    assert render(small, Fraction(1), 0).shape == (720, 1280, 3)
    assert render(small, Fraction(2), 0).shape == (360, 1280, 3)
    assert render(small, Fraction(1), 90).shape == (1280, 720, 3)


def test_small_pictures_are_left_as_they_are(clips: Callable[..., Path]) -> None:
    raw = next(Decoder(clips("plain.mp4", "-pix_fmt", "yuv420p"), 1 / 24).pictures()).raw
    assert shrink(raw) is raw
    assert render(raw, Fraction(1), 0).shape == (90, 160, 3)


def test_jpegs_can_be_read_back(tmp_path: Path) -> None:
    image = np.full((40, 60, 3), (20, 120, 220), np.uint8)
    write_jpeg(image, tmp_path / "k.jpg")
    back = cv2.imread(str(tmp_path / "k.jpg"))
    assert back is not None
    assert back.shape == image.shape
    assert np.abs(back.astype(int) - image).max() <= 6
