"""Pictures out of a form, and masks as OpenAI means them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from app.api.v1.errors import FieldError
from app.api.v1.image_files import mask_of


def picture(mode: str = "RGB", size: tuple[int, int] = (20, 10), colour: Any = 0) -> Image.Image:
    return Image.new(mode, size, colour)


def half_clear(mode: str = "RGBA") -> Image.Image:
    image = Image.new("RGBA", (20, 10), (9, 9, 9, 255))
    image.paste((0, 0, 0, 0), (0, 0, 10, 10))
    return image.convert(mode)


def test_what_is_transparent_in_the_mask_is_made_anew() -> None:
    found = mask_of(picture(), half_clear())
    assert found is not None
    assert found.mode == "L"
    assert (found.getpixel((2, 5)), found.getpixel((15, 5))) == (255, 0)


def test_without_a_mask_the_picture_s_own_transparency_counts() -> None:
    found = mask_of(half_clear(), None)
    assert found is not None
    assert (found.getpixel((2, 5)), found.getpixel((15, 5))) == (255, 0)
    assert mask_of(picture("RGBA", colour=(1, 2, 3, 255)), None) is None
    assert mask_of(picture(), None) is None


def test_soft_edges_stay_soft() -> None:
    found = mask_of(picture(), picture("LA", colour=(0, 100)))
    assert found is not None
    assert found.getpixel((1, 1)) == 155


def test_transparency_of_a_palette() -> None:
    packed = io.BytesIO()
    image = Image.new("P", (20, 10), 1)
    image.putpalette([0, 0, 0, 255, 255, 255])
    image.paste(0, (0, 0, 10, 10))
    image.save(packed, "PNG", transparency=0)
    found = mask_of(picture(), Image.open(packed))
    assert found is not None
    assert (found.getpixel((2, 5)), found.getpixel((15, 5))) == (255, 0)


def test_a_mask_without_transparency_is_taken_as_ours_are() -> None:
    mask = picture("L")
    mask.paste(255, (0, 0, 10, 10))
    found = mask_of(half_clear(), mask)
    assert found is not None
    assert (found.getpixel((2, 5)), found.getpixel((15, 5))) == (255, 0)


def test_another_size_is_refused() -> None:
    with pytest.raises(FieldError, match="21x10") as caught:
        mask_of(picture(), picture(size=(21, 10)))
    assert caught.value.param == "mask"
