"""Pictures become tensors and pictures again."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from backends.picture_tensors import IMAGENET_MEAN, IMAGENET_STD, fitted, flattened, normalised, picture_of, pixels_of  # noqa: E402
from tests.backends.lent import blotches  # noqa: E402


@pytest.mark.parametrize(("mode", "channels"), [("RGB", 3), ("RGBA", 4), ("L", 1)])
def test_there_and_back(mode: str, channels: int) -> None:
    image = blotches().convert(mode)
    values = pixels_of(image)
    assert values.shape == (channels, 60, 90)
    assert values.dtype == torch.float32
    if channels != 4:
        assert picture_of(values).tobytes() == image.tobytes()


def test_values_outside_are_held() -> None:
    found = picture_of(torch.tensor([[[-1.0, 0.5, 2.0]]]))
    assert list(np.asarray(found)[0]) == [0, 128, 255]


def test_normalising_takes_mean_and_deviation() -> None:
    middle = torch.tensor(IMAGENET_MEAN)[None, :, None, None].expand(1, 3, 2, 2)
    assert normalised(middle).abs().max() < 1e-6
    one = normalised(middle + torch.tensor(IMAGENET_STD)[None, :, None, None])
    assert torch.allclose(one, torch.ones_like(one))


def test_the_transparent_lies_over_grey() -> None:
    clear = Image.new("RGBA", (2, 2), (255, 0, 0, 0))
    assert flattened(clear).getpixel((0, 0)) == (127, 127, 127)
    assert flattened(blotches()).mode == "RGB"


@pytest.mark.parametrize("size", [(1024, 1024), (1920, 1080), (300, 2000), (10, 10), (1, 4000)])
def test_fitted_sizes_keep_the_shape_and_the_step(size: tuple[int, int]) -> None:
    width, height = fitted(*size, 224 * 224, 14, 896)
    assert width % 14 == height % 14 == 0
    assert min(width, height) >= 14
    assert max(width, height) <= 896
    if max(size) < 8 * min(size):
        assert abs(width * height / (224 * 224) - 1) < 0.2
        assert abs((width / height) / (size[0] / size[1]) - 1) < 0.25
