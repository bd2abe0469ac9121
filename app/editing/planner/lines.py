"""Which caption is said where: lines of the style that fit the moment, each once, short enough to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from app.editing.planner.footage import Footage
from app.editing.planner.scoring import Stretch
from app.editing.planner.styles import Line

SHORTEST_S, PER_CHARACTER_S = 0.9, 0.045
LEFT = 0.42  # middle of a subject that is on the left, share of the width


def reading_s(text: str, share: float = 1.0) -> float:
    """How long a caption has to stand to be read: 0.9 s at least, and 22 characters a second. ``share``: of that time."""
    return share * max(SHORTEST_S, 0.4 + PER_CHARACTER_S * len(text))


def traits(footage: Footage, stretch: Stretch) -> frozenset[str]:
    """What is true of a stretch, in the words that lines ask for with ``when``."""
    shot = footage.shots[min(stretch.shot, len(footage.shots) - 1)]
    parts = stretch.parts
    found = {"loud" if parts.get("sound", 0) > 0.75 else "quiet" if parts.get("sound", 0) < 0.3 else ""}
    found.add("fast" if parts.get("action", 0) > 0.6 else "still" if parts.get("action", 0) < 0.25 else "")
    found.add("dark" if shot.brightness < 50 else "bright" if shot.brightness > 190 else "")
    size = shot.size or ""
    found.add("close" if "close" in size else "wide" if "wide" in size else "")
    found.add("subject" if parts.get("subject", 0) > 0.5 else "empty")
    found.add(_side(footage, stretch))
    found.add("speech" if parts.get("speech", 0) > 0.5 else "")
    found.add("sound" if footage.has_sound else "silent")
    return frozenset(found - {""})


def _side(footage: Footage, stretch: Stretch) -> str:
    """The side that a subject keeps to throughout; nothing where it changes sides or is not sure."""
    boxes = [footage.subject_at(stretch.start_s + share * stretch.seconds) for share in (0.05, 0.35, 0.65, 0.95)]
    if all(box is not None and box.x < LEFT for box in boxes):
        return "left"
    return "right" if all(box is not None and box.x > 1 - LEFT for box in boxes) else ""


class Lines:
    """Hands out the lines of a style, none twice before all have been used."""

    def __init__(self, slots: Mapping[str, Sequence[Line]], rng: Random) -> None:
        self._slots, self._rng = slots, rng
        self._said: set[str] = set()

    def pick(self, slot: str, true: frozenset[str], seconds: float, reading: float = 1.0) -> str | None:
        """A line of a slot for a moment and a time to read it in; None where none fits. Lines made for the moment come first."""
        fitting = [
            line
            for line in self._slots.get(slot, ())
            if line.text not in self._said and true.issuperset(line.when) and reading_s(line.text, reading) <= seconds
        ]
        if not fitting:
            return None
        made_for_it = [line for line in fitting if line.when]
        line = self._rng.choice(made_for_it if made_for_it and self._rng.random() < 0.7 else fitting)
        self._said.add(line.text)
        return line.text
