"""How much a finished picture resembles the characters of its request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.consistency.engines import features_of
from app.imaging.consistency.likeness import Sheet
from app.imaging.opening import open_picture
from app.imaging.prompting import cast_of
from app.imaging.requests import STORYBOARD, GenerateImage, Likeness
from jobs.context import JobContext

if TYPE_CHECKING:
    from PIL.Image import Image


class Judge:
    """Compares with each character's references, which are described once. Does nothing where no character has any, or for storyboards."""

    def __init__(self, request: GenerateImage, job: JobContext) -> None:
        self._job = job
        drawn = request.model == STORYBOARD  # a card stands for a character, it does not resemble one
        self._cast = [] if drawn else [member for member in cast_of(request) if member.references]
        self._model = request.likeness_model
        self._sheets: dict[str, Sheet] = {}

    @property
    def needed(self) -> bool:
        """Whether there is anybody to compare with."""
        return bool(self._cast)

    def judge(self, image: Image) -> list[Likeness]:
        """One answer for each character that has references."""
        found = []
        for member in self._cast:
            seen = self._sheet(member.name, member.references).likeness(image)
            found.append(
                Likeness(
                    character=member.name, similarity=seen.similarity, threshold=member.threshold,
                    passed=seen.similarity >= member.threshold, engine=seen.engine,
                )
            )  # fmt: skip
        return found

    def _sheet(self, name: str, references: list[str]) -> Sheet:
        if name not in self._sheets:
            pictures = [open_picture(self._job.artifact(reference).path) for reference in references]
            features, engine = features_of(self._model, self._job)
            self._sheets[name] = Sheet(pictures, features, engine)
        return self._sheets[name]
