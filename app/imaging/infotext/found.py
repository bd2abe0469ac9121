"""What a reader found in a file, in the words of `GenerateImage` but with the names that the other program uses. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass
class Found:
    """Settings as they were found.

    Attributes:
        source: the program, as people call it.
        settings: names of `GenerateImage`: prompt, negative, width, height, steps, guidance, seed, clip_skip, strength; and sampler and
            schedule as the program names them.
        model, model_hash: of the checkpoint.
        loras: ``{name, weight, text_weight}`` each.
        exact: the settings are a whole request of our own.
        notes: what was in the file and has no place here.
    """

    source: str
    settings: dict[str, Json] = field(default_factory=dict)
    model: str = ""
    model_hash: str = ""
    loras: list[dict[str, Json]] = field(default_factory=list)
    exact: bool = False
    notes: list[str] = field(default_factory=list)

    def say(self, name: str, value: Json) -> None:
        """Keeps a setting that is there; texts that should be numbers are read as such, and left out where they are none."""
        if value is None or value == "":
            return
        if name in _NUMBERS:
            value = number(value)
            if value is None:
                return
            value = round(value) if name in _WHOLE else value
        self.settings[name] = value


_NUMBERS = ("width", "height", "steps", "guidance", "seed", "clip_skip", "strength")
_WHOLE = ("width", "height", "steps", "seed", "clip_skip")


def number(value: Json) -> int | float | None:
    """A finite number, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 2**64 else None
    try:
        if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 22:
            return int(value)
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < 2**64 else None


def parsed(text: str | None) -> Json:
    """JSON of a text; None where it is none, or nested so deep that it was made to do harm."""
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:  # ComfyUI writes NaN, and some programs single backslashes: what Python reads leniently is worth a try
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def mapping(value: Json) -> Mapping[str, Json]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Json) -> list[Json]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text_of(value: Json) -> str:
    """The value where it is a text, else an empty one."""
    return value if isinstance(value, str) else ""
