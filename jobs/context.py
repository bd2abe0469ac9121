"""What a handler sees of its job: progress, durable steps, partial results, artifacts. Nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from configs.errors import NotFound, StudioError
from jobs.lending import ModelRoom
from jobs.order import Order
from storage.records import RESULT, Artifact, Json

T = TypeVar("T")
PROGRESS_INTERVAL_S = 0.05  # an inner loop may report every frame; the pipe carries at most 20 a second
OnStep = Callable[[float, str], None]  # what engines and ffmpeg receive instead of the context


class JobCancelled(Exception):
    """Raised inside a handler when its job has been cancelled; never caught by a handler."""


class LeaseLost(Exception):
    """Raised inside a handler whose attempt is no longer the current one; its writes are refused."""


class Link(Protocol):
    """How a context reaches the studio: over the worker's pipe, or directly for `io` jobs."""

    def call(self, verb: str, **fields: Json) -> Json:
        """Sends and waits until the studio has committed; raises `LeaseLost` for a stale attempt."""

    def tell(self, verb: str, **fields: Json) -> None:
        """Sends without waiting; may be merged or dropped."""

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        """Copies a file beside the blobs; returns (path of the copy, sha256, size_bytes)."""

    def start_child(self, key: str, capability: str, request: Mapping[str, Json]) -> None:
        """Submits a child job without waiting for it (`io` lane only)."""

    def run_child(self, key: str, capability: str, request: Mapping[str, Json]) -> Json:
        """Runs a child job to its end and returns its result (`io` lane only)."""

    def part(self, name: str) -> Any:
        """A part of the studio by its name (`io` lane only)."""


class JobContext:
    """The narrow view of one attempt at one job.

    Attributes:
        job_id: the job.
        attempt: 1 for the first try; the fencing number of every write.
        project_id: the drawer that what is saved goes into.
        work_dir: an empty folder of this attempt's own, deleted when the attempt ends.
        saved: the last checkpoint of an earlier attempt, or None.
        cache_dir: shared by all jobs; what lies there may go at any time, each kind of thing in a folder of its own.
    """

    def __init__(self, order: Order, link: Link, is_cancelled: Callable[[], bool], room: ModelRoom | None = None) -> None:
        self.job_id, self.attempt, self.project_id = order.job_id, order.attempt, order.project_id
        self.work_dir, self.saved = Path(order.work_dir), order.checkpoint
        self.cache_dir = Path(order.cache_dir) if order.cache_dir else self.work_dir / "cache"
        self._link, self._is_cancelled, self._room = link, is_cancelled, room
        self._steps, self._priority = dict(order.steps), order.priority
        self._media = {key: artifact_from_json(value) for key, value in order.media.items()}
        self._said: tuple[str, float] = ("", 0.0)

    def progress(self, fraction: float, message: str = "") -> None:
        """Reports how far the job is (0 to 1) and what it is doing; raises `JobCancelled` when it should stop."""
        self.raise_if_cancelled()
        now = time.monotonic()
        last_message, last_at = self._said
        if message == last_message and now - last_at < PROGRESS_INTERVAL_S:
            return
        self._said = (message, now)
        self._link.tell("progress", fraction=min(1.0, max(0.0, float(fraction))), message=message)

    def raise_if_cancelled(self) -> None:
        """Raises `JobCancelled` when the job should stop; cheap enough for an inner loop."""
        if self._is_cancelled():
            raise JobCancelled(self.job_id)

    def span(self, start: float, end: float) -> OnStep:
        """An ``on_step(fraction, message)`` that maps 0..1 into this job's ``start``..``end``."""
        return lambda fraction, message: self.progress(start + (end - start) * fraction, message)

    def step(self, name: str, function: Callable[[], T]) -> T:
        """Runs ``function`` once per job, whatever the number of attempts; its JSON result is kept."""
        if name in self._steps:
            return self._steps[name]  # type: ignore[no-any-return]
        self.raise_if_cancelled()
        value = function()
        self._link.call("step", name=name, value=value)
        self._steps[name] = value
        return value

    def forget(self, name: str) -> None:
        """Lets go of a kept step's value, to save memory in a long job; it stays kept for later attempts."""
        if name in self._steps:
            self._steps[name] = None

    def checkpoint(self, state: Json) -> None:
        """Keeps ``state`` (JSON) so that a later attempt finds it in ``saved``."""
        self.raise_if_cancelled()
        self._link.call("checkpoint", state=state)

    def publish(self, key: str, value: Json) -> None:
        """Shows a partial result at once; the same key replaces the earlier value."""
        self._link.call("publish", key=key, value=value)

    def save(
        self,
        name: str,
        path: Path | str,
        *,
        kind: str,
        role: str = RESULT,
        media_type: str | None = None,
        meta: Mapping[str, Json] | None = None,
        inputs: Sequence[str] = (),
        thumbnail: bool = False,
    ) -> Artifact:
        """Keeps a file as an artifact; ``name`` (which may hold folders) is unique within the job.

        Saving a name a second time returns the artifact that the first attempt made. ``thumbnail`` makes it the
        picture of its job. ``inputs`` are ids of the artifacts it was made from.
        """
        self.raise_if_cancelled()
        staged, sha256, size_bytes = self._link.stage_blob(Path(path))
        answer = self._link.call(
            "save", name=name, kind=kind, role=role, media_type=media_type, meta=dict(meta or {}),
            inputs=list(inputs), staged=staged, sha256=sha256, size_bytes=size_bytes, thumbnail=thumbnail,
        )  # fmt: skip
        return artifact_from_json(answer)

    def artifact(self, artifact_id: str) -> Artifact:
        """The artifact that a media field of the request refers to."""
        if artifact_id not in self._media:
            raise NotFound(f"The job has no media {artifact_id!r}.", "Name it in a media field of the request.")
        return self._media[artifact_id]

    def emit(self, kind: str, data: Json) -> None:
        """Sends something fleeting (a token, a preview frame) to whoever is watching; it is not kept."""
        self._link.tell("emit", kind=kind, data=data)

    @contextmanager
    def model(self, name: str, operation: str, shape: Mapping[str, int] | None = None, on_step: OnStep | None = None) -> Iterator[Any]:
        """Lends an engine, loaded and with room for the call, inside the block (`gpu` lane only).

        ``shape`` is what decides the working memory of the call. ``on_step`` hears of the loading.
        """
        tell = on_step or (lambda fraction, message: self.progress(0.0, message))
        leased = self._lending(name).lease(
            name, operation, shape or {}, priority=self._priority, is_cancelled=self._is_cancelled, on_step=tell
        )  # fmt: skip
        with leased as engine:
            self.raise_if_cancelled()
            self._link.tell("holding", held=True)
            try:
                yield engine
            finally:
                self._link.tell("holding", held=False)

    def with_model(
        self, name: str, operation: str, shape: Mapping[str, int], work: Callable[[Any], T], *, on_step: OnStep | None = None
    ) -> T:
        """``work(engine)`` under a lease; when the device runs out of memory it is run again with less (`gpu` lane only)."""
        room = self._lending(name)
        tell = on_step or (lambda fraction, message: self.progress(0.0, message))

        def held(engine: Any) -> T:
            self.raise_if_cancelled()
            self._link.tell("holding", held=True)
            try:
                return work(engine)
            finally:
                self._link.tell("holding", held=False)

        return room.call(name, operation, shape, held, priority=self._priority, is_cancelled=self._is_cancelled, on_step=tell)

    def installed(self, name: str) -> Any:
        """The files and the card of a model (`backends.base.Installed`), without loading it (`gpu` lane only)."""
        return self._lending(name).installed(name)

    def adapter(self, kind: str, name: str) -> Any:
        """A LoRA, ControlNet ... by its name (`backends.adapters.AdapterFile`; `gpu` lane only)."""
        return self._lending(name).adapter(kind, name)

    def _lending(self, name: str) -> ModelRoom:
        if self._room is None:
            raise StudioError(f"Job {self.job_id} asked for the model {name!r} outside the gpu lane.", "Give the capability lane='gpu'.")
        return self._room

    def log(self, message: str) -> None:
        """Adds a line to the job's log."""
        self._link.tell("log", message=message, at=time.time())

    def start(self, key: str, capability: str, request: Mapping[str, Json]) -> None:
        """Submits a child job and goes on; a later `run` with the same arguments waits for it (`io` lane only)."""
        self.raise_if_cancelled()
        self._link.start_child(key, capability, request)

    def run(self, key: str, capability: str, request: Mapping[str, Json]) -> Json:
        """Runs a child job once per ``key`` and returns its result (`io` lane only).

        A stored result of a reusable capability is returned without running it again.
        """
        return self._link.run_child(key, capability, request)

    def part(self, name: str) -> Any:
        """A part of the studio that lives in its own process, such as the catalogue of models (`io` lane only)."""
        return self._link.part(name)

    def made(self, artifact_id: str) -> Artifact:
        """An artifact that a child's result names."""
        return artifact_from_json(self._link.call("artifact", id=artifact_id))

    def named(self, job_id: str, name: str) -> Artifact | None:
        """What another job saved under a name; None where it saved nothing of that name."""
        found = self._link.call("named", job_id=job_id, name=name)
        return None if found is None else artifact_from_json(found)

    def review(self, artifact_id: str) -> Json:
        """What people have said about a clip, as it stands now; None where nobody has."""
        return self._link.call("review", id=artifact_id)


def artifact_to_json(artifact: Artifact) -> dict[str, Any]:
    """The form an artifact has on the pipe."""
    return {**artifact.__dict__, "path": str(artifact.path), "inputs": list(artifact.inputs)}


def artifact_from_json(data: Mapping[str, Any]) -> Artifact:
    """The reverse of `artifact_to_json`."""
    if not isinstance(data, Mapping):
        raise StudioError(f"The studio answered {data!r} where an artifact was expected.")
    return Artifact(**{**data, "path": Path(data["path"]), "inputs": tuple(data["inputs"])})
