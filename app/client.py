"""How a command reaches the studio: over HTTP when one runs on the data folder, else by being one itself for a while."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.character_desk import CharacterDesk, LocalCharacters
from app.content import stat_of
from app.remote import RemoteSession, find_running
from app.views import artifact_to_json, job_to_json, lineage_to_json, page_to_json, project_to_json, review_to_json, submitted_to_json
from configs.errors import Conflict
from configs.settings import Settings
from storage.records import ENDED

if TYPE_CHECKING:
    from app.studio import Studio

RETRY_S = 0.3
Json = dict[str, Any]


class Session(Protocol):
    """What commands need of a studio; every value is in the HTTP shape. Use as a context manager."""

    def submit(
        self, capability: str, request: Mapping[str, Any], *, project_id: str | None = None, priority: int = 0, reuse: bool = True
    ) -> Json:
        """The job; it carries ``reused: true`` when an earlier one answers the request."""

    def job(self, job_id: str) -> Json:
        """One job with result, artifacts, published values and log."""

    def jobs(self, **filters: Any) -> Json:
        """A page of jobs: ``state`` (a sequence), ``capability``, ``project_id``, ``limit``, ``before``."""

    def counts(self) -> dict[str, int]:
        """Jobs per state."""

    def cancel(self, job_id: str) -> Json:
        """Cancels a job."""

    def retry(self, job_id: str) -> Json:
        """Queues an ended job again."""

    def run_next(self, job_id: str) -> Json:
        """Moves a queued job to the front."""

    def follow(self, job_id: str) -> Iterator[tuple[str, Json]]:
        """(kind, data): ``snapshot`` first, then what changes, ``end`` with the whole job last."""

    def artifacts(self, **filters: Any) -> Json:
        """A page of artifacts: ``kind``, ``role``, ``job_id``, ``project_id``, ``query``, ``limit``, ``before``."""

    def artifact(self, artifact_id: str) -> Json:
        """One artifact."""

    def lineage(self, artifact_id: str) -> Json:
        """What made it and what was made from it."""

    def add_path(self, path: str, kind: str = "video", project_id: str | None = None) -> Json:
        """Takes a file in where it lies."""

    def fetch(self, artifact_id: str, target: Path) -> None:
        """Writes the artifact's bytes to ``target``, which must not exist."""

    def delete_artifact(self, artifact_id: str) -> int:
        """Forgets an artifact; returns the bytes freed."""

    def relink(self, artifact_id: str, path: str) -> Json:
        """Says where a moved file lies now."""

    def review(self, artifact_id: str) -> Json:
        """A clip's review."""

    def change_review(self, artifact_id: str, operation: Mapping[str, Any]) -> Json:
        """Carries out one operation; the review after it."""

    def turn_review(self, artifact_id: str, way: str) -> Json:
        """``undo`` or ``redo``; the review after it."""

    @property
    def characters(self) -> CharacterDesk:
        """The characters."""

    def models(self) -> list[Json]:
        """Every model, installed or not."""

    def model(self, name: str) -> Json:
        """One model."""

    def model_files(self) -> list[Json]:
        """Weights in the folders of other programs."""

    def adapters(self, kind: str | None = None, query: str = "") -> Json:
        """LoRAs, ControlNets ... of this machine, and the folder for more."""

    def picture_settings(self, image: str) -> Json:
        """How a picture, by its id or path, was made: ``settings``, ``source``, ``notes``."""

    def projects(self) -> list[Json]:
        """Every project."""

    def create_project(self, name: str) -> Json:
        """A new project."""

    def keys(self) -> list[Json]:
        """API keys, without their text."""

    def create_key(self, name: str) -> Json:
        """A new API key, with its text."""

    def revoke_key(self, key_id: str) -> None:
        """Makes an API key worthless."""

    def status(self) -> Json:
        """Machine, workers and queue."""

    @property
    def lasting(self) -> bool:
        """Whether queued jobs go on after this command has ended."""

    def __enter__(self) -> Session: ...
    def __exit__(self, *details: object) -> None: ...


class LocalSession:
    """This process is the studio until the command ends."""

    lasting = False

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def submit(
        self, capability: str, request: Mapping[str, Any], *, project_id: str | None = None, priority: int = 0, reuse: bool = True
    ) -> Json:
        """Enqueues before whatever an earlier studio left in the queue: this process lives only for this job."""
        studio = self._studio
        submitted = studio.submit(capability, request, project_id=project_id, priority=priority, allow_paths=True, reuse=reuse)
        with contextlib.suppress(Conflict):  # it runs already
            studio.run_next(submitted.job.id)
        return submitted_to_json(studio.job(submitted.job.id), submitted)

    def job(self, job_id: str) -> Json:
        """See `Session`."""
        return job_to_json(self._studio.job(job_id))

    def jobs(self, **filters: Any) -> Json:
        """See `Session`."""
        return page_to_json(self._studio.jobs(**filters))

    def counts(self) -> dict[str, int]:
        """See `Session`."""
        return self._studio.counts()

    def cancel(self, job_id: str) -> Json:
        """See `Session`."""
        return job_to_json(self._studio.cancel(job_id))

    def retry(self, job_id: str) -> Json:
        """See `Session`."""
        return job_to_json(self._studio.retry(job_id))

    def run_next(self, job_id: str) -> Json:
        """See `Session`."""
        return job_to_json(self._studio.run_next(job_id))

    def follow(self, job_id: str) -> Iterator[tuple[str, Json]]:
        """See `Session`."""
        studio = self._studio
        with studio.events.subscribe(job_id) as subscription:
            detail = studio.job(job_id)
            yield "snapshot", job_to_json(detail)
            while detail.job.state not in ENDED:
                event = subscription.get()
                if event is None:
                    return
                yield event.kind, event.data
                if (event.kind == "job" and event.data["state"] in ENDED) or subscription.lost:
                    subscription.lost = False
                    detail = studio.job(job_id)
            yield "end", job_to_json(detail)

    def artifacts(self, **filters: Any) -> Json:
        """See `Session`."""
        return page_to_json(self._studio.artifacts(**filters))

    def artifact(self, artifact_id: str) -> Json:
        """See `Session`."""
        return artifact_to_json(self._studio.artifact(artifact_id))

    def lineage(self, artifact_id: str) -> Json:
        """See `Session`."""
        return lineage_to_json(self._studio.lineage(artifact_id))

    def add_path(self, path: str, kind: str = "video", project_id: str | None = None) -> Json:
        """See `Session`."""
        return artifact_to_json(self._studio.add_path(path, kind, project_id))

    def fetch(self, artifact_id: str, target: Path) -> None:
        """See `Session`."""
        artifact = self._studio.artifact(artifact_id)
        stat_of(artifact)
        with artifact.path.open("rb") as source, target.open("xb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)

    def delete_artifact(self, artifact_id: str) -> int:
        """See `Session`."""
        return self._studio.delete_artifact(artifact_id)

    def relink(self, artifact_id: str, path: str) -> Json:
        """See `Session`."""
        return artifact_to_json(self._studio.relink(artifact_id, path))

    def review(self, artifact_id: str) -> Json:
        """See `Session`."""
        return review_to_json(artifact_id, self._studio.reviews.get(artifact_id))

    def change_review(self, artifact_id: str, operation: Mapping[str, Any]) -> Json:
        """See `Session`."""
        return review_to_json(artifact_id, self._studio.reviews.change(artifact_id, operation))

    def turn_review(self, artifact_id: str, way: str) -> Json:
        """See `Session`."""
        reviews = self._studio.reviews
        return review_to_json(artifact_id, reviews.undo(artifact_id) if way == "undo" else reviews.redo(artifact_id))

    @property
    def characters(self) -> CharacterDesk:
        """See `Session`."""
        return LocalCharacters(self._studio)

    def models(self) -> list[Json]:
        """See `Session`."""
        return [entry.model_dump(mode="json") for entry in self._studio.catalogue.entries()]

    def model(self, name: str) -> Json:
        """See `Session`."""
        return self._studio.catalogue.entry(name).model_dump(mode="json")

    def model_files(self) -> list[Json]:
        """See `Session`."""
        return [entry.model_dump(mode="json") for entry in self._studio.catalogue.foreign_files()]

    def adapters(self, kind: str | None = None, query: str = "") -> Json:
        """See `Session`."""
        from app.models.adapters import list_adapters

        return list_adapters(self._studio.adapters, kind, query).model_dump(mode="json")

    def picture_settings(self, image: str) -> Json:
        """See `Session`."""
        from app.restoring import restore

        return restore(self._studio, image, allow_paths=True).model_dump(mode="json")

    def projects(self) -> list[Json]:
        """See `Session`."""
        return [project_to_json(project) for project in self._studio.projects()]

    def create_project(self, name: str) -> Json:
        """See `Session`."""
        return project_to_json(self._studio.create_project(name))

    def keys(self) -> list[Json]:
        """See `Session`."""
        return [dict(key.__dict__) for key in self._studio.api_keys.all()]

    def create_key(self, name: str) -> Json:
        """See `Session`."""
        made, text = self._studio.api_keys.create(name)
        return {**made.__dict__, "key": text}

    def revoke_key(self, key_id: str) -> None:
        """See `Session`."""
        self._studio.api_keys.revoke(key_id)

    def status(self) -> Json:
        """See `Session`."""
        return self._studio.status()

    def __enter__(self) -> LocalSession:
        return self

    def __exit__(self, *_: object) -> None:
        self._studio.close()


def open_session(settings: Settings, note: Callable[[str], None], *, workers: bool = True) -> Session:
    """The running studio of this data folder, or one in this process.

    While another command holds the folder for its own job and serves no address, this one waits for it.

    Args:
        note: told when there is something to wait for.
        workers: whether a studio in this process should run jobs, or is opened only to look.
    """
    told = False
    while True:
        running = find_running(settings.data_dir)
        if running is not None:
            return running
        try:
            return LocalSession(_open(settings, workers))
        except Conflict as error:
            if error.code != "already_running":
                raise
        if not told:
            note(f"Another command is working in {settings.data_dir}; waiting for it to end. Ctrl-C leaves.")
            told = True
        time.sleep(RETRY_S)


def _open(settings: Settings, workers: bool) -> Studio:
    from app.studio import Studio

    return Studio.open(settings, start_workers=workers, keep_spare=False)


__all__ = ["LocalSession", "RemoteSession", "Session", "open_session"]
