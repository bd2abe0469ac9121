"""The nouns of the store: frozen, keyword-only, free of SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = Any  # anything json.dumps accepts

QUEUED, RUNNING = "queued", "running"
SUCCEEDED, FAILED, CANCELLED, QUARANTINED = "succeeded", "failed", "cancelled", "quarantined"
LIVE = (QUEUED, RUNNING)
ENDED = (SUCCEEDED, FAILED, CANCELLED, QUARANTINED)
STATES = LIVE + ENDED

SOURCE, RESULT, SUPPORT = "source", "result", "support"
ROLES = (SOURCE, RESULT, SUPPORT)


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A file the studio made or was given.

    ``path`` is where its bytes lie now: a blob, or, for media given by path, the original file.
    ``role`` is ``source`` (given), ``result`` (made for the person) or ``support`` (keyframes, proxies, thumbnails).
    """

    id: str
    name: str
    kind: str  # video, audio, image, document, timeline, data
    role: str
    media_type: str
    size_bytes: int
    content_hash: str
    path: Path
    external: bool  # True: the original file stays where it is and is only referred to
    missing: bool
    project_id: str
    job_id: str | None
    created_at: float
    meta: dict[str, Json] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Job:
    """One piece of asked-for work. Times are Unix seconds; ``progress`` runs from 0 to 1."""

    id: str
    seq: int
    capability: str
    title: str
    state: str
    lane: str
    priority: int
    progress: float
    message: str
    eta_s: float | None
    attempt: int
    engine: str
    request: dict[str, Json]
    error: dict[str, str] | None
    parent_id: str | None
    project_id: str
    cache_key: str | None
    cancel_requested: bool
    thumbnail_id: str | None
    created_at: float
    started_at: float | None
    finished_at: float | None

    def public(self) -> dict[str, Json]:
        """The job as a person, a page or a script sees it: everything but the store's own columns."""
        return {name: value for name, value in self.__dict__.items() if name not in ("seq", "cache_key")}


@dataclass(frozen=True, kw_only=True)
class Project:
    """A named drawer that jobs and artifacts lie in."""

    id: str
    name: str
    created_at: float


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a listing; ``next_before`` is the keyset cursor of the next, None at the end."""

    items: tuple[Any, ...]
    next_before: int | None
