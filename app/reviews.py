"""Reviews kept: reads and writes each clip's log, one change at a time, and tells whoever listens."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import ModelWrapValidatorHandler, RootModel, ValidationError, model_validator

from app.validation import as_bad_input
from app.video.review import Line, Review, checked, fold
from app.video.review_document import to_state
from app.video.review_operations import AUTHOR_LIMIT, AnyOperation, Operation, plain_text
from configs.errors import BadInput, Conflict, NotFound
from jobs.events import EventBus
from storage import reviews
from storage.artifacts import ArtifactStore
from storage.records import Artifact

KEPT = 32  # folded reviews in memory
OPERATIONS = tuple(get_args(kind.model_fields["op"].annotation)[0] for kind in get_args(AnyOperation))


class OperationBody(RootModel[Operation]):
    """One change of a review."""

    @model_validator(mode="wrap")
    @classmethod
    def _in_words(cls, value: Any, validate: ModelWrapValidatorHandler[OperationBody]) -> OperationBody:
        """What is wrong becomes one sentence that names the field alone, without the kind of operation before it."""
        try:
            return validate(value)
        except ValidationError as error:
            first = error.errors()[0]
            if first["type"].startswith("union_tag"):
                given = value.get("op") if isinstance(value, Mapping) else value
                raise BadInput(f"There is no operation {str(given)[:40]!r}.", f"Operations: {', '.join(OPERATIONS)}.") from None
            raise as_bad_input([{**first, "loc": first["loc"][1:]}], "operation") from None


class Reviews:
    """The reviews of one studio. A review belongs to a clip, an artifact of kind video, and is deleted with it."""

    def __init__(self, artifacts: ArtifactStore, events: EventBus) -> None:
        self._artifacts, self._events = artifacts, events
        self._lock = threading.Lock()  # what is checked must still hold when it is written
        self._folded: dict[str, Review] = {}
        self._detected = lru_cache(maxsize=KEPT)(_read_detected)  # what a path of the store holds never changes

    def get(self, artifact_id: str) -> Review:
        """The review of a clip; one that nobody has touched is empty."""
        self._clip(artifact_id)
        with self._lock:
            return self._current(artifact_id)

    def for_job(self, artifact_id: str) -> dict[str, Any] | None:
        """The review as a job reads it; None where there is none, or no clip any more."""
        try:
            review = self.get(artifact_id)
        except NotFound:
            return None
        return None if review.is_empty else to_state(review)

    def change(self, artifact_id: str, operation: AnyOperation | Mapping[str, Any], shown: Sequence[int] | None = None) -> Review:
        """Carries out one operation.

        Args:
            shown: the boundaries that detection found where the person was looking; left out: those of the newest analysis.

        Raises:
            BadInput: it is no operation, or makes no sense on this clip.
        """
        clip = self._clip(artifact_id)
        typed = operation if isinstance(operation, AnyOperation) else OperationBody.model_validate(operation).root
        detected, frame_count = self._detection(clip)
        with self._lock:
            review = self._current(artifact_id)
            fields, author = checked(typed, review, detected if shown is None else shown, frame_count)
            return self._write(artifact_id, review, fields, author)

    def undo(self, artifact_id: str, author: str = "") -> Review:
        """Takes the last change back; raises `Conflict` when there is none."""
        return self._turn(artifact_id, "undo", author)

    def redo(self, artifact_id: str, author: str = "") -> Review:
        """Makes the change that was last taken back; raises `Conflict` when there is none."""
        return self._turn(artifact_id, "redo", author)

    def _turn(self, artifact_id: str, op: str, author: str) -> Review:
        clip = self._clip(artifact_id)
        author = plain_text(author, "author", AUTHOR_LIMIT)
        with self._lock:
            review = self._current(artifact_id)
            if not (review.done if op == "undo" else review.undone):
                raise Conflict(f"There is nothing to {op} in the review of {clip.name}.", "Change something first.", f"nothing_to_{op}")
            return self._write(artifact_id, review, {"op": op}, author)

    def _current(self, artifact_id: str) -> Review:
        """Folded from what is in memory and what has been written since."""
        known = self._folded.pop(artifact_id, Review())
        new = reviews.entries(self._artifacts.database, artifact_id, known.revision)
        return self._remember(artifact_id, fold([_line(entry) for entry in new], known) if new else known)

    def _write(self, artifact_id: str, review: Review, operation: dict[str, Any], author: str) -> Review:
        entry = reviews.append(self._artifacts.database, artifact_id, operation, author)
        found = self._remember(artifact_id, fold([_line(entry)], review))
        self._events.send("", "review", {"artifact_id": artifact_id, "revision": found.revision})
        return found

    def _remember(self, artifact_id: str, review: Review) -> Review:
        self._folded.pop(artifact_id, None)
        self._folded[artifact_id] = review
        while len(self._folded) > KEPT:
            del self._folded[next(iter(self._folded))]
        return review

    def _clip(self, artifact_id: str) -> Artifact:
        artifact = self._artifacts.get(artifact_id)
        if artifact.kind != "video":
            raise BadInput(f"{artifact.name} is of kind {artifact.kind}; only videos are reviewed.", "Give the id of a video.")
        return artifact

    def _detection(self, clip: Artifact) -> tuple[Sequence[int], int]:
        """The boundaries of the newest analysis, and how many frames the clip has."""
        analysis = self._artifacts.newest_child(clip.id, "analysis.json")
        if analysis is not None:
            with contextlib.suppress(OSError, ValueError, LookupError):  # damaged or gone: then there is nothing to go by
                return self._detected(analysis.path)
        return (), int(clip.meta["probe"]["video"]["frame_count"])


def _read_detected(analysis: Path) -> tuple[tuple[int, ...], int]:
    document = json.loads(analysis.read_text(encoding="utf-8"))
    applied = document.get("review")
    found = applied["detected"] if applied else [scene["start_frame"] for scene in document["scenes"][1:]]
    return tuple(found), int(document["frame_count"])


def _line(entry: reviews.Entry) -> Line:
    return Line(entry.revision, entry.operation, entry.author, entry.created_at)
