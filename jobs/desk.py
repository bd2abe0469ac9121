"""The studio's side of a running attempt: takes its reports and commits them, refusing those of a stale attempt."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from configs.errors import StudioError, Unavailable
from jobs.attempt import LOST, staging_owner
from jobs.context import artifact_to_json
from jobs.order import Order, Outcome
from jobs.queue import JobQueue
from storage import jobs as rows
from storage.artifacts import ArtifactStore, NewArtifact
from storage.records import FAILED, Job, Json

LOG_LINES_PER_ATTEMPT = 2000
STORE_RETRY_S = 1.0
log = logging.getLogger(__name__)


class Desk:
    """Turns the verbs of an attempt into committed rows and events."""

    def __init__(self, queue: JobQueue, artifacts: ArtifactStore, work_root: Path) -> None:
        self.queue, self.artifacts, self.work_root = queue, artifacts, work_root
        self.review_of: Callable[[str], Json] = lambda artifact_id: None  # what people have said about a clip
        self._logged: dict[tuple[str, int], int] = {}

    def order(self, job: Job) -> Order:
        """What a worker must know to run the claimed attempt."""
        with self.queue.database.read() as connection:
            saved = rows.saved_by(connection, job.id)
        media = {}
        for artifact_id in rows.media_of(job):
            media[artifact_id] = artifact_to_json(self.artifacts.require_file(self.artifacts.get(artifact_id)))
        return Order(
            job_id=job.id, attempt=job.attempt, capability=job.capability, request=job.request, project_id=job.project_id,
            work_dir=str(self._work_dir(job.id, job.attempt)), blob_dir=str(self.artifacts.blobs.root),
            cache_dir=str(self.work_root.parent / "cache"),
            steps=saved.steps, checkpoint=saved.checkpoint, media=media, priority=job.priority,
        )  # fmt: skip

    def handle(self, job_id: str, attempt: int, verb: str, fields: dict[str, Any]) -> Json:
        """Carries out one report; raises `LeaseLost` for a stale attempt, `StudioError` when the store cannot take it."""
        if verb == "progress":
            self.queue.set_progress(job_id, attempt, fields["fraction"], fields["message"])
        elif verb == "step":
            self.queue.add_step(job_id, attempt, fields["name"], fields["value"])
        elif verb == "checkpoint":
            self.queue.set_checkpoint(job_id, attempt, fields["state"])
        elif verb == "publish":
            self.queue.publish(job_id, attempt, fields["key"], fields["value"])
        elif verb == "save":
            return self._save(job_id, attempt, fields)
        elif verb in ("artifact", "named"):
            return self._artifact(fields)
        elif verb == "review":
            return self.review_of(fields["id"])
        elif verb == "emit":
            self.queue.events.send(job_id, "emit", {"kind": fields["kind"], "data": fields["data"]})
        elif verb == "log":
            self._log(job_id, attempt, fields["message"])
        else:
            raise ValueError(f"unknown verb {verb!r}")
        return None

    def _artifact(self, fields: dict[str, Any]) -> Json:
        """An artifact by its id, or by the job that saved it and its name there; None where a job saved none of that name."""
        found = self.artifacts.get(fields["id"]) if "id" in fields else self.artifacts.named(fields["job_id"], fields["name"])
        return None if found is None else artifact_to_json(self.artifacts.require_file(found))

    def forget(self, job_id: str, attempt: int) -> None:
        """The attempt is over."""
        self._logged.pop((job_id, attempt), None)

    def end(self, job_id: str, attempt: int, outcome: Outcome, is_closing: Callable[[], bool]) -> None:
        """Writes how an attempt ended. What the store cannot take now (a full disk) is kept here and tried again until it can."""
        self.forget(job_id, attempt)
        lines = outcome.log
        while outcome.state != LOST:
            try:
                if lines:
                    self.queue.log(job_id, lines)
                    lines = ()
                self.queue.finish(job_id, attempt, outcome.state, result=outcome.result, error=outcome.error)
                return
            except StudioError as error:
                log.error("the end of job %s cannot be written yet: %s", job_id, error)
                if not isinstance(error, Unavailable):  # the store will never take this one
                    outcome, lines = Outcome(state=FAILED, error=error.as_dict()), ()
            if is_closing():
                return
            time.sleep(STORE_RETRY_S)

    def clear_away(self, job_id: str, attempt: int) -> None:
        """The attempt's process died: removes what it was in the middle of writing."""
        self.forget(job_id, attempt)
        shutil.rmtree(self._work_dir(job_id, attempt), ignore_errors=True)
        self.artifacts.blobs.discard_staged(staging_owner(job_id, attempt))

    def _work_dir(self, job_id: str, attempt: int) -> Path:
        return self.work_root / f"{job_id}-{attempt}"

    def _save(self, job_id: str, attempt: int, fields: dict[str, Any]) -> Json:
        staged = self.artifacts.blobs.incoming / Path(fields["staged"]).name
        try:
            job = self.queue.find(job_id)
            made_by = {"capability": job.capability, "engine": job.engine, "request": job.request}
            new = NewArtifact(
                name=fields["name"], kind=fields["kind"], role=fields["role"], media_type=fields["media_type"],
                size_bytes=fields["size_bytes"], content_hash=fields["sha256"], project_id=job.project_id, job_id=job_id,
                meta={**fields["meta"], "made_by": made_by}, inputs=fields["inputs"],
            )  # fmt: skip
            allow = partial(self.queue.require_lease, job_id=job_id, attempt=attempt)
            artifact = self.artifacts.add_blob(new, staged, allow)
        finally:
            staged.unlink(missing_ok=True)
        answer = artifact_to_json(artifact)
        self.queue.events.send(job_id, "artifact", {k: v for k, v in answer.items() if k != "path"})
        if fields["thumbnail"]:
            self.queue.set_thumbnail(job_id, artifact.id)
        return answer

    def _log(self, job_id: str, attempt: int, message: str) -> None:
        lines = str(message).splitlines() or [""]
        written = self._logged.get((job_id, attempt), 0)
        room = LOG_LINES_PER_ATTEMPT - written
        if room > 0:
            self._logged[(job_id, attempt)] = written + len(lines)
            self.queue.log(job_id, lines[:room])
