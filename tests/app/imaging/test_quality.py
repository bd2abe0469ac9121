"""Faults of single pictures: hand-computed figures, planted damage, drawn art that has none."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from app.imaging.quality import (
    BRIGHTEST,
    DARKEST,
    FEWEST_EDGES,
    LEAST_CONTRAST,
    LEAST_LIGHT,
    LEAST_TIES,
    MOST_GRAIN,
    MOST_HIGHLIGHTS,
    MOST_SHADOWS,
    Figures,
    clipped,
    edges_of,
    faults_of,
    grain_of,
    measure,
    ties_of,
)
from tests.app.imaging.damages import DAMAGES, clean, kinds_found

FINE = Figures(
    edge_px=1.0, edges=0.5, brightness=120, contrast=150, brightest=240, shadows_clipped=0, highlights_clipped=0, grain=1, ties=0.95,
    side_px=640,
)  # fmt: skip


@lru_cache
def pictures() -> tuple[Image.Image, ...]:
    return tuple(clean(seed) for seed in range(200, 208))


def test_clean_pictures_have_no_faults() -> None:
    assert [kinds_found(picture) for picture in pictures()] == [set()] * len(pictures())


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, harms in DAMAGES.items() for name in harms])
def test_damage_is_found(kind: str, name: str) -> None:
    hits = sum(kind in kinds_found(DAMAGES[kind][name](picture)) for picture in pictures())
    assert hits >= (0.6 if name == "2.5 times too bright" else 0.85) * len(pictures())


@pytest.mark.parametrize("blur", [1.5, 2.0, 3.0])
def test_the_width_of_an_edge_is_that_of_its_blur(blur: float) -> None:
    x = np.arange(96, dtype=np.float64)
    profile = 128 + 80 * np.array([math.erf((value - 47.5) / (blur * math.sqrt(2))) for value in x])
    found = edges_of(np.tile(profile, (96, 1)).astype(np.float32))
    assert found[1] == pytest.approx(math.hypot(blur, 1), rel=0.08)
    assert 0 < found[0] < 0.5


def test_flat_art_with_hard_edges_is_sharp() -> None:
    picture = Image.new("RGB", (320, 200), (250, 240, 200))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((100, 40, 200, 160), fill=(200, 60, 40))
    assert measure(picture).edge_px < 1.2
    assert not faults_of(measure(picture))
    assert measure(picture.filter(ImageFilter.GaussianBlur(3))).edge_px > 2.5


def test_a_soft_background_behind_a_sharp_subject_is_no_fault() -> None:
    ground = Image.radial_gradient("L").resize((320, 200)).filter(ImageFilter.GaussianBlur(8)).convert("RGB")
    ImageDraw.Draw(ground).rectangle((130, 50, 190, 150), fill=(200, 60, 40))
    assert "sharpness" not in kinds_found(ground)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"ties": LEAST_TIES - 0.1}, "emptiness", "Noise: neighbouring pixels agree by 0.35"),
        ({"edges": FEWEST_EDGES / 2}, "emptiness", "Empty: edges in 0.5% of the picture, at least 1% are wanted."),
        ({"edge_px": 4.0}, "sharpness", "Blurred: the sharpest edges are 4.0 px wide, at most 2.5 px are wanted."),
        ({"grain": MOST_GRAIN + 3}, "sharpness", "Grainy: noise of 12.0 levels, at most 9 are wanted."),
        ({"brightness": DARKEST - 10}, "exposure", "Dark: the mean is 30 of 255, at least 40 is wanted."),
        ({"brightest": LEAST_LIGHT - 20}, "exposure", "Dark: its brightest parts reach 70 of 255, at least 90 is wanted."),
        ({"brightness": BRIGHTEST + 10}, "exposure", "Bright: the mean is 240 of 255, at most 230 is wanted."),
        ({"contrast": LEAST_CONTRAST - 8}, "exposure", "Pale: 20 levels lie between dark and light, at least 28 are wanted."),
        ({"shadows_clipped": MOST_SHADOWS + 0.1}, "exposure", "Shadows without drawing: 30% of the picture, at most 20% is wanted."),
        ({"highlights_clipped": MOST_HIGHLIGHTS + 0.065}, "exposure", "Blown-out light: 10% of the picture, at most 3.5% is wanted."),
    ],
)  # fmt: skip
def test_every_fault_is_a_sentence_with_its_figure(change: dict[str, float], kind: str, words: str) -> None:
    assert faults_of(FINE) == []
    (fault,) = faults_of(replace(FINE, **change))  # type: ignore[arg-type]
    assert fault.kind == kind
    assert fault.reason.startswith(words)


def test_an_empty_picture_is_not_blurred_too() -> None:
    assert [fault.kind for fault in faults_of(replace(FINE, edges=0.0, edge_px=9.0, contrast=0.0))] == ["emptiness"]


def test_small_pictures_may_be_softer_in_proportion() -> None:
    assert replace(FINE, side_px=100).widest_edge_px == 1.7
    assert replace(FINE, side_px=500).widest_edge_px == pytest.approx(2.0)
    assert FINE.widest_edge_px == 2.5


def test_paper_and_ink_are_not_clipped_but_light_that_ran_over_is() -> None:
    paper = np.full((100, 100), 255, np.float32)
    paper[30:70, 30:70] = 90
    assert clipped(paper, dark=False) == 0
    assert clipped(255 - paper, dark=True) == 0
    y, x = np.mgrid[0:100, 0:100]
    lamp = np.clip(400 - 6 * np.hypot(x - 50, y - 50), 0, 255).astype(np.float32)
    assert clipped(lamp, dark=False) == pytest.approx((lamp >= 252).mean(), rel=0.01)
    assert clipped(255 - lamp, dark=True) == pytest.approx(((255 - lamp) <= 3).mean(), rel=0.01)


@pytest.mark.parametrize("levels", [4.0, 12.0])
def test_grain_is_the_deviation_of_noise_whatever_the_edges(levels: float) -> None:
    plane = np.full((200, 200), 100, np.float32)
    plane[:, 100:] = 180
    plane[::20] = 30
    noise = np.random.default_rng(3).normal(0, levels, plane.shape).astype(np.float32)
    assert grain_of(plane + noise) == pytest.approx(levels, rel=0.12)
    assert grain_of(plane) == 0


def test_ties_by_hand() -> None:
    assert ties_of(np.full((8, 8), 3, np.float32)) == 1.0
    board = (np.indices((40, 40)).sum(axis=0) % 2 * 100).astype(np.float32)
    assert ties_of(board) == pytest.approx(-1.0)
    assert abs(ties_of(np.random.default_rng(5).normal(0, 30, (100, 100)).astype(np.float32))) < 0.05


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L"])
@pytest.mark.parametrize("size", [(1, 1), (5, 300), (300, 5), (1500, 900)])
def test_any_mode_and_size_is_measured(mode: str, size: tuple[int, int]) -> None:
    found = measure(Image.new("RGB", size, (90, 120, 160)).convert(mode))
    assert found.side_px <= 640
    assert faults_of(found)[0].kind == "emptiness"
