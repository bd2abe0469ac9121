"""How much a picture resembles a character's reference pictures, 0 to 1: by a model's features, or by the built-in descriptor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from configs.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

BUILT_IN = "built-in descriptor (colours, their places, shapes; no AI model)"
# One row per picture: what an engine for features answers, as an array of unit vectors (n, dimensions).
Features = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True)
class Resemblance:
    """How alike.

    Attributes:
        similarity: 0 to 1; from 0.65 on it may be taken for the same character.
        reference: which of the references it resembles most, counted from 0.
        engine: what measured it, in words.
    """

    similarity: float
    reference: int
    engine: str


class Sheet:
    """A character's reference pictures, described once, to compare many pictures with.

    Args:
        references: PIL images of any mode and size, at least one.
        features: an engine's; None: the built-in descriptor.
        engine: the name of the engine.

    Raises:
        BadInput: there are no references.
    """

    def __init__(self, references: Sequence[Image], features: Features | None = None, engine: str = "") -> None:
        if not references:
            raise BadInput("There is no reference picture to compare with.", "Give the character at least one picture that shows it.")
        from app.imaging.consistency.scoring import described

        self.engine = (engine or "features of a model") if features else BUILT_IN
        self._features = features
        self._references = [described(picture, features) for picture in references]

    def likeness(self, image: Image) -> Resemblance:
        """Of one picture; the best over all references."""
        from app.imaging.consistency.scoring import described, similarity

        seen = described(image, self._features)
        found = [similarity(seen, reference) for reference in self._references]
        best = max(range(len(found)), key=found.__getitem__)
        return Resemblance(round(found[best], 4), best, self.engine)

    def agreement(self) -> float | None:
        """How alike the references are among themselves: that of the least alike to its nearest other; None for a single one."""
        from app.imaging.consistency.scoring import similarity

        if len(self._references) < 2:
            return None
        nearest = [
            max(similarity(one, other) for place, other in enumerate(self._references) if place != number)
            for number, one in enumerate(self._references)
        ]
        return round(min(nearest), 4)


def likeness(image: Image, references: Sequence[Image], features: Features | None = None, engine: str = "") -> Resemblance:
    """How much one picture resembles the best of the references; for many pictures make a `Sheet` once."""
    return Sheet(references, features, engine).likeness(image)
