"""Arithmetic of light and colour: curves as expressions of ffmpeg, the colour of light, the vignette."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Mask = np.ndarray[Any, np.dtype[np.uint8]]

DISPLAY_GAMMA = 2.2
NEUTRAL_K = 6500
_TO_RGB = ((3.2406, -1.5372, -0.4986), (-0.9689, 1.8758, 0.0415), (0.0557, -0.2040, 1.0570))  # XYZ to linear sRGB, IEC 61966-2-1
_LUMA = (0.2126, 0.7152, 0.0722)
_CLEAR_SHARE = 0.35  # of the way from the middle to a corner; a vignette begins there
_DARKEST = 0.9


def luma_curve(gain: float, contrast: float, gamma: float) -> str:
    """For ``lutyuv``: light by a factor, then contrast about the middle, then gamma; what leaves the range is clipped."""
    value = f"((val-minval)/(maxval-minval)*{gain:.6f}-0.5)*{contrast:.6f}+0.5"
    return f"minval+(maxval-minval)*pow(clip({value},0,1),{1 / gamma:.6f})"


def chroma_curve(gain: float) -> str:
    """For ``lutyuv``: colour differences by a factor."""
    return f"clip((val-(minval+maxval)/2)*{gain:.6f}+(minval+maxval)/2,minval,maxval)"


def line(before: tuple[float, float], after: tuple[float, float]) -> str:
    """For ``lutyuv``: brings a plane's (mean, spread) to another; eight bits."""
    return f"clip((val-({before[0]:.4f}))*{after[1] / before[1]:.6f}+({after[0]:.4f}),0,255)"


def colour_of_light(kelvin: float) -> tuple[float, float, float]:
    """Linear red, green and blue of a black body, relative to 6500 K and at its luminance.

    Chromaticity after Kim et al. 2002 (the Planckian locus as cubics, 1667 to 25000 K).
    """
    found, neutral = _linear(kelvin), _linear(NEUTRAL_K)
    gains = [max(a, 0.0) / b for a, b in zip(found, neutral, strict=True)]
    luma = sum(weight * gain for weight, gain in zip(_LUMA, gains, strict=True))
    red, green, blue = (gain / luma for gain in gains)
    return red, green, blue


def _linear(kelvin: float) -> list[float]:
    t = 1000 / kelvin
    if kelvin < 4000:
        x = ((-0.2661239 * t - 0.2343589) * t + 0.8776956) * t + 0.179910
    else:
        x = ((-3.0258469 * t + 2.1070379) * t + 0.2226347) * t + 0.240390
    if kelvin < 2222:
        y = ((-1.1063814 * x - 1.34811020) * x + 2.18555832) * x - 0.20219683
    elif kelvin < 4000:
        y = ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867
    else:
        y = ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483
    xyz = (x / y, 1.0, (1 - x - y) / y)
    return [sum(a * b for a, b in zip(row, xyz, strict=True)) for row in _TO_RGB]


def light_gains(kelvin: float) -> tuple[float, float, float]:
    """What red, green and blue as they are stored are multiplied by, so that white has the colour of that light."""
    red, green, blue = (gain ** (1 / DISPLAY_GAMMA) for gain in colour_of_light(kelvin))
    return red, green, blue


def exposure_gain(stops: float) -> float:
    """What stored values are multiplied by when light is doubled so many times."""
    return math.pow(2, stops / DISPLAY_GAMMA)


def vignette_mask(width: int, height: int, strength: float) -> Mask:
    """(height, width): how opaque a black layer is; nothing in the middle, ``strength`` of the darkest in the corners."""
    import numpy as np

    y, x = np.mgrid[0:height, 0:width]
    away = np.hypot((x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1) / math.sqrt(2)
    share = np.clip((away - _CLEAR_SHARE) / (1 - _CLEAR_SHARE), 0, 1)
    mask: Mask = np.round(255 * strength * _DARKEST * share * share * (3 - 2 * share)).astype(np.uint8)
    return mask
