"""The colours of a picture: k-means in OKLab, built in. A plain background does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from PIL.Image import Image

ENGINE = "built in: k-means in OKLab, CPU"
LARGEST_SIDE = 128  # px; more changes no colour that a person would name
ROUNDS = 24
STILL = 1e-4  # OKLab units; centres that move less have settled
ALIKE = 0.035  # OKLab units; nearer colours are one
LIKE_BACKGROUND = 0.06
MOSTLY = 0.9  # part of the border that must be of one colour to be a background
OPAQUE = 128  # of 255
# Björn Ottosson, "A perceptual color space for image processing", 2020.
_LMS = ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566), (0.0883024619, 0.2817188376, 0.6299787005))
_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


class Swatch(BaseModel):
    """One colour of a picture."""

    hex: str = Field(description="#rrggbb, sRGB.")
    share: float = Field(ge=0, le=1, description="Of the pixels that count.")


class Palette(BaseModel):
    """The colours of a picture, the most frequent first."""

    colours: list[Swatch]
    background: str | None = Field(default=None, description="The colour of a plain background, which was left out.")
    engine: str = ENGINE


def palette_of(image: Image, count: int = 6, *, drop_background: bool = True) -> Palette:
    """At most ``count`` colours; fewer where the picture has fewer that can be told apart. The same picture gives the same colours."""
    import numpy as np

    small = image.convert("RGBA")
    small.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    pixels = np.asarray(small)
    seen = pixels[..., 3] >= OPAQUE
    colours = oklab(pixels[..., :3] / 255.0)
    ground = _background(colours, seen) if drop_background else None
    if ground is not None:
        ahead = seen & (np.linalg.norm(colours - ground, axis=-1) > LIKE_BACKGROUND)
        seen, ground = (ahead, ground) if ahead.any() else (seen, None)
    if not seen.any():
        return Palette(colours=[])
    centres, shares = _merged(*_clusters(colours[seen], count))
    order = np.argsort(-shares, kind="stable")
    swatches = [Swatch(hex=_hex(centres[n]), share=round(float(shares[n]), 4)) for n in order]
    return Palette(colours=swatches, background=None if ground is None else _hex(ground))


def oklab(rgb: Any) -> Any:
    """sRGB 0 to 1 (..., 3) -> OKLab (..., 3)."""
    import numpy as np

    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ np.asarray(_LMS).T) @ np.asarray(_LAB).T


def _srgb(lab: Any) -> Any:
    import numpy as np

    linear = (lab @ np.linalg.inv(np.asarray(_LAB)).T) ** 3 @ np.linalg.inv(np.asarray(_LMS)).T
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _hex(lab: Any) -> str:
    red, green, blue = (round(float(value) * 255) for value in _srgb(lab))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _background(colours: Any, seen: Any) -> Any | None:
    """The colour of the border where nearly all of it is opaque and alike; None where there is no plain background."""
    import numpy as np

    edge = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    opaque = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]])
    if opaque.mean() < MOSTLY:
        return None
    middle = np.median(edge, axis=0)
    return middle if (np.linalg.norm(edge - middle, axis=-1) < LIKE_BACKGROUND).mean() >= MOSTLY else None


def _clusters(points: Any, count: int) -> tuple[Any, Any]:
    """Lloyd's algorithm from k-means++ seeds; (centres, shares)."""
    import numpy as np

    chance = np.random.default_rng(0)  # a fixed start: the same picture, the same palette
    centres = _seeds(points, count, chance)
    nearest = np.zeros(len(points), dtype=int)
    for _ in range(ROUNDS):
        nearest = np.linalg.norm(points[:, None] - centres[None], axis=-1).argmin(axis=1)
        moved = np.stack([points[nearest == n].mean(axis=0) if (nearest == n).any() else centres[n] for n in range(len(centres))])
        settled = np.abs(moved - centres).max() < STILL
        centres = moved
        if settled:
            break
    return centres, np.bincount(nearest, minlength=len(centres)) / len(points)


def _seeds(points: Any, count: int, chance: Any) -> Any:
    import numpy as np

    chosen = [points[chance.integers(len(points))]]
    while len(chosen) < count:
        far = np.min([((points - one) ** 2).sum(axis=1) for one in chosen], axis=0)
        if far.max() < ALIKE**2:
            break
        chosen.append(points[chance.choice(len(points), p=far / far.sum())])
    return np.stack(chosen)


def _merged(centres: Any, shares: Any) -> tuple[Any, Any]:
    """Colours that a person would call the same become one, weighted by how much there is of each."""
    import numpy as np

    kept: list[tuple[Any, float]] = []
    for n in np.argsort(-shares, kind="stable"):
        twin = next((k for k, (centre, _) in enumerate(kept) if np.linalg.norm(centre - centres[n]) < ALIKE), None)
        if twin is None:
            if shares[n] > 0:
                kept.append((centres[n], float(shares[n])))
            continue
        centre, share = kept[twin]
        total = share + float(shares[n])
        kept[twin] = ((centre * share + centres[n] * float(shares[n])) / total, total)
    return np.stack([centre for centre, _ in kept]), np.array([share for _, share in kept])
