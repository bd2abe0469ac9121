"""What a worker is told of an attempt, and what it says at its end; both travel over the pipe."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage.records import Json


@dataclass(frozen=True, kw_only=True)
class Order:
    """Everything an attempt needs."""

    job_id: str
    attempt: int
    capability: str
    request: dict[str, Json]
    project_id: str
    work_dir: str
    blob_dir: str
    cache_dir: str = ""
    steps: dict[str, Json] = field(default_factory=dict)
    checkpoint: Json = None
    media: dict[str, dict[str, Json]] = field(default_factory=dict)
    priority: int = 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How an attempt ended; ``state`` is succeeded, failed, cancelled or lost."""

    state: str
    result: Json = None
    error: dict[str, str] | None = None
    log: tuple[str, ...] = ()
