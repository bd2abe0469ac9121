"""An analysis' shots decided anew while somebody moves a slider: the stored curves stay in memory, nothing is decoded."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.reviews import Reviews
from app.video.review import Review, boundaries, edited
from configs.errors import BadInput, Conflict, NotFound
from storage.artifacts import ArtifactStore
from storage.records import LIVE, Job

if TYPE_CHECKING:
    from app.video.analysers.transitions import Transition
    from app.video.reshots import Detection, Film

KEPT = 4  # films whose curves stay in memory: some 16 MB for each hour at 24 frames a second
KEPT_CHANGES = 32


class Shots:
    """Answers for one studio."""

    def __init__(self, artifacts: ArtifactStore, reviews: Reviews, find_job: Callable[[str], Job]) -> None:
        self._artifacts, self._reviews, self._find_job = artifacts, reviews, find_job
        self._film = lru_cache(maxsize=KEPT)(_read)  # what a path of the store holds never changes
        self._changes = lru_cache(maxsize=KEPT_CHANGES)(self._find_changes)

    def of_job(self, job_id: str, wanted: Detection, *, use_review: bool = True) -> dict[str, Any]:
        """The shots and transitions of an analysis under other settings, as JSON, and how long that took.

        Raises:
            NotFound, BadInput, Conflict: the job is none, or no finished analysis, or stored too little.
        """
        from app.video.analysers.scenes import described
        from app.video.reshots import scenes_of

        paths = self._paths(job_id)
        film = self._film(*paths)
        began = time.perf_counter()
        found = self._changes(*paths, film.sensitivity(wanted))
        plain = self._detected(film, wanted, found)
        final = boundaries(plain, self._review(film) if use_review else Review(), film.frame_count)
        hands = edited(plain, final, film.frame_count)
        scenes = scenes_of(film, final)
        shots = [{**scene.model_dump(mode="json"), "edited": hand} for scene, hand in zip(scenes, hands, strict=True)]
        answer: dict[str, Any] = {"shots": shots, "transitions": described(found).model_dump(mode="json")}
        return {**answer, "took_ms": round(1000 * (time.perf_counter() - began), 1)}

    def detected(self, job_id: str, wanted: Detection) -> Sequence[int]:
        """The boundaries that detection finds in an analysis under these settings."""
        paths = self._paths(job_id)
        film = self._film(*paths)
        return self._detected(film, wanted, self._changes(*paths, film.sensitivity(wanted)))

    def _detected(self, film: Film, wanted: Detection, found: Sequence[Transition]) -> tuple[int, ...]:
        from app.video.reshots import detected

        return detected(film, wanted, found)

    def _review(self, film: Film) -> Review:
        try:
            return self._reviews.get(film.clip_id)
        except NotFound:  # the clip was deleted, and its review with it
            return Review()

    def _find_changes(self, document: Path, curves: Path, sensitivity: float) -> tuple[Transition, ...]:
        from app.video.reshots import Detection, changes

        return tuple(changes(self._film(document, curves), Detection(sensitivity)))

    def _paths(self, job_id: str) -> tuple[Path, Path]:
        found = [self._artifacts.named(job_id, name) for name in ("analysis.json", "curves.npz")]
        job = self._find_job(job_id)
        if job.state in LIVE:
            raise Conflict(f"Job {job_id} is {job.state}; its shots can be decided again once it has ended.", "Wait for its end.")
        if found[0] is None:
            raise BadInput(f"Job {job_id} ({job.title}, {job.state}) left no analysis.", "Give the id of a finished analysis.")
        if found[1] is None or found[0].missing or found[1].missing:
            raise BadInput(f"The curves of job {job_id} are no longer stored.", "Analyse the clip again.", "curves_missing")
        return found[0].path, found[1].path


def _read(document: Path, curves: Path) -> Film:
    from app.video.stored import read_film

    return read_film(document, curves)
