"""What is wanted: the request's fields, and what a sentence says about length, shape, style and pace. Plain rules, no model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from app.editing.operations.shape import Aspect

ASPECTS: tuple[str, ...] = get_args(Aspect)
LONGEST_S = 2 * 3600.0
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90, "half a": 0.5, "a": 1,
}  # fmt: skip
_NUMBER = r"(?P<number>\d+(?:[.,]\d+)?|" + "|".join(sorted((re.escape(word) for word in _NUMBERS), key=len, reverse=True)) + r")"
_LENGTH = re.compile(rf"\b{_NUMBER}[\s-]*(?P<unit>seconds?|secs?|s|minutes?|mins?|min|m)\b", re.IGNORECASE)
_CLOCK = re.compile(r"\b(?P<minutes>\d{1,2}):(?P<seconds>[0-5]\d)\b(?!:)")
_RATIO = re.compile(r"\b(16|9|1|4|21)\s*[:x/]\s*(9|16|1|5|3)\b")
_SHAPES: tuple[tuple[str, str], ...] = (
    (r"vertical|portrait|tiktok|reels?\s+format|shorts?\b|stories|story format|phone", "9:16"),
    (r"square", "1:1"),
    (r"widescreen|landscape|horizontal|youtube", "16:9"),
    (r"cinemascope|letterbox(?:ed)?|ultra-?wide|cinematic bars", "21:9"),
)
_QUOTED = re.compile(r"[\"“”«]([^\"“”«»]{1,80})[\"“”»]")
_TITLED = re.compile(r"\b(?:titled|called|named)\s+([A-Z][\w'’ -]{1,60})")
_WITHOUT = r"\b(?:no|without|skip|drop)\s+(?:any\s+|the\s+)?"


@dataclass(frozen=True)
class Wishes:
    """A brief that is settled as far as words settle it. None: not said.

    ``aspect``: a shape, ``source`` for the clip's own, None for the style's. ``pace``: 1 as the style has it, above quicker.
    ``captions``, ``effects``, ``music``: whether they are wanted; ``keep_order``: the clip's order of time is to be kept.
    """

    goal: str = ""
    style: str | None = None
    duration_s: float | None = None
    aspect: str | None = None
    title: str | None = None
    pace: float = 1.0
    captions: bool = True
    effects: bool = True
    speech: bool = False
    seed: int = 0


def read_goal(goal: str, styles: Mapping[str, Iterable[str]]) -> Wishes:
    """What a sentence says. ``styles``: name -> words that mean it; the word that stands first in the sentence decides."""
    text = " ".join(goal.split())
    return Wishes(
        goal=goal,
        style=_style(text.lower(), styles),
        duration_s=seconds_in(text),
        aspect=aspect_in(text),
        title=_title(text),
        pace=_pace(text.lower()),
        captions=not re.search(_WITHOUT + r"(?:captions?|text|words|titles?)", text, re.IGNORECASE),
        effects=not re.search(_WITHOUT + r"(?:sound effects?|effects?|sounds?|sfx)", text, re.IGNORECASE),
        speech=bool(re.search(r"\b(?:talk(?:s|ing)?|speech|interview|dialogue|says?|speaking)\b", text, re.IGNORECASE)),
    )


def seconds_in(text: str) -> float | None:
    """The length a sentence asks for, in seconds: "30 seconds", "half a minute", "1.5 min", "0:45"."""
    total, end = 0.0, -10
    for found in _LENGTH.finditer(text):
        if total and found.start() - end > 6:  # "2 minutes and 10 seconds" is one length, what stands further off another
            break
        word = found["number"].lower().replace(",", ".")
        number = _NUMBERS[word] if word in _NUMBERS else float(word)
        total += number * (60 if found["unit"].lower().startswith("m") else 1)
        end = found.end()
    if not total and (clock := _CLOCK.search(text)):
        total = 60.0 * int(clock["minutes"]) + int(clock["seconds"])
    return min(total, LONGEST_S) if total > 0 else None


def aspect_in(text: str) -> str | None:
    """The shape a sentence asks for: "9:16", "vertical", "square", "letterboxed"."""
    if (ratio := _RATIO.search(text)) and (named := f"{ratio[1]}:{ratio[2]}") in ASPECTS:
        return named
    for words, aspect in _SHAPES:
        if re.search(rf"\b(?:{words})", text, re.IGNORECASE):
            return aspect
    return None


def _style(text: str, styles: Mapping[str, Iterable[str]]) -> str | None:
    places = [
        (found.start(), name) for name, words in styles.items() for word in (name, *words) if (found := re.search(rf"\b{word}\b", text))
    ]
    return min(places)[1] if places else None


def _title(text: str) -> str | None:
    found = _QUOTED.search(text) or _TITLED.search(text)
    return found[1].strip() if found else None


def _pace(text: str) -> float:
    if re.search(r"\b(?:very fast|frantic|hectic|rapid|super fast)\b", text):
        return 1.7
    if re.search(r"\b(?:fast|faster|quick|snappy|punchy|energetic|upbeat)\b", text):
        return 1.35
    if re.search(r"\b(?:slow|slower|calm|gentle|relaxed|meditative)\b", text):
        return 0.7
    return 1.0
