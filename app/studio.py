"""The composition root: the only place where the parts are wired together, and the few verbs that every face uses."""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app import machine, submission
from app.announcement import command_name, held_by, read_announcement, write_private
from app.around import Around
from app.boards import Boards
from app.capability import Capability
from app.characters.service import Characters
from app.edits import Edits
from app.intake import Intake, Upload
from app.lanes import Workers, lanes
from app.models.cache import open_cache
from app.models.catalogue import open_catalogue
from app.models.desk import ModelDesk
from app.models.keys import ApiKeys
from app.models.learned import Learned
from app.models.library import Library, open_store
from app.models.machine import machine_now
from app.models.room import shelf_of
from app.renders import Renders
from app.reviews import Reviews
from app.shots import Shots
from app.thumbnails import delete_with_thumbnails
from app.version import VERSION
from configs.errors import BadInput, Conflict, NotFound, Refused, StudioError
from configs.settings import Settings
from jobs.desk import Desk
from jobs.events import EventBus
from jobs.host import FolderLock
from jobs.io_lane import IoLane
from jobs.queue import JobQueue
from jobs.supervisor import Supervisor
from storage import jobs as rows
from storage import projects
from storage.artifacts import ArtifactStore
from storage.blobs import BlobStore
from storage.database import Database
from storage.records import LIVE, STATES, Artifact, Job, Json, Page, Project

log = logging.getLogger(__name__)
CHILD_DEPTH = 4
PAGE_LIMIT = 500


@dataclass(frozen=True)
class Submitted:
    """A job, and whether it is an earlier one whose result (made or in the making) answers the request."""

    job: Job
    reused: bool


@dataclass(frozen=True)
class JobDetail:
    """Everything about one job."""

    job: Job
    result: Json
    artifacts: tuple[Artifact, ...]
    published: dict[str, Json]
    log: tuple[str, ...]


class Studio:
    """Owner of one data folder. Open it in a ``with`` block; only one at a time can hold a folder."""

    version = VERSION

    def __init__(self, settings: Settings, capabilities: Iterable[Capability[Any, Any]], workers: Workers) -> None:
        self.settings = settings
        self.capabilities = {capability.name: capability for capability in capabilities}
        self.started_at = time.time()
        self.token = ""
        self._lock = FolderLock(settings.data_dir / "studio.lock")
        self.events = EventBus()
        self._database = Database(settings.url)
        self._artifacts = ArtifactStore(self._database, BlobStore(settings.blobs))
        self.boards = Boards(self._artifacts, self.events)
        self.reviews = Reviews(self._artifacts, self.events)
        self._queue = JobQueue(self._database, self.events)
        self.shots = Shots(self._artifacts, self.reviews, self._queue.find)
        self.edits = Edits(self._database, self._artifacts, self.events, self._queue.find)
        self._prober = machine.LazyProber()
        self._intake = Intake(
            self._artifacts, self._prober.probe, max_bytes=settings.max_upload_bytes, min_free_bytes=settings.min_free_bytes,
            default_project=projects.DEFAULT,
        )  # fmt: skip
        desk = Desk(self._queue, self._artifacts, settings.data_dir / "work")
        desk.review_of = self.reviews.for_job
        learned = Learned(settings.data_dir / "cache" / "learned.jsonl")
        self._io = IoLane(desk, self.capabilities, settings.io_threads, self._submit_child)
        self._supervisor = Supervisor(
            desk, lanes(settings, workers, learned), settings.data_dir / "logs", io_lane=self._io, cancel_grace_s=settings.cancel_grace_s,
            on_notice=lambda name, data: self.models.on_notice(name, data),
        )  # fmt: skip
        library = Library(partial(open_store, settings.data_dir, settings.models, settings.foreign_folders, settings.endpoints))
        self.models = ModelDesk(self._supervisor, library, learned, self.events)
        self.adapters = shelf_of(settings.data_dir, settings.models, settings.foreign_folders, library)
        self.characters = Characters(self._database, self._intake, self.events, self.adapters)
        where = partial(machine_now, settings, self.models.status)
        self.surroundings = Around(library, self.adapters, self.characters, where, settings.data_dir)
        self.catalogue = open_catalogue(settings, self.models, self.events)
        self._io.parts |= {"catalogue": self.catalogue, "models": self.models, "renders": Renders(self._database, self._artifacts)}
        self._io.parts["characters"] = self.characters
        self.api_keys = ApiKeys(self._database)
        self.answers = open_cache(self._database, settings.answer_cache_s, settings.answer_cache_url)
        self._meter = machine.Meter()

    # -- life --------------------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls, settings: Settings, *, capabilities: Iterable[Capability[Any, Any]] | None = None, worker_target: str = "app.worker:build",
        gpu_target: str = "app.worker:build_gpu", start_workers: bool = True, keep_spare: bool = True,
    ) -> Studio:  # fmt: skip
        """Takes the data folder, mends what a crash left, and starts to work.

        Raises:
            Conflict: another studio holds the folder; the sentence says where it can be reached.
            Unavailable: the folder or its database cannot be used; the sentence says why.
        """
        if capabilities is None:
            from app.capabilities import CAPABILITIES

            capabilities = CAPABILITIES
        studio = cls(settings, capabilities, Workers(worker_target, gpu_target, keep_spare))
        studio._take_folder()
        try:
            studio._recover()
            if start_workers:
                studio._supervisor.start()
        except BaseException:
            studio.close()
            raise
        return studio

    def close(self) -> None:
        """Stops the workers, puts back what they ran, folds the log into the database, gives the folder back."""
        self.events.close()
        self._supervisor.close()
        self._io.close(timeout_s=1.0)
        self._prober.close()
        try:
            if self._lock.held and self._database.is_open:
                self._queue.release_all()
                (self.settings.data_dir / "studio.json").unlink(missing_ok=True)
        except StudioError as error:
            log.error("the studio could not put its running jobs back: %s", error)  # the next start does
        finally:
            self._database.close()
            self._lock.release()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def announce(self, url: str | None) -> None:
        """Writes where this studio can be reached, for commands given in another terminal."""
        write_private(
            self.settings.data_dir / "studio.json",
            json.dumps({"pid": os.getpid(), "url": url, "version": VERSION, "command": command_name()}),
        )

    def _take_folder(self) -> None:
        folder = self.settings.data_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "logs").mkdir(exist_ok=True)
            taken = self._lock.acquire()
        except OSError as error:
            raise machine.explain_folder(folder, error) from error
        if not taken:
            raise Conflict(*held_by(read_announcement(folder), folder), "already_running")

    def _recover(self) -> None:
        folder = self.settings.data_dir
        try:
            shutil.rmtree(folder / "work", ignore_errors=True)
            (folder / "work").mkdir(exist_ok=True)
            self.token = secrets.token_urlsafe(32)
            write_private(folder / "studio.token", self.token)
            self.announce(None)
            self._database.open()
            self._artifacts.blobs.recover(self._artifacts.is_known_blob)
        except OSError as error:
            raise machine.explain_folder(folder, error) from error
        queued, cancelled = self._queue.recover()
        if queued or cancelled:
            log.warning("the last studio died; jobs queued again: %d; cancelled: %d", queued, cancelled)

    # -- jobs --------------------------------------------------------------------------------------------------

    def submit(
        self, name: str, request: Mapping[str, Any] | BaseModel, *, project_id: str | None = None, priority: int = 0,
        parent_id: str | None = None, allow_paths: bool = False, reuse: bool = True,
    ) -> Submitted:  # fmt: skip
        """Validates, takes the media in, and enqueues; raises before any job exists when something is wrong.

        With ``reuse``, an earlier job of the same capability, version, settings and media content is returned instead.
        """
        capability = self.capability(name)
        if capability.owner_only and not allow_paths:
            raise Refused(f"{capability.title} names files of this machine, which a guest may not.", "Do it at the machine itself.")
        project = projects.require(self._database, project_id or projects.DEFAULT).id
        typed = submission.prepared(capability, submission.validate(capability, request), self.surroundings)
        take = (lambda path, kind: self._intake.add_path(path, kind, project)) if allow_paths else None
        values, media = submission.resolve_media(capability, typed, self._artifacts, take)
        key = submission.cache_key(capability, values, media, project, self._said(capability, media))
        if reuse and key is not None:
            earlier = self._find_reusable(key)
            if earlier is not None:
                return Submitted(earlier, True)
        self._intake.require_space()
        new = submission.new_job(capability, values, media, project_id=project, priority=priority, parent_id=parent_id, key=key)
        return Submitted(self._queue.submit(new), False)

    def capability(self, name: str) -> Capability[Any, Any]:
        """One row of the table; raises `NotFound` naming those that exist."""
        if name not in self.capabilities:
            raise NotFound(f"There is no capability {name!r}.", f"There are: {', '.join(self.capabilities)}.")
        return self.capabilities[name]

    def job(self, job_id: str) -> JobDetail:
        """One job with its result, artifacts, partial results and log."""
        job = self._queue.find(job_id)
        with self._database.read() as connection:
            result, published = rows.result_of(connection, job_id), rows.published_by(connection, job_id)
            lines = rows.log_of(connection, job_id)
        return JobDetail(job, result, self._artifacts.of_job(job_id), published, lines)

    def jobs(
        self, *, state: Sequence[str] = (), capability: str | None = None, project_id: str | None = None, parent_id: str | None = None,
        limit: int = 50, before: int | None = None,
    ) -> Page:  # fmt: skip
        """Jobs, newest first."""
        unknown = [s for s in state if s not in STATES]
        if unknown:
            raise BadInput(f"There is no job state {unknown[0]!r}.", f"States: {', '.join(STATES)}.")
        _require_limit(limit)
        return self._queue.page(states=state, capability=capability, project_id=project_id, parent_id=parent_id, limit=limit, before=before)

    def counts(self, project_id: str | None = None) -> dict[str, int]:
        """Jobs per state."""
        with self._database.read() as connection:
            return rows.counts(connection, project_id)

    def queue_depths(self) -> dict[str, int]:
        """Waiting jobs per lane."""
        with self._database.read() as connection:
            return rows.queue_depths(connection)

    def cancel(self, job_id: str) -> Job:
        """Stops a job: at once when it waits, at its next report when it runs, by force after `cancel_grace_s`."""
        return self._queue.cancel(job_id)

    def retry(self, job_id: str) -> Job:
        """Queues an unsuccessful job again; it goes on from its last finished step."""
        return self._queue.retry(job_id)

    def run_next(self, job_id: str) -> Job:
        """Moves a waiting job to the front."""
        return self._queue.run_next(job_id)

    def wait(self, job_id: str, timeout_s: float | None = None) -> JobDetail:
        """Sleeps until the job has ended or the time is up."""
        self._queue.wait(job_id, timeout_s)
        return self.job(job_id)

    def _said(self, capability: Capability[Any, Any], media: Mapping[str, Artifact]) -> dict[str, Json]:
        """What people have said about the media, by field, where the capability's result holds it."""
        if not capability.reviewed:
            return {}
        found = {name: self.reviews.for_job(artifact.id) for name, artifact in media.items()}
        return {name: {**state, "revision": 0} for name, state in found.items() if state is not None}  # undone is as never done

    def _find_reusable(self, key: str) -> Job | None:
        with self._database.read() as connection:
            job_id = rows.find_reusable(connection, key)
        if job_id is None:
            return None
        job = self._queue.find(job_id)
        return None if any(artifact.missing for artifact in self._artifacts.of_job(job_id)) else job

    def _submit_child(self, parent: Job, key: str, name: str, request: Mapping[str, Json]) -> Job:
        depth, ancestor, above = 1, parent, {parent.id}
        while ancestor.parent_id is not None:
            depth, ancestor = depth + 1, self._queue.find(ancestor.parent_id)
            above.add(ancestor.id)
        if depth >= CHILD_DEPTH:
            raise BadInput(f"Job {parent.id} asked for a child {depth} levels deep.", f"At most {CHILD_DEPTH} levels are allowed.")
        capability = self.capability(name)
        typed = submission.prepared(capability, submission.validate(capability, request), self.surroundings)
        values, media = submission.resolve_media(capability, typed, self._artifacts, None)
        stored = submission.cache_key(capability, values, media, parent.project_id, self._said(capability, media))
        earlier = self._find_reusable(stored) if stored is not None else None
        if earlier is not None and earlier.id not in above:  # waiting for what waits for us would never end
            return earlier
        new = submission.new_job(
            capability, values, media, project_id=parent.project_id, priority=parent.priority, parent_id=parent.id, child_key=key,
            key=stored,
        )  # fmt: skip
        return self._queue.submit_child(new)

    # -- artifacts ---------------------------------------------------------------------------------------------

    def begin_upload(self, name: str) -> Upload:
        """A file about to be received; use it in a ``with`` block."""
        return Upload(self._intake, name)

    def add_path(self, path: str | Path, kind: str = "video", project_id: str | None = None) -> Artifact:
        """Media that stays where it is."""
        return self._intake.add_path(path, kind, project_id)

    def sample(self, name: str) -> Artifact:
        """The built-in sample clip, drawn on first use."""
        return machine.sample_clip(name, self._artifacts, self._intake)

    def artifact(self, artifact_id: str) -> Artifact:
        """One artifact."""
        return self._artifacts.get(artifact_id)

    def artifacts(
        self, *, kind: str | None = None, role: str | None = None, job_id: str | None = None, project_id: str | None = None,
        query: str | None = None, limit: int = 50, before: int | None = None,
    ) -> Page:  # fmt: skip
        """Artifacts, newest first."""
        _require_limit(limit)
        return self._artifacts.page(kind=kind, role=role, job_id=job_id, project_id=project_id, query=query, limit=limit, before=before)

    def delete_artifact(self, artifact_id: str) -> int:
        """Forgets an artifact and frees its bytes (a file given by path is left alone); refused while a job needs it."""
        artifact = self._artifacts.get(artifact_id)
        for job in self._queue.page(states=LIVE, project_id=artifact.project_id, limit=PAGE_LIMIT).items:
            if artifact_id in rows.media_of(job) or artifact.job_id == job.id:
                raise Conflict(
                    f"{artifact.name} is used by job {job.id}, which is {job.state}.", "Cancel the job first, or wait for its end."
                )
        return delete_with_thumbnails(self._artifacts, artifact, self.settings.data_dir / "cache")

    def relink(self, artifact_id: str, path: str | Path) -> Artifact:
        """Points a moved file's artifact at its new place."""
        return self._artifacts.relink(artifact_id, Path(path).expanduser().absolute())

    def lineage(self, artifact_id: str) -> dict[str, Any]:
        """What made an artifact and what was made from it: ``artifact``, ``job``, ``parents``, ``children``."""
        artifact = self._artifacts.get(artifact_id)
        parents = []
        for parent_id in artifact.inputs:
            try:
                parents.append(self._artifacts.get(parent_id))
            except NotFound:
                continue  # deleted since; the job below still says what it was
        job = self._queue.find(artifact.job_id) if artifact.job_id else None
        return {"artifact": artifact, "job": job, "parents": parents, "children": list(self._artifacts.children(artifact_id))}

    # -- projects, machine -------------------------------------------------------------------------------------

    def projects(self) -> tuple[Project, ...]:
        """Every project."""
        return projects.all_projects(self._database)

    def create_project(self, name: str) -> Project:
        """A new project."""
        return projects.create(self._database, name)

    def status(self) -> dict[str, Any]:
        """The machine, the workers and the queue, as JSON."""
        return {
            "version": VERSION,
            "uptime_s": round(time.time() - self.started_at, 1),
            **self._meter.read(self.settings.data_dir, self._artifacts.total_bytes),
            "workers": self._supervisor.workers(),
            "worker_deaths": self._supervisor.deaths(),
            "trouble": self._supervisor.trouble(),
            "models": self.models.status(),
            "counts": self.counts(),
        }


def _require_limit(limit: int) -> None:
    if not 1 <= limit <= PAGE_LIMIT:
        raise BadInput(f"The limit is {limit}.", f"Give 1 to {PAGE_LIMIT}.")
