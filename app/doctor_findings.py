"""One finding of the doctor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        name: what was looked at.
        level: "ok"; "warn": the studio runs, but something is slower, smaller or missing; "bad": it cannot run well.
        sentence: what was found.
        remedy: the exact command that mends it; empty when all is well.
    """

    name: str
    level: Level
    sentence: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """The JSON form."""
        return asdict(self)
