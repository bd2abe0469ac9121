"""Server-sent events: a snapshot first, then every change, an end; disconnects are noticed."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api import events
from app.remote import read_events
from app.studio import Studio


def until(condition: Any, limit_s: float = 15.0) -> None:
    """Waits for something another thread is about to do."""
    ends = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)


def follow(served: Any, path: str) -> tuple[http.client.HTTPResponse, Iterator[tuple[str, dict[str, Any]]]]:
    answer = served.request("GET", path)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    return answer, read_events(answer)


def test_an_ended_job_is_a_snapshot_and_an_end(owner: TestClient, studio: Studio) -> None:
    job_id = owner.post("/api/capabilities/test.echo", json={"text": "hi"}).json()["id"]
    studio.wait(job_id, 10)
    found = list(read_events(iter(owner.get(f"/api/jobs/{job_id}/events").content.splitlines(keepends=True))))
    assert [kind for kind, _ in found] == ["snapshot", "end"]
    assert found[0][1] == found[1][1]
    assert found[1][1]["result"] == {"said": "hi"}


def test_a_running_job_is_followed_to_its_end(served: Any, studio: Studio, gates: dict[str, Any]) -> None:
    job_id = studio.submit("test.hold", {"note": "a"}).job.id
    answer, stream = follow(served, f"/api/jobs/{job_id}/events")
    kind, first = next(stream)
    assert kind == "snapshot"
    assert first["state"] in ("queued", "running")
    until(lambda: "a" in gates)
    gates["a"].set()
    rest = list(stream)
    assert rest[-1][0] == "end"
    assert rest[-1][1]["state"] == "succeeded"
    assert rest[-1][1]["result"] == {"said": "a"}
    assert answer.read() == b""


def test_partial_results_logs_and_files_are_told(served: Any, studio: Studio) -> None:
    blocker = studio.submit("test.hold", {"note": "a"}).job.id
    until(lambda: studio.job(blocker).job.state == "running")
    _, whole = follow(served, "/api/events")
    assert next(whole)[0] == "snapshot"
    job_id = studio.submit("test.echo", {"text": "b c"}).job.id
    _, stream = follow(served, f"/api/jobs/{job_id}/events")
    found = list(stream)
    assert found[0][0] == "snapshot"
    final = found[-1][1]
    assert final["published"] == {"words": ["b", "c"]}
    assert [artifact["name"] for artifact in final["artifacts"]] == ["out/echo.txt"]
    assert any("said it" in line for line in final["log"])
    states = []
    for kind, data in whole:
        if kind == "job" and data["id"] == job_id:
            states.append(data["state"])
            if data["state"] == "succeeded":
                break
    assert states[0] == "queued"


def test_the_whole_studio_begins_with_counts_and_recent_jobs(served: Any, studio: Studio) -> None:
    job_id = studio.submit("test.echo", {"text": "hi"}).job.id
    studio.wait(job_id, 10)
    _, stream = follow(served, "/api/events")
    kind, data = next(stream)
    assert kind == "snapshot"
    assert data["counts"]["succeeded"] == 1
    assert [job["id"] for job in data["jobs"]] == [job_id]
    assert "result" not in data["jobs"][0]


def test_a_reader_that_leaves_is_noticed_at_once(served: Any) -> None:
    answer, stream = follow(served, "/api/events")
    next(stream)
    assert served.app.state.streams.count == 1
    answer.close()
    until(lambda: served.app.state.streams.count == 0)


def test_silence_is_filled_with_comments(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.02)
    answer = served.request("GET", "/api/events")
    lines = []
    while b": still here\n" not in lines:
        lines.append(answer.readline())
    assert lines[0] == b"retry: 1000\n"


def test_falling_behind_starts_again_with_a_snapshot(served: Any, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    _, stream = follow(served, "/api/events")
    assert next(stream)[0] == "snapshot"
    listener = next(iter(served.app.state.streams._open))
    listener._subscription.lost = True
    studio.events.send("j-x", "job", {"state": "queued"})
    assert next(stream)[0] == "snapshot"


def test_an_unknown_job_is_not_found(owner: TestClient) -> None:
    answer = owner.get("/api/jobs/j-none/events")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_the_wire_format() -> None:
    assert events.encode("job", {"text": "a\nb é"}, 7) == 'id: 7\nevent: job\ndata: {"text":"a\\nb é"}\n\n'.encode()
    assert events.encode("end", None) == b"event: end\ndata: null\n\n"
