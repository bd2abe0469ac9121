"""The frame of a picture and what surrounds the pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("torch")
pytest.importorskip("diffusers")

from PIL import Image

from backends.diffusion.paint import Frame, placed
from backends.images import ImageHooks
from tests.backends.tiny.painting import a_call, bits, left_half, ramp

if TYPE_CHECKING:
    from backends.diffusion.engine import DiffusersImage


def test_a_frame_is_as_large_as_the_model_can_paint() -> None:
    frame = Frame.of(a_call(width=72, height=64), 16)
    assert (frame.width, frame.height, frame.wanted) == (80, 64, (72, 64))
    filled = frame.fill(Image.linear_gradient("L").resize((72, 64)))
    assert filled.size == (80, 64)
    assert [filled.getpixel((x, 40)) for x in range(72, 80)] == [filled.getpixel((71, 40))] * 8, "its edge is carried on"
    assert frame.cut(filled).size == (72, 64)


def test_both_edges_are_carried_on() -> None:
    frame = Frame.of(a_call(width=72, height=72), 16)
    picture = Image.new("RGB", (72, 72), "red")
    picture.putpixel((71, 71), (0, 0, 255))
    filled = frame.fill(picture)
    assert filled.getpixel((79, 79)) == (0, 0, 255)
    assert filled.getpixel((5, 79)) == (255, 0, 0)


def test_a_picture_that_fits_is_left_alone() -> None:
    frame, picture = Frame.of(a_call(), 8), ramp()
    assert frame.fill(picture) is picture
    assert frame.cut(picture) is picture
    assert frame.fill(picture.resize((128, 128))).size == (64, 64)


def test_a_pipeline_is_told_where_to_compute() -> None:
    import torch
    from diffusers import StableDiffusionXLPipeline

    made = placed(StableDiffusionXLPipeline, "cuda:1")
    assert made is placed(StableDiffusionXLPipeline, "cuda:1")
    assert made.__name__ == "StableDiffusionXLPipeline"
    assert made._execution_device.fget(None) == torch.device("cuda:1")


def test_a_soft_mask_mixes_old_and_new(sdxl: DiffusersImage) -> None:
    grey = left_half().point(lambda value: 128 if value else 0)
    made = sdxl.generate(a_call(image=ramp(), mask=grey), ImageHooks()).image
    new = sdxl.generate(a_call(image=ramp(), mask=left_half()), ImageHooks()).image
    assert made.crop((32, 0, 64, 64)).tobytes() == ramp().crop((32, 0, 64, 64)).tobytes()
    assert made.tobytes() not in (ramp().tobytes(), new.tobytes())


def test_transparent_and_grey_pictures_are_taken_as_colours(sdxl: DiffusersImage) -> None:
    assert bits(sdxl, a_call(image=ramp().convert("RGBA"))) == bits(sdxl, a_call(image=ramp()))
    assert len(bits(sdxl, a_call(image=ramp().convert("L")))) == 64 * 64 * 3
