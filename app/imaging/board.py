"""A storyboard card of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.requests import GenerateImage

if TYPE_CHECKING:
    from PIL.Image import Image


def card_of(request: GenerateImage, prompt: str, seed: int, number: int) -> Image:
    """RGB, of the request's size; the same seed gives the same card."""
    import random

    from PIL import Image as Images
    from PIL import ImageDraw

    chance = random.Random(f"{seed} {prompt}")
    image = Images.new("RGB", (request.width or 1280, request.height or 720), tuple(chance.randrange(40, 160) for _ in range(3)))
    ImageDraw.Draw(image).multiline_text((16, 16), f"STORYBOARD {number + 1}\n{prompt[:200]}", fill="white")
    return image
