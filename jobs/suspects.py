"""Who pays when a worker process dies with several jobs in it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jobs.process import Held
from storage.records import Job


@dataclass(frozen=True)
class Verdict:
    """``charge``: this job was at work when the process died. ``alone``: it may have been this one; it runs alone next time."""

    charge: bool = False
    alone: bool = False


def judge(held: Sequence[Held], *, killed_by_us: bool) -> list[tuple[Job, Verdict]]:
    """A verdict on each job of a process that has gone.

    Our own kills charge nobody. Those that held a model are the suspects; when nobody did, everyone is. A single suspect
    is charged. Several run alone the next time, so that the second death names the guilty one and harms no other.
    """
    suspects = {entry.job.id for entry in held if entry.has_model} or {entry.job.id for entry in held}
    guilty = Verdict(charge=True) if len(suspects) == 1 else Verdict(alone=True)
    return [(entry.job, Verdict() if killed_by_us or entry.job.id not in suspects else guilty) for entry in held]
