"""Colours of a card: from time of day, place, mood and the words for colours in the prompt. Pure; colours are sRGB, 0 to 255."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace
from random import Random

from app.imaging.storyboard import vocabulary as words
from app.imaging.storyboard.reading import Reading

Colour = tuple[int, int, int]
PAPER, INK, MUTED, HAIRLINE, EDGE = (244, 241, 234), (30, 33, 38), (92, 100, 112), (216, 210, 196), (140, 134, 120)
BLUE, RED = (108, 196, 232), (216, 66, 34)  # non-photo blue of the guides, red pencil of the camera's arrows


@dataclass(frozen=True)
class Palette:
    """Colours of a scene, from the sky down; ``light`` is that of the key light, ``dark`` that of the nearest shadows."""

    sky_top: Colour
    sky_low: Colour
    far: Colour
    mid: Colour
    near: Colour
    ground_far: Colour
    ground_near: Colour
    light: Colour
    accent: Colour
    dark: Colour

    def shown(self) -> tuple[Colour, ...]:
        """The five that stand on the slate."""
        return self.sky_top, self.sky_low, self.mid, self.ground_near, self.accent


_TIMES = {  # sky above, sky at the horizon, far, middle, near, light, accent
    "day": ("#4f9bd1", "#d6ecef", "#a3c3cf", "#719f8e", "#3c6455", "#fff3d2", "#f0a93c"),
    "dawn": ("#7688c0", "#f9cdb2", "#b6a0b8", "#7d7c98", "#464b64", "#ffdcbc", "#f2805f"),
    "golden": ("#51659d", "#ffbd74", "#b67c7e", "#7d525f", "#402f45", "#ffcf88", "#ff7440"),
    "dusk": ("#232f5e", "#9189bc", "#535789", "#3a3f6b", "#212541", "#cbd3ff", "#f2b566"),
    "night": ("#0a1130", "#2d4272", "#273862", "#1b2949", "#0e162b", "#c3d6ff", "#ffd074"),
    "grey": ("#7b8a98", "#c9d0d2", "#9ba8af", "#6d7d82", "#3e4b50", "#eef2f2", "#d39a4e"),
}
_PLACES = {  # what the ground and what stands on it add: middle, near, ground far, ground near
    "forest": ("#4f7d52", "#2b4f3a", "#7f9c62", "#3f5f3c"),
    "city": ("#6f7385", "#3c4154", "#8d8f98", "#4a4d59"),
    "sea": ("#4f8ea8", "#2a5a78", "#7fb6c4", "#2f6f8e"),
    "mountains": ("#7a8796", "#4a5563", "#a6ac9f", "#66705f"),
    "desert": ("#c48c58", "#8c5a3c", "#e0b880", "#b5804d"),
    "room": ("#a58a72", "#6b5546", "#b99a7a", "#7b5f4a"),
    "space": ("#3a3f6e", "#1c2044", "#4a4f80", "#23274e"),
    "underwater": ("#2f7f92", "#154a63", "#4fa3a8", "#1c5b70"),
    "village": ("#93806b", "#5b5147", "#a9ab72", "#697a4c"),
    "meadow": ("#7ea35c", "#4b733f", "#a9bd68", "#5f8746"),
    "": ("#8f97a1", "#5d6672", "#c3c3bd", "#8f9088"),
}
_MOODS = {  # saturation, value
    "dark": (0.62, 0.72), "tense": (1.12, 0.88), "sad": (0.55, 0.92), "joyful": (1.22, 1.06), "tender": (0.95, 1.05), "calm": (0.86, 1.02),
}  # fmt: skip


def palette_of(reading: Reading, style: str, rng: Random) -> Palette:
    """The scene's colours; ``rng`` shifts the hue a little, so that seeds differ."""
    time = reading.time if not (reading.place == "space" and not reading.time_said) else "night"
    top, low, far, mid, near, light, accent = (parsed(text) for text in _TIMES[time])
    place = [parsed(text) for text in _PLACES[reading.place]]
    share = (0.62 if time in ("day", "grey", "dawn") else 0.34) + (0.25 if reading.place == "room" else 0.0)
    ground = [mixed(mixed(near, low, 0.55), place[2], share), mixed(near, place[3], share)]
    palette = Palette(
        sky_top=top, sky_low=low, far=mixed(far, place[0], 0.25), mid=mixed(mid, place[0], share), near=mixed(near, place[1], share),
        ground_far=ground[0], ground_near=ground[1], light=light, accent=parsed(reading.colours[0]) if reading.colours else accent,
        dark=mixed(near, (8, 10, 16), 0.45),
    )  # fmt: skip
    if reading.weather == "snow":
        white = 0.75 if time in ("day", "grey", "dawn") else 0.3
        far, near = mixed(palette.ground_far, (240, 244, 248), white), mixed(palette.ground_near, (214, 224, 234), white)
        palette = replace(palette, ground_far=far, ground_near=near)
    return _graded(palette, reading.mood, style, rng.uniform(-0.018, 0.018))


def _graded(palette: Palette, mood: str, style: str, turn: float) -> Palette:
    vivid, bright = _MOODS.get(mood, (1.0, 1.0))
    if style in words.MONOCHROME_STYLES:
        vivid = 0.0 if style != "clay_render" else 0.12
    elif style in words.VIVID_STYLES:
        vivid *= 1.3
    elif style in words.SOFT_STYLES:
        vivid, bright = vivid * 0.82, bright * 1.05
    changed = {name: shifted(value, turn, vivid, bright) for name, value in vars(palette).items()}
    return Palette(**changed)


def parsed(text: str) -> Colour:
    """#rrggbb."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the other."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def shifted(colour: Colour, turn: float, vivid: float, bright: float) -> Colour:
    """Turned by a part of the colour wheel, its saturation and value multiplied."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
    red, green, blue = colorsys.hsv_to_rgb((hue + turn) % 1, min(1.0, saturation * vivid), min(1.0, value * bright))
    return round(red * 255), round(green * 255), round(blue * 255)


def luminance(colour: Colour) -> float:
    """How bright it looks, 0 to 1 (Rec. 709 weights on the coded values)."""
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255
