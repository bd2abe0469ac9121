"""What makes a style: how long its shots are, by what means it works, how much its cuts go with the beat."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """A style as the judge knows it.

    Attributes:
        shot_s: usual length of a shot, seconds.
        means: operations that make it, each with how often a minute of film has them where they are plentiful.
        beats: share of the pacing that cutting on beats makes.
    """

    shot_s: float
    means: tuple[tuple[tuple[str, ...], float], ...]
    beats: float


STYLES: dict[str, Style] = {
    "dramatic": Style(
        2.5,
        ((("zoom",), 8), (("ramp", "speed"), 6), (("grade", "lut"), 6), (("text", "subtitles"), 4), (("sound_effect", "music"), 6)),
        0.7,
    ),
    "chaotic": Style(
        1.0, ((("zoom", "shake"), 16), (("speed", "ramp", "reverse"), 10), (("text",), 8), (("sound_effect",), 12), (("freeze",), 4)), 0.7
    ),
    "wholesome": Style(3.5, ((("grade", "lut"), 6), (("text", "subtitles"), 4), (("transition",), 6), (("music", "sound_effect"), 3)), 0.5),
    "highlights": Style(2.5, ((("transition", "fade"), 4), (("zoom", "ramp", "speed"), 4)), 0.7),
    "trailer": Style(1.8, ((("text",), 6), (("fade", "transition"), 8), (("sound_effect", "music"), 6)), 0.7),
    "beat": Style(1.2, (), 0.9),
}
