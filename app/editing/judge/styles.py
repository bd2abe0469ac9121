"""What makes a style: how long its shots are, by what means it works, whether it is cut on beats. Read from the planner's styles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.editing.planner.styles import Part, Style, read_styles

OPERATIONS: dict[str, tuple[str, ...]] = {
    "moves": ("zoom", "pan_zoom", "shake"),
    "changes of speed": ("speed", "ramp", "reverse", "freeze"),
    "captions": ("text", "subtitles"),
    "transitions": ("transition",),
    "sounds": ("sound_effect", "music"),
    "grading": ("grade", "lut", "match_colour"),
}
_GESTURES: dict[str, tuple[str, ...]] = {
    "moves": ("push", "pull", "glide", "punch", "triple", "hold", "freeze"),
    "changes of speed": ("ramp", "freeze", "replay", "stutter", "rewind", "rush"),
    "captions": ("card",),
    "sounds": ("punch", "ramp", "freeze", "triple"),
}


@dataclass(frozen=True)
class Makeup:
    """A style as the judge knows it.

    Attributes:
        shot_s: usual length of a shot, seconds: geometric mean of its parts, by their shares.
        per_minute: how often a minute of film has each kind of means, as the planner would use them.
        on_beats: whether it lives by cuts on beats.
    """

    shot_s: float
    per_minute: Mapping[str, float]
    on_beats: bool


def makeup(name: str | None) -> Makeup | None:
    """The style's makeup; None for a style that is not known."""
    style = read_styles().get((name or "").strip().lower())
    return None if style is None else of_style(style)


def of_style(style: Style) -> Makeup:
    """Works it out from the style's parts."""
    whole = sum(part.share for part in style.parts)
    lengths = {id(part): math.sqrt(part.length_s[0] * part.length_s[1]) for part in style.parts}
    pieces = {id(part): part.share / whole * 60 / lengths[id(part)] for part in style.parts}  # a minute
    found = {kind: sum(pieces[id(part)] * _chance(part, gestures) for part in style.parts) for kind, gestures in _GESTURES.items()}
    found["captions"] += sum(pieces[id(part)] * part.caption_chance for part in style.parts)
    found["transitions"] = sum(pieces[id(part)] * part.transition_chance for part in style.parts)
    found["grading"] = sum(pieces.values()) if style.grade else 0.0
    if not (style.impact or style.freeze_sounds or style.accents):
        found["sounds"] = 0.0
    return Makeup(60 / sum(pieces.values()), found, style.on_beats)


def _chance(part: Part, gestures: tuple[str, ...]) -> float:
    total = sum(part.gestures.values())
    return sum(weight for gesture, weight in part.gestures.items() if gesture in gestures) / total
