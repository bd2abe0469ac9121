"""How much a finished picture resembles the characters of its request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.imaging.prompting import cast_of
from app.imaging.requests import Likeness, Picture
from configs.errors import StudioError
from jobs.context import JobContext

if TYPE_CHECKING:
    from PIL.Image import Image

FEATURE_MODELS = ("dinov2-small", "dinov2-base")  # asked in this order
ENOUGH = 4  # references of a character that are compared with


class Judge:
    """Compares with each character's references, which are described once. Does nothing where no character has any."""

    def __init__(self, request: Picture, job: JobContext) -> None:
        self._job = job
        self._cast = [member for member in cast_of(request) if member.references]
        self._sheets: dict[str, Any] = {}
        self._model: str | None = None

    @property
    def needed(self) -> bool:
        """Whether there is anybody to compare with."""
        return bool(self._cast)

    def judge(self, image: Image) -> list[Likeness]:
        """One answer for each character that has references."""
        found = []
        for member in self._cast:
            seen = self._sheet(member.name, member.references[:ENOUGH]).likeness(image)
            found.append(
                Likeness(
                    character=member.name, similarity=seen.similarity, threshold=member.threshold,
                    passed=seen.similarity >= member.threshold, engine=seen.engine,
                )
            )  # fmt: skip
        return found

    def _sheet(self, name: str, references: list[str]) -> Any:
        from app.imaging.consistency.likeness import Sheet
        from app.imaging.opening import open_picture

        if name not in self._sheets:
            pictures = [open_picture(self._job.artifact(reference).path) for reference in references]
            features, engine = self._features()
            self._sheets[name] = Sheet(pictures, features, engine)
        return self._sheets[name]

    def _features(self) -> tuple[Any, str]:
        """An installed engine's features and its name; nothing where there is none."""
        for name in FEATURE_MODELS:
            try:
                title = self._job.installed(name).card.title
            except StudioError:
                continue
            return lambda images, name=name: self._look(name, images), title
        return None, ""

    def _look(self, name: str, images: Any) -> Any:
        import numpy as np

        shape = {"width": 224, "height": 224, "batch": len(images)}
        found = self._job.with_model(name, "features", shape, lambda engine: engine.features(list(images), lambda: False))
        return np.frombuffer(found.data, np.float32).reshape(found.count, found.dimensions)
