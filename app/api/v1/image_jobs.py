"""Waiting for a job without holding a thread, and giving it up when its client has gone."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive

from app.api.feed import Closed, Lagged, Listener
from app.api.v1.bridge import ClientGone
from app.models.desk import told_error
from app.studio import JobDetail, Studio
from configs.errors import StudioError, Unavailable
from storage.records import CANCELLED, ENDED, SUCCEEDED

LOOK_AGAIN_S = 30.0  # events are never lost without a word; this is for the word
PRIORITY = 10  # somebody waits at the other end of the line


async def made_by(request: Request, studio: Studio, capability: str, values: dict[str, Any]) -> JobDetail:
    """Submits a job, waits for its end, and returns it with its result.

    Raises:
        ClientGone: nobody waits any more; the job is cancelled.
        StudioError: the request is refused, or the job did not succeed.
    """
    # A repeated request makes new pictures: their seeds are left to chance unless they are given.
    submitted = await run_in_threadpool(lambda: studio.submit(capability, values, priority=PRIORITY, reuse=False))
    job_id = submitted.job.id
    work = asyncio.ensure_future(_ended(request, studio, job_id))
    gone = asyncio.ensure_future(_hung_up(request.receive))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            await run_in_threadpool(_cancel, studio, job_id)
            raise ClientGone
        return _succeeded(await work)
    finally:
        for task in (work, gone):
            task.cancel()


async def _ended(request: Request, studio: Studio, job_id: str) -> JobDetail:
    with request.app.state.streams.listen(job_id, ("job",)) as listener:
        while True:  # looked at once before waiting, since it may have ended before anybody listened
            detail = await run_in_threadpool(studio.job, job_id)
            if detail.job.state in ENDED:
                return detail
            await _news(listener)


async def _news(listener: Listener) -> None:
    """Returns when the job has ended, or when it is time to look."""
    try:
        while events := await listener.next(LOOK_AGAIN_S):
            if any(event.data.get("state") in ENDED for event in events):
                return
    except Lagged:
        return
    except Closed:
        raise Unavailable("The studio is going down.", "Ask again when it is back; the job goes on then.") from None


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _cancel(studio: Studio, job_id: str) -> None:
    with contextlib.suppress(StudioError):  # it has just ended
        studio.cancel(job_id)


def _succeeded(detail: JobDetail) -> JobDetail:
    job = detail.job
    if job.state == SUCCEEDED:
        return detail
    if job.state == CANCELLED:
        raise Unavailable(f"Job {job.id} was cancelled.", "Ask again.", "cancelled")
    error = job.error or {"code": "failed", "message": f"Job {job.id} ended as {job.state}.", "remedy": "Ask again."}
    raise told_error({**error, "http_status": 500})
