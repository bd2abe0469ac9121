"""How the clip's picture lies on the film's canvas, and where on it the subject then is."""

from __future__ import annotations

from dataclasses import dataclass

from app.editing.operations.shape import Aspect, Reframe
from app.editing.planner.footage import Footage
from app.editing.planner.rows import Row
from app.editing.planner.subjects import row_path

SAME = 0.02  # shapes nearer than this are one
NO_SUBJECT = (0.5, 0.45)
QUITE_SURE, UNSURE_CLOSEST = 0.75, 1.25  # what is less sure is not closed in on tightly


@dataclass(frozen=True)
class Aim:
    """A point of the canvas to close in on, and how close it may be for the subject to stay whole; ``words`` for the reason."""

    x: float
    y: float
    closest: float
    words: str
    found: bool


@dataclass(frozen=True)
class Framing:
    """The film's shape against the clip's. ``aspect`` None: the clip's own."""

    footage: Footage
    aspect: Aspect | None = None

    @property
    def kept(self) -> tuple[float, float]:
        """Shares of the clip's width and height that are on the canvas."""
        if self.aspect is None:
            return 1.0, 1.0
        wide, high = (int(number) for number in self.aspect.split(":"))
        relation = (wide / high) / self.footage.aspect
        if abs(relation - 1) <= SAME:
            return 1.0, 1.0
        return (relation, 1.0) if relation < 1 else (1.0, 1 / relation)

    @property
    def cuts(self) -> bool:
        """Whether the film has another shape than the clip."""
        return self.kept != (1.0, 1.0)

    def aim(self, at_s: float) -> Aim:
        """Where the subject is on the canvas at a moment of the clip."""
        box = self.footage.subject_at(at_s)
        if box is None:
            return Aim(*NO_SUBJECT, 1.6, "no clear subject, so the middle", False)
        wide, high = self.kept
        x, y = _within(box.x, box.x, wide), _within(box.face_y, box.face_y, high)
        closest = min(2.4, max(1.05, 0.9 / max(box.w / wide, box.h / high, 0.05)))
        closest = closest if box.confidence >= QUITE_SURE else min(closest, UNSURE_CLOSEST)
        words = f"subject {_side(box.x)} at {100 * box.x:.0f} %, {100 * box.y:.0f} % ({box.confidence:.0%} sure)"
        return Aim(round(x, 3), round(y, 3), closest, words, True)

    def covered(self, at_s: float, top: float, bottom: float) -> float:
        """How much of the subject's height lies in a band of the canvas, 0 to 1; 0 without a subject."""
        box = self.footage.subject_at(at_s)
        if box is None:
            return 0.0
        high = self.kept[1]
        first, last = (_within(box.y + side * box.h / 2, box.face_y, high) for side in (-1, 1))
        return max(0.0, min(last, bottom) - max(first, top)) / max(bottom - top, 1e-6)

    def reframe(self, row: Row) -> Reframe | None:
        """Cuts the film's shape out of the row and follows the subject; None where the shapes are one."""
        if self.aspect is None or not self.cuts:
            return None
        return Reframe(aspect=self.aspect, path=row_path(self.footage, row))


def _within(place: float, middle: float, kept: float) -> float:
    """A share of the clip's picture as one of the window that follows ``middle``."""
    left = min(max(middle - kept / 2, 0.0), 1 - kept)
    return min(max((place - left) / kept, 0.0), 1.0)


def _side(x: float) -> str:
    return "on the left" if x < 0.4 else "on the right" if x > 0.6 else "in the middle"
