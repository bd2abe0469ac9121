"""The ladder a call climbs when the device runs out of memory: alone with everything idle gone, tiled, streamed, a fresh process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from backends.base import OutOfMemory
from configs.errors import Unavailable

T = TypeVar("T")
SPENT = "worker_spent"


@dataclass(frozen=True)
class Rung:
    """One way to try a call.

    Attributes:
        alone: nothing else runs and everything idle has left.
        relief: the engine uses less from now on; see `Engine.relieve`.
    """

    name: str
    alone: bool = False
    relief: int = 0


LADDER = (
    Rung("as asked"),
    Rung("alone on the device", alone=True),
    Rung("tiled or in smaller batches", alone=True, relief=1),
    Rung("with streamed weights", alone=True, relief=2),
)


class CannotRelieve(Exception):
    """The engine has no such way to use less; the next rung is tried."""


def climb(
    attempt: Callable[[Rung], T],
    may_repeat: Callable[[], bool],
    on_fall: Callable[[Rung, str], None] = lambda rung, why: None,
    ladder: Sequence[Rung] = LADDER,
) -> T:
    """Tries the call on each rung in turn until one does not run out of memory.

    Everything between two tries happens outside the ``except`` block: the exception's traceback holds the frames of the failed call,
    and with them its tensors.

    Raises:
        OutOfMemory: it ran out after its caller had seen part of the answer, so it cannot be repeated.
        Unavailable: every rung ran out (code "worker_spent"): only a fresh process can help.
    """
    why = ""
    for rung in ladder:
        why_now = None
        try:
            return attempt(rung)
        except CannotRelieve:
            continue
        except OutOfMemory as error:
            why_now = str(error)
        why = why_now
        on_fall(rung, why)
        if not may_repeat():
            raise OutOfMemory(why)
    raise Unavailable(
        f"The device ran out of memory in every way there is to run this: {why}.",
        "Ask for less at once, or free the device; the model process is started afresh.",
        SPENT,
    )
