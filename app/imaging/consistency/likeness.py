"""How much a picture resembles a character's reference pictures, 0 to 1: by a model's features, or by the built-in descriptor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.consistency.calibration import built_in_similarity
from app.imaging.consistency.features import Features, feature_similarity, seen_by
from app.imaging.consistency.fields import fields_of
from app.imaging.consistency.scoring import compared, described
from configs.errors import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

BUILT_IN = "built-in descriptor (colours, their places, outlines; no AI model)"


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
        self.engine = (engine or "features of a model") if features else BUILT_IN
        self._features = features
        self._references: list[Any] = seen_by(references, features) if features else [described(picture) for picture in references]

    def likeness(self, image: Image) -> Resemblance:
        """Of one picture; the best over all references."""
        return self.resemblance(self.seen(image))

    def seen(self, image: Image) -> Any:
        """A picture's description, which every sheet of the same engine can compare."""
        return seen_by([image], self._features)[0] if self._features else fields_of(image)

    def resemblance(self, seen: Any) -> Resemblance:
        """Of a picture that was described by `seen`."""
        return self._against(seen, self._references)

    def agreement(self) -> float | None:
        """How alike the references are among themselves: that of the least alike to its nearest other; None for a single one."""
        if len(self._references) < 2:
            return None
        found = []
        for place, one in enumerate(self._references):
            others = [other for number, other in enumerate(self._references) if number != place]
            found.append(self._against(one if self._features else one.fields, others).similarity)
        return min(found)

    def _against(self, seen: Any, references: Sequence[Any]) -> Resemblance:
        if self._features:
            values = [feature_similarity(seen, reference) for reference in references]
            best = max(range(len(values)), key=values.__getitem__)
            return Resemblance(round(values[best], 4), best, self.engine)
        parts, best = compared(seen, references)
        return Resemblance(round(built_in_similarity(parts), 4), best, self.engine)


def likeness(image: Image, references: Sequence[Image], features: Features | None = None, engine: str = "") -> Resemblance:
    """How much one picture resembles the best of the references; for many pictures make a `Sheet` once."""
    return Sheet(references, features, engine).likeness(image)
