"""The surface a scene is painted on, and the few strokes that every painter uses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from app.imaging.storyboard.colours import Colour, Palette
from app.imaging.storyboard.reading import Reading

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Point = tuple[float, float]


@dataclass
class Stage:
    """What the painters share.

    Attributes:
        image: RGB, larger than what will be seen of it, for smooth edges.
        horizon: its height, px from the top; may lie outside the picture.
        light: where the key light comes from: -1 left, 1 right; ``high``: its height, 0 at the horizon to 1.
        vanish: x of the vanishing point, px.
    """

    image: Image
    palette: Palette
    reading: Reading
    rng: Random
    horizon: float
    light: float
    high: float
    vanish: float
    draw: ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        from PIL import ImageDraw

        self.draw = ImageDraw.Draw(self.image)

    @property
    def width(self) -> int:
        """px."""
        return self.image.width

    @property
    def height(self) -> int:
        """px."""
        return self.image.height

    @property
    def unit(self) -> float:
        """About a hundredth of the height, less in upright frames, px: strokes and details are measured in it."""
        return min(self.height, self.width * 0.8) / 100

    def put(self, picture: Image, at: tuple[int, int], mask: Image | None = None) -> None:
        """Pastes a picture or, given a mask, a part of it."""
        self.image.paste(picture, at, mask)

    def veil(self, colour: Colour, mask: Image) -> None:
        """Lays a colour over everything, as much as the mask (mode L, of any size) says."""
        from PIL import Image as Images

        if mask.size != self.image.size:
            mask = mask.resize(self.image.size, Images.Resampling.BICUBIC)
        self.image.paste(colour, (0, 0), mask)


def gradient(size: tuple[int, int], stops: Sequence[tuple[float, Colour]]) -> Image:
    """A picture whose colour changes from top to bottom; ``stops``: (0 to 1, colour), rising."""
    import numpy as np
    from PIL import Image as Images

    at = np.linspace(0, 1, max(2, size[1]))
    places = [stop for stop, _ in stops]
    rows = np.stack([np.interp(at, places, [colour[band] for _, colour in stops]) for band in range(3)], axis=1)
    grain = (np.indices((len(at), 2)).sum(axis=0) % 2 - 0.5)[..., None] * 0.8  # breaks up the steps of an even gradient
    column = np.clip(np.rint(rows[:, None, :] + grain), 0, 255).astype(np.uint8)
    return Images.fromarray(column).resize(size, Images.Resampling.NEAREST)


def glow(stage: Stage, centre: Point, radius: float, colour: Colour, strength: float) -> None:
    """Light that fades outwards; ``strength`` 0 to 1 in the middle."""
    stage.veil(colour, spot((stage.width, stage.height), centre, radius, strength))


def spot(size: tuple[int, int], centre: Point, radius: float, strength: float, flat: float = 1.0) -> Image:
    """A soft mask, an eighth as large; ``flat`` below 1 makes it wider than high."""
    import numpy as np
    from PIL import Image as Images

    wide, high = max(2, size[0] // 8), max(2, size[1] // 8)
    y, x = np.mgrid[0:high, 0:wide]
    across, down = (x + 0.5) * size[0] / wide - centre[0], ((y + 0.5) * size[1] / high - centre[1]) / flat
    fall = np.exp(-(across**2 + down**2) / (2 * (radius / 2) ** 2))
    return Images.fromarray(np.rint(255 * strength * fall).astype(np.uint8))


def ridge(rng: Random, count: int, rough: float) -> list[float]:
    """Heights between about -1 and 1 at ``count`` places: sums of sines, ``rough`` 0 rolling to 1 jagged."""
    waves = [(rng.uniform(0.6, 1.4) * 2**octave, rng.uniform(0, math.tau), 0.55**octave) for octave in range(2 + round(4 * rough))]
    return [sum(height * math.sin(math.tau * often * at / count + phase) for often, phase, height in waves) for at in range(count)]


def range_of(stage: Stage, base: float, tall: float, rough: float, colour: Colour, bottom: float | None = None) -> list[Point]:
    """Fills a range of hills that stands on ``base`` (px from the top) and returns its outline."""
    count = 24 + round(160 * rough)
    heights = ridge(stage.rng, count, rough)
    top = [(stage.width * at / (count - 1), base - tall * (0.5 + 0.5 * height)) for at, height in enumerate(heights)]
    floor = stage.height if bottom is None else bottom
    stage.draw.polygon([(0, floor), *top, (stage.width, floor)], fill=colour)
    return top


def capsule(draw: ImageDraw, one: Point, other: Point, thick: float, fill: Any, taper: float = 1.0) -> None:
    """A limb: a line with round ends; ``taper`` times as thick at its other end."""
    near, far = thick / 2, thick * taper / 2
    angle = math.atan2(other[1] - one[1], other[0] - one[0]) + math.pi / 2
    across, down = math.cos(angle), math.sin(angle)
    draw.polygon(
        [
            (one[0] + across * near, one[1] + down * near), (other[0] + across * far, other[1] + down * far),
            (other[0] - across * far, other[1] - down * far), (one[0] - across * near, one[1] - down * near),
        ],
        fill=fill,
    )  # fmt: skip
    disc(draw, one, near, fill)
    disc(draw, other, far, fill)


def disc(draw: ImageDraw, centre: Point, radius: float, fill: Any, tall: float = 1.0) -> None:
    """A circle, or an ellipse ``tall`` times as high."""
    x, y = centre
    draw.ellipse([x - radius, y - radius * tall, x + radius, y + radius * tall], fill=fill)
