"""A lane: which worker processes it may have, and how they fare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from jobs.calls import CallBoard
from jobs.process import WorkerProcess
from storage.records import Json


@dataclass(frozen=True, kw_only=True)
class LaneSpec:
    """How a lane is staffed.

    Attributes:
        workers: processes at most.
        target: what they build, ``module:function``.
        jobs_each: jobs one process runs at once, on threads.
        keep_spare: keep one idle process ready beside the busy ones.
        on_demand: no process before the first job or call.
        recycle: replace an idle process that has grown.
        start_data: what a process is told right after its hello; asked anew each time.
    """

    workers: int
    target: str
    jobs_each: int = 1
    keep_spare: bool = True
    on_demand: bool = False
    recycle: bool = True
    start_data: Callable[[], Json] | None = None


@dataclass
class Lane:
    """The processes of one lane, the calls to them, and how often they have failed to start in a row."""

    name: str
    spec: LaneSpec
    calls: CallBoard
    workers: list[WorkerProcess] = field(default_factory=list)
    failures: int = 0
    not_before: float = 0.0
    trouble: str = ""
    spawned: int = 0
    deaths: int = 0
    restart_wanted: bool = False
