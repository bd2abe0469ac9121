"""Sizes change without dark rims, halos or a change of brightness."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from app.imaging.resampling import covering, denoised, resized, sharpened, to_linear, to_srgb
from tests.app.imaging.made import disc, noise


def values(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def test_light_and_values_are_each_others_reverse() -> None:
    ramp = np.linspace(0, 1, 256, dtype=np.float32)
    assert np.abs(to_srgb(to_linear(ramp)) - ramp).max() < 1e-5
    assert to_linear(np.float32([0.5]))[0] == pytest.approx(0.2140, abs=1e-4)


@pytest.mark.parametrize("size", [(192, 128), (40, 30), (96, 64), (97, 63), (1, 1)])
@pytest.mark.parametrize("clear", [False, True])
def test_every_size_can_be_made(size: tuple[int, int], clear: bool) -> None:
    found = resized(disc(clear=clear), *size)
    assert (found.size, found.mode) == (size, "RGBA" if clear else "RGB")


def test_a_plain_colour_stays_itself() -> None:
    for size in ((7, 9), (300, 200)):
        found = values(resized(Image.new("RGBA", (50, 40), (200, 100, 50, 255)), *size))
        assert np.abs(found - [200, 100, 50, 255]).max() <= 1


def test_shrinking_averages_light() -> None:
    """A fine black and white pattern is as bright as half the light: 188 and not 128."""
    board = Image.fromarray(np.indices((64, 64)).sum(0).astype(np.uint8) % 2 * 255).convert("RGB")
    assert values(resized(board, 8, 8))[4, 4, 0] == pytest.approx(188, abs=3)


def test_nothing_dark_shines_through_at_a_transparent_edge() -> None:
    """The subject is red everywhere it can be seen, whatever stands behind the transparency."""
    image = values(disc(clear=True)).astype(np.uint8)
    image[image[..., 3] == 0] = (0, 255, 0, 0)
    for factor in (2, 0.5):
        found = values(resized(Image.fromarray(image), int(96 * factor), int(64 * factor)))
        seen = found[found[..., 3] > 40]
        assert np.abs(seen[:, :3] - [190, 40, 30]).max() <= 6, factor


def test_enlarging_keeps_soft_transparency_smooth() -> None:
    found = values(resized(disc(clear=True), 384, 256))[128, :, 3]
    assert found.max() == 255
    assert found.min() == 0
    assert ((found > 10) & (found < 245)).sum() >= 6, "an edge of some pixels on either side"
    assert np.all(np.diff(found[:192]) >= -3), "rises without ringing"


def test_flat_colours_stay_flat_beside_an_outline() -> None:
    drawn = np.full((30, 30, 3), 200, np.uint8)
    drawn[:, 15:] = 30
    found = values(resized(Image.fromarray(drawn), 120, 120))
    assert np.all(found[:, :54] == 200)
    assert np.all(found[:, 68:] == 30)


def test_covering_crops_evenly() -> None:
    wide = Image.new("RGB", (200, 50), (255, 0, 0))
    wide.paste((0, 0, 255), (75, 0, 125, 50))
    found = covering(wide, 50, 50)
    assert found.size == (50, 50)
    assert found.getpixel((25, 25)) == (0, 0, 255)
    assert covering(wide, 64, 128).size == (64, 128)


def test_sharpening_steepens_edges_without_halos() -> None:
    step = np.full((40, 40, 3), 80, np.uint8)
    step[:, 20:] = 170
    soft = resized(Image.fromarray(step), 160, 160)
    sharp = sharpened(soft, 1.0, 3.0)
    before, after = values(soft)[80, :, 0], values(sharp)[80, :, 0]
    assert np.abs(np.diff(after)).max() > np.abs(np.diff(before)).max()
    assert after.min() >= before.min()
    assert after.max() <= before.max()
    assert np.array_equal(values(sharpened(soft, 0, 3.0)), values(soft))


def test_denoising_takes_noise_and_leaves_edges() -> None:
    dice = np.random.default_rng(3)
    step = np.full((60, 60, 3), 80.0)
    step[:, 30:] = 170
    noisy = Image.fromarray(np.clip(step + dice.normal(0, 8, step.shape), 0, 255).astype(np.uint8))
    found = values(denoised(noisy, 1.0))
    assert np.abs(found - step)[:, :25].mean() < 0.5 * np.abs(values(noisy) - step)[:, :25].mean()
    assert found[30, 33, 0] - found[30, 26, 0] > 70
    assert np.array_equal(values(denoised(noisy, 0)), values(noisy))


@pytest.mark.parametrize("change", [lambda image: sharpened(image, 0.6, 1.5), lambda image: denoised(image, 0.6)])
def test_transparency_stays(change: object) -> None:
    image = disc(clear=True)
    found = change(image)  # type: ignore[operator]
    assert found.mode == "RGBA"
    assert np.array_equal(values(found)[..., 3], values(image)[..., 3])


def test_detail_survives_there_and_back() -> None:
    image = noise()
    back = resized(resized(image, 240, 180), 80, 60)
    assert np.abs(values(back) - values(image)).mean() < 1.5
