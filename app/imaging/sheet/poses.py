"""What stands on a reference sheet: sides of the figure, moods of the face, and the words that ask a model for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

View = Literal["front", "three_quarter", "side", "back"]
Expression = Literal[
    "neutral", "happy", "sad", "angry", "surprised", "afraid", "disgusted", "laughing", "thinking", "tired", "determined", "embarrassed"
]
VIEWS: tuple[View, ...] = get_args(View)
EXPRESSIONS: tuple[Expression, ...] = get_args(Expression)
USUAL: tuple[Expression, ...] = EXPRESSIONS[:6]
BARE = "plain light grey background, even studio light"
NOT_ON_A_SHEET = "cropped, out of frame, several people, collage, grid, text, watermark"


@dataclass(frozen=True)
class Pose:
    """One picture of a sheet.

    Attributes:
        label: what stands below it.
        words: what is said to the model after the character.
        whole: the whole figure, upright; else head and shoulders, square.
    """

    name: str
    label: str
    words: str
    whole: bool

    @property
    def key(self) -> str:
        """Its name among all pictures of the sheet."""
        return f"view-{self.name}" if self.whole else f"face-{self.name}"


_SIDES: dict[View, tuple[str, str]] = {
    "front": ("Front", "front view, facing the camera, arms slightly away from the body"),
    "three_quarter": ("Three-quarter", "three-quarter view, turned halfway to the side"),
    "side": ("Side", "side view, in profile, facing left"),
    "back": ("Back", "rear view, seen from behind, the face is not visible"),
}
_MOODS: dict[Expression, str] = {
    "neutral": "neutral expression, relaxed face",
    "happy": "happy expression, warm smile",
    "sad": "sad expression, downturned mouth, lowered eyes",
    "angry": "angry expression, furrowed brows, clenched teeth",
    "surprised": "surprised expression, wide eyes, open mouth",
    "afraid": "frightened expression, wide eyes, raised brows",
    "disgusted": "disgusted expression, wrinkled nose",
    "laughing": "laughing out loud, eyes closed",
    "thinking": "thoughtful expression, looking up to the side",
    "tired": "tired expression, half-closed eyes",
    "determined": "determined expression, firm mouth, steady eyes",
    "embarrassed": "embarrassed expression, blushing, looking away",
}


def pose_of_view(view: View) -> Pose:
    """A side of the whole figure."""
    label, words = _SIDES[view]
    return Pose(view, label, f"full body, standing, {words}, character turnaround, {BARE}", True)


def pose_of_expression(expression: Expression) -> Pose:
    """A mood of the face."""
    return Pose(expression, expression.capitalize(), f"head and shoulders portrait, facing the camera, {_MOODS[expression]}, {BARE}", False)
