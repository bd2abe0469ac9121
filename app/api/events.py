"""Server-sent events: a snapshot first, then every change, so that a reader who comes late or again misses nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from app.api.deps import StudioDep
from app.api.feed import Closed, Lagged, Listener, Streams
from app.api.models import ERRORS
from app.studio import Studio
from app.views import job_to_json, page_to_json
from jobs.events import Event
from storage.records import ENDED

router = APIRouter(tags=["events"])

HEARTBEAT_S = 15.0
RECENT_JOBS = 50
JOB_KINDS = ("job", "published", "artifact", "log", "emit")
STUDIO_KINDS = ("job", "artifact", "review", "edit", "board", "character", "models", "catalogue")
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
_STREAM: dict[int | str, dict[str, Any]] = {
    **ERRORS,
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "A stream of server-sent events."},
}


@router.get("/api/jobs/{job_id}/events", responses=_STREAM, response_class=StreamingResponse, summary="Follow one job")
async def follow_job(job_id: str, request: Request, studio: StudioDep) -> StreamingResponse:
    """Sends `snapshot` (the whole job), then `job`, `published`, `artifact`, `log` and `emit` as they happen, then `end`.

    `end` carries the whole job once more and closes the stream. Connecting again starts with a new snapshot.
    """
    await run_in_threadpool(studio.job, job_id)  # an unknown job is a 404, not an empty stream
    return _stream(_job_events(studio, request.app.state.streams, job_id))


@router.get("/api/events", responses=_STREAM, response_class=StreamingResponse, summary="Follow the whole studio")
async def follow_studio(request: Request, studio: StudioDep) -> StreamingResponse:
    """Sends `snapshot` (`counts` per state and the newest `jobs`), then what changes, without end: see docs/http.md."""
    return _stream(_studio_events(studio, request.app.state.streams))


def encode(kind: str, data: Any, event_id: int | None = None) -> bytes:
    """One event in the wire format; JSON has no raw line breaks, so one data line is enough."""
    identity = f"id: {event_id}\n" if event_id is not None else ""
    return f"{identity}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


async def _job_events(studio: Studio, streams: Streams, job_id: str) -> AsyncIterator[bytes]:
    with streams.listen(job_id, JOB_KINDS) as listener:
        while True:  # once, and again after falling behind
            over, chunk = await run_in_threadpool(_whole, studio, job_id, "snapshot")
            yield chunk
            if over:
                yield (await run_in_threadpool(_whole, studio, job_id, "end"))[1]
                return
            try:
                async for event in _relay(listener):
                    yield _encoded(event)
                    if event is not None and event.kind == "job" and event.data["state"] in ENDED:
                        yield (await run_in_threadpool(_whole, studio, job_id, "end"))[1]
                        return
            except Lagged:
                continue
            return


async def _studio_events(studio: Studio, streams: Streams) -> AsyncIterator[bytes]:
    with streams.listen(None, STUDIO_KINDS) as listener:
        while True:
            yield encode("snapshot", await run_in_threadpool(_overview, studio))
            try:
                async for event in _relay(listener):
                    yield _encoded(event)
            except Lagged:
                continue
            return


async def _relay(listener: Listener) -> AsyncIterator[Event | None]:
    """Events as they come, and None for a heartbeat; ends when the stream is closed from our side."""
    while True:
        try:
            events = await listener.next(HEARTBEAT_S)
        except Closed:
            return
        if not events:
            yield None
        for event in events:
            yield event


def _encoded(event: Event | None) -> bytes:
    return b": still here\n\n" if event is None else encode(event.kind, event.data, event.id)


def _whole(studio: Studio, job_id: str, kind: str) -> tuple[bool, bytes]:
    """Whether the job has ended, and all of it as an event; a long result is encoded off the event loop."""
    detail = studio.job(job_id)
    return detail.job.state in ENDED, encode(kind, job_to_json(detail))


def _overview(studio: Studio) -> dict[str, Any]:
    return {"counts": studio.counts(), "jobs": page_to_json(studio.jobs(limit=RECENT_JOBS))["items"]}


def _stream(chunks: AsyncIterator[bytes]) -> StreamingResponse:
    return StreamingResponse(_with_retry(chunks), media_type="text/event-stream", headers=_HEADERS)


async def _with_retry(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    async for chunk in chunks:
        yield chunk
