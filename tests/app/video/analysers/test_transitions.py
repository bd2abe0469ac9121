"""Cuts, flashes, fades and dissolves told apart on films whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers.changes import Changes
from app.video.analysers.transitions import AHEAD, BEHIND, Transition, find_transitions
from app.video.curve_finder import boundaries_of
from app.video.curves import Curves
from tests.app.video.analysers.films import Grey, frames, measured, picture


def still(seed: int, count: int) -> list[Grey]:
    """A shot with a little life in it."""
    rng = np.random.default_rng(seed)
    base = picture(seed).astype(float)
    return [np.clip(base + rng.normal(0, 1.5, base.shape), 0, 255).astype(np.uint8) for _ in range(count)]


def blend(one: Grey, other: Grey, count: int) -> list[Grey]:
    return [np.round(one + (other.astype(float) - one) * (n + 1) / (count + 1)).astype(np.uint8) for n in range(count)]


def curves(*parts: list[Grey]) -> Curves:
    film = [grey for part in parts for grey in part]
    tints = [100 + 17 * n for n, part in enumerate(parts) for _ in part]
    return measured(Changes(), frames(film, tints if all(len(p) > 15 for p in parts) else None))


def kinds(found: list[Transition]) -> list[str]:
    return [t.kind for t in found]


BLACK, WHITE = np.zeros((90, 160), np.uint8), np.full((90, 160), 255, np.uint8)


def test_a_still_shot_has_nothing() -> None:
    assert find_transitions(curves(still(1, 60))) == []


def test_hard_cuts_are_found_on_their_frame() -> None:
    found = find_transitions(curves(still(1, 30), still(2, 25), still(3, 40)))
    assert [(t.kind, t.boundary) for t in found] == [("cut", 30), ("cut", 55)]


def test_cuts_may_follow_each_other_closely() -> None:
    found = find_transitions(curves(still(1, 30), still(2, 6), still(3, 30)))
    assert [t.boundary for t in found if t.kind == "cut"] == [30, 36]


@pytest.mark.parametrize("length", [1, 2])
@pytest.mark.parametrize("light", [BLACK, WHITE])
def test_a_flash_starts_no_shot(length: int, light: Grey) -> None:
    found = find_transitions(curves(still(1, 30) + [light] * length + still(1, 30)))
    assert [(t.kind, t.first, t.last) for t in found] == [("flash", 30, 29 + length)]
    assert boundaries_of(found) == []


@pytest.mark.parametrize("length", [3, 5, 8, 12, 15, 24])
def test_a_dissolve_is_one_transition_with_its_extent(length: int) -> None:
    one, other = still(1, 40), still(4, 40)
    found = find_transitions(curves(one + blend(one[-1], other[0], length) + other))
    assert kinds(found) == ["dissolve"]
    assert abs(found[0].first - 40) <= 2
    assert abs(found[0].last - (39 + length)) <= 2
    assert 40 <= found[0].boundary <= 40 + length


@pytest.mark.parametrize("ground", [BLACK, WHITE])
@pytest.mark.parametrize("length", [5, 12])
def test_a_fade_through_a_colour_is_one_transition(ground: Grey, length: int) -> None:
    one, other = still(1, 40), still(4, 40)
    film = one + blend(one[-1], ground, length) + [ground] * 3 + blend(ground, other[0], length) + other
    found = find_transitions(curves(film))
    assert kinds(found) == ["fade"]
    assert 40 + length <= found[0].boundary <= 43 + length
    assert len(boundaries_of(found)) == 1


def test_fades_at_the_films_ends_make_no_shots() -> None:
    shot = still(1, 60)
    film = [BLACK] * 10 + blend(BLACK, shot[0], 12) + shot + blend(shot[-1], BLACK, 12) + [BLACK] * 10
    found = find_transitions(curves(film))
    assert kinds(found) == ["fade", "fade"]
    assert [b for b in boundaries_of(found) if b < len(film)] == []


def test_a_long_black_pause_is_a_shot_of_its_own() -> None:
    one, other = still(1, 40), still(4, 40)
    film = one + blend(one[-1], BLACK, 10) + [BLACK] * 60 + blend(BLACK, other[0], 10) + other
    assert boundaries_of(find_transitions(curves(film))) == pytest.approx([50, 110], abs=3)  # almost black is black


def test_a_slow_change_of_light_is_no_dissolve() -> None:
    base = picture(1).astype(float)
    film = still(1, 30) + [np.round(base * (1 - 0.02 * n)).astype(np.uint8) for n in range(25)]
    assert "dissolve" not in kinds(find_transitions(curves(film)))


def test_a_fast_pan_is_no_cut() -> None:
    wide = picture(7, (90, 1600))
    film = [np.ascontiguousarray(wide[:, 12 * n : 12 * n + 160]) for n in range(100)]
    assert "cut" not in kinds(find_transitions(curves(film)))


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_a_part_of_the_picture_that_changes_at_once_is_no_cut(share: float) -> None:
    """A sign that flips, numbers that jump: the rest of the picture stays."""
    film = still(1, 60)
    for n in range(30, 60):
        film[n][: round(90 * share)] = 255 - film[n][: round(90 * share)] // 4
    assert kinds(find_transitions(curves(film))) == []
    old = curves(film)
    without = Curves(old.fps, old.times_s, {name: column for name, column in old.columns.items() if name != "changed"})
    assert all(t.boundary == 30 for t in find_transitions(without))


def test_a_cut_between_letterboxed_shots_is_one() -> None:
    film = still(1, 30) + still(2, 30)
    for grey in film:
        grey[:12] = grey[-12:] = 0
    assert [(t.kind, t.boundary) for t in find_transitions(curves(film))] == [("cut", 30)]


def test_sensitivity_moves_the_line() -> None:
    near = picture(1).astype(float)
    film = still(1, 30) + [np.clip(np.roll(near, 30, axis=1) * 0.9 + 6, 0, 255).astype(np.uint8)] * 30
    numbers = [len(find_transitions(curves(film), s)) for s in (0.2, 1.0, 5.0)]
    assert numbers == sorted(numbers)
    assert numbers[0] == 0
    assert numbers[-1] >= 1


def test_found_bit_by_bit_or_in_one_go_is_the_same() -> None:
    rng = np.random.default_rng(5)
    film: list[Grey] = still(0, 30)
    for seed in range(1, 25):
        shot = still(seed, int(rng.integers(4, 50)))
        if seed % 4 == 0:
            film += blend(film[-1], shot[0], int(rng.integers(3, 14)))
        film += shot
    whole = curves(film)
    expected = boundaries_of(find_transitions(whole))
    found: list[int] = []
    told = 0
    for count in [*range(12, len(whole), 12), len(whole)]:
        settled = count - AHEAD if count < len(whole) else len(whole)
        start = max(0, told - BEHIND)
        if settled > told:
            found += [start + b for b in boundaries_of(find_transitions(whole.part(start, count))) if told < start + b <= settled]
            told = settled
    assert found == expected
    assert len(expected) > 20
