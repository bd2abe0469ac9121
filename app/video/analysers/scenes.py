"""What interrupts the shots: cuts, fades, dissolves and flashes, with where they begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.base import Analyser, Findings
from app.video.analysers.changes import Changes
from app.video.analysers.transitions import Transition, find_transitions


class TransitionFound(BaseModel):
    """One change between shots, or a flash inside one."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["cut", "dissolve", "fade", "flash"]
    start_frame: int = Field(ge=0, description="First frame that is changed.")
    end_frame: int = Field(ge=0, description="Frame after the last that is changed; for a cut that of the new shot plus one.")
    strength: float = Field(ge=0, le=1, description="Histogram distance across it, 0 to 1.")


class Transitions(BaseModel):
    """Every transition the studio's own rules find, whichever detector made the scenes."""

    model_config = ConfigDict(extra="forbid")

    cuts: int
    gradual: int
    flashes: int
    items: list[TransitionFound]


def decide(findings: Findings) -> Transitions:
    """Reads the change curves."""
    return described(find_transitions(findings.curves))


def described(found: Sequence[Transition]) -> Transitions:
    """What was found, as the analysis says it."""
    items = [
        TransitionFound(kind=t.kind, start_frame=t.first, end_frame=t.last + 1, strength=round(min(1.0, max(0.0, t.strength)), 3))
        for t in found
    ]
    kinds = [t.kind for t in found]
    gradual = kinds.count("dissolve") + kinds.count("fade")
    return Transitions(cuts=kinds.count("cut"), gradual=gradual, flashes=kinds.count("flash"), items=items)


ANALYSER = Analyser(name="transitions", result=Transitions, decide=decide, measure=Changes)
