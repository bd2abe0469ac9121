"""The studio's own scene detector at work during the pass: reads the curves as they grow, tells cuts once they are certain."""

from __future__ import annotations

from typing import Any

from app.video.analysers.transitions import AHEAD, BEHIND, Transition, find_transitions
from app.video.scenes import Cut
from app.video.table import Table

EVERY = 12  # frames between two looks


class CurveFinder:
    """Cuts from the table. What it finds bit by bit is what `find_transitions` finds in the whole.

    A verdict depends on a bounded number of frames to either side, so a boundary that lies ``AHEAD`` frames back is final.
    """

    def __init__(self, table: Table, sensitivity: float, min_scene_frames: int) -> None:
        self._table, self._sensitivity, self._shortest = table, sensitivity, min_scene_frames
        self._last_cut = 0
        self._told = 0  # boundaries up to here are settled
        self.flashed: set[int] = set()  # frames that show a flash rather than their shot

    def feed(self) -> list[Cut]:
        """Called after each frame."""
        return self._look(len(self._table) - AHEAD) if len(self._table) % EVERY == 0 else []

    def finish(self) -> list[Cut]:
        """What the end of the film makes certain."""
        return self._look(len(self._table) + 1)

    def state(self) -> dict[str, Any]:
        """Everything that later decisions depend on, beside the table."""
        return {"last_cut": self._last_cut, "told": self._told, "flashed": sorted(self.flashed)}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes back to a `state`."""
        self._last_cut, self._told, self.flashed = int(state["last_cut"]), int(state["told"]), set(state["flashed"])

    def _look(self, settled: int) -> list[Cut]:
        if settled <= self._told:
            return []
        start = max(0, self._told - BEHIND)
        found = find_transitions(self._table.curves(start), self._sensitivity)
        self.flashed |= {start + frame for t in found if t.kind == "flash" for frame in range(t.first, t.last + 1)}
        cuts = []
        for frame in (start + b for b in boundaries_of(found)):
            if not self._told < frame <= settled or frame - self._last_cut < self._shortest or frame >= len(self._table):
                continue
            cuts.append(Cut(frame, self._table.time_s(frame), self._table.stamp(frame)))
            self._last_cut = frame
        self._told = settled
        return cuts


def boundaries_of(transitions: list[Transition]) -> list[int]:
    """First frames of new shots, in order; a flash starts none."""
    return sorted({t.boundary for t in transitions if t.kind != "flash" and t.boundary > 0})
