"""An empty stage to paint on."""

from __future__ import annotations

from random import Random
from typing import Any

from PIL import Image

from app.imaging.storyboard.colours import palette_of
from app.imaging.storyboard.reading import read_prompt
from app.imaging.storyboard.stage import Stage


def stage(prompt: str = "a field", seed: int = 1, size: tuple[int, int] = (192, 108), light: float = 1.0, **changes: Any) -> Stage:
    """A stage for a prompt, empty and grey."""
    reading = read_prompt(prompt)
    rng = Random(seed)
    values: dict[str, Any] = {"horizon": size[1] * 0.5, "high": 0.5, "vanish": size[0] * 0.5, **changes}
    return Stage(Image.new("RGB", size, (128, 128, 128)), palette_of(reading, "", rng), reading, rng, light=light, **values)


def untouched(image: Image.Image) -> float:
    """The share of a picture that is still grey."""
    grey = sum(count for count, colour in image.getcolors(1 << 20) or () if colour == (128, 128, 128))
    return grey / (image.width * image.height)
