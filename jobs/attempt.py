"""One attempt at one job, in a worker process or on an `io` thread: build the context, call the handler, name the outcome."""

from __future__ import annotations

import errno
import shutil
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from configs.errors import StudioError
from jobs.context import JobCancelled, JobContext, LeaseLost, Link
from jobs.lending import ModelRoom
from jobs.order import Order, Outcome
from storage.records import CANCELLED, FAILED, SUCCEEDED

LOST = "lost"  # the attempt no longer holds its job: nothing to report


class Handler(Protocol):
    """What a worker knows of a capability."""

    @property
    def request(self) -> type[BaseModel]: ...

    def __call__(self, request: Any, job: JobContext) -> BaseModel: ...


Table = Mapping[str, Handler]


def staging_owner(job_id: str, attempt: int) -> str:
    """How the names of files begin that this attempt writes beside the blobs."""
    return f"{job_id}-{attempt}-"


def run_attempt(table: Table, order: Order, link: Link, is_cancelled: Callable[[], bool], room: ModelRoom | None = None) -> Outcome:
    """Runs the handler to its end; never raises. The attempt's folder is gone afterwards."""
    work_dir = Path(order.work_dir)
    try:
        work_dir.mkdir(parents=True, exist_ok=True)
        handler = table[order.capability]
        context = JobContext(order, link, is_cancelled, room)
        result = handler(handler.request.model_validate(order.request), context)
        return Outcome(state=SUCCEEDED, result=result.model_dump(mode="json"))
    except JobCancelled:
        return Outcome(state=CANCELLED)
    except LeaseLost:
        return Outcome(state=LOST)
    except StudioError as error:
        return Outcome(state=FAILED, error=error.as_dict())
    except BaseException as error:  # also the `sys.exit` of a library made for the command line: it must not end the thread unheard
        return Outcome(state=FAILED, error=error_of(error), log=tuple(traceback.format_exc().splitlines()))
    finally:
        shutil.rmtree(work_dir, ignore_errors=True)


def error_of(error: BaseException) -> dict[str, str]:
    """What a job keeps of an exception that nobody foresaw."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return {
            "code": "disk_full",
            "message": "The disk became full while the job was at work.",
            "remedy": "Free some space and retry it: the finished steps are kept, nothing half-written stays.",
        }
    kind = type(error).__name__
    return {
        "code": "crashed",
        "message": f"The job stopped on an unexpected {kind}: {error}".strip(),
        "remedy": "Retry it; the log holds the details.",
    }
