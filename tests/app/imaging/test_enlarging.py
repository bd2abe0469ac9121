"""Enlarging to exactly the wanted size, by the built-in engine and by models of any scale."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from app.imaging.enlarging import MOST_MADE, Wish, enlarge, enlarge_by_model, passes_for
from app.imaging.resampling import resized
from configs.errors import BadInput
from tests.app.imaging.made import disc, noise


class Doubler:
    """A model that enlarges by repeating pixels, and notes what it was given."""

    def __init__(self, scale: int) -> None:
        self.scale = scale
        self.given: list[tuple[int, int]] = []

    def upscale(self, image: Image.Image, on_step: object, is_cancelled: object) -> Image.Image:
        self.given.append(image.size)
        on_step(1.0, "one tile")  # type: ignore[operator]
        return image.resize((image.width * self.scale, image.height * self.scale), Image.Resampling.NEAREST)


def silent(fraction: float, message: str) -> None:
    """Hears nothing."""


def test_built_in_makes_the_wanted_size_and_reports() -> None:
    heard: list[float] = []
    made = enlarge(disc(), Wish(144, 96, 0.4, 0.2), lambda fraction, message: heard.append(fraction))
    assert (made.size, made.mode) == ((144, 96), "RGB")
    assert heard == sorted(heard)
    assert heard[-1] == 1


def test_built_in_is_nearer_to_the_truth_than_repeating_pixels() -> None:
    """A picture made small and large again; the error is set against that of the plainest enlargement."""
    for truth in (disc(192, 128), noise(192, 128)):
        small = resized(truth, 96, 64)
        made = enlarge(small, Wish(192, 128, 0.2), silent)
        plain = small.resize((192, 128), Image.Resampling.NEAREST)

        def miss(image: Image.Image, truth: Image.Image = truth) -> float:
            return float(np.square(np.asarray(image).astype(float) - np.asarray(truth)).mean() ** 0.5)

        assert miss(made) < 0.75 * miss(plain)


def test_transparency_is_kept_and_full_opacity_is_not_carried() -> None:
    assert enlarge(disc(clear=True), Wish(192, 128), silent).mode == "RGBA"
    assert enlarge(disc().convert("RGBA"), Wish(192, 128), silent).mode == "RGB"
    assert enlarge_by_model(disc(clear=True), Wish(192, 128), Doubler(2), silent, lambda: False).mode == "RGBA"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("scale", "wanted", "passes"), [(4, 1.5, 1), (4, 4, 1), (4, 8, 2), (2, 1.5, 1), (2, 2, 1), (2, 4, 2), (2, 8, 3), (1, 4, 1), (8, 8, 1)]
)
def test_a_model_runs_as_often_as_the_wish_asks_for(scale: int, wanted: float, passes: int) -> None:
    assert passes_for(scale, wanted) == passes
    engine = Doubler(scale)
    wish = Wish(round(40 * wanted), round(30 * wanted), 0.0)
    made = enlarge_by_model(noise(40, 30), wish, engine, silent, lambda: False)  # type: ignore[arg-type]
    assert made.size == (wish.width, wish.height)
    assert len(engine.given) == passes


def test_further_passes_begin_at_the_size_from_which_they_end_right() -> None:
    engine = Doubler(4)
    enlarge_by_model(noise(40, 30), Wish(240, 180, 0.0), engine, silent, lambda: False)  # type: ignore[arg-type]
    assert engine.given == [(40, 30), (60, 45)]


def test_progress_runs_through_all_passes() -> None:
    heard: list[float] = []
    enlarge_by_model(noise(20, 10), Wish(160, 80), Doubler(2), lambda fraction, _: heard.append(fraction), lambda: False)  # type: ignore[arg-type]
    assert heard == pytest.approx([1 / 3, 2 / 3, 1])


def test_a_pass_that_would_fill_the_memory_is_refused() -> None:
    engine = Doubler(8)
    side = int((MOST_MADE / 64) ** 0.5) + 8
    with pytest.raises(BadInput, match="more than 160 megapixels"):
        enlarge_by_model(Image.new("RGB", (side, side)), Wish(side * 2, side * 2), engine, silent, lambda: False)  # type: ignore[arg-type]
    assert engine.given == []
