"""The Prometheus page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.metrics import CONTENT_TYPE, Durations, exposition
from app.studio import Studio
from jobs.events import Event, EventBus

STATUS: dict[str, Any] = {
    "version": '1.0"\\\n',
    "uptime_s": 12.5,
    "counts": {"queued": 3, "running": 1},
    "workers": [{"lane": "cpu", "state": "busy"}, {"lane": "cpu", "state": "busy"}, {"lane": "gpu", "state": "idle"}],
    "worker_deaths": {"cpu": 2},
    "models": {"models": [], "budget": {}, "waiting": [], "counters": {}},
    "disk": {"free_bytes": 10**12, "used_by_studio_bytes": 5},
}
LINE = re.compile(r'[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})? [-+0-9.e]+\Z')


def ended(state: str = "succeeded", took_s: float = 1.0, capability: str = "video.analyze") -> Event:
    return Event(1, "j", "job", {"capability": capability, "state": state, "started_at": 100.0, "finished_at": 100.0 + took_s})


def test_every_line_is_in_the_format() -> None:
    durations = Durations()
    durations.take(ended())
    page = exposition(STATUS, {"cpu": 3, "io": 0}, durations)
    assert page.endswith("\n")
    seen: set[str] = set()
    for line in page.splitlines():
        if line.startswith("# HELP "):
            seen.add(line.split()[2])
        elif line.startswith("# TYPE "):
            assert line.split()[2] in seen
            assert line.split()[3] in ("gauge", "counter", "histogram")
        else:
            assert LINE.match(line), line
            assert re.sub(r"_(bucket|sum|count)$", "", line.split("{")[0].split()[0]) in seen


@pytest.mark.parametrize(
    "line",
    [
        'studio_info{version="1.0\\"\\\\\\n"} 1',
        'studio_jobs{state="queued"} 3',
        'studio_queue_depth{lane="cpu"} 3',
        'studio_workers{lane="cpu",state="busy"} 2',
        'studio_worker_restarts_total{lane="cpu"} 2',
        "studio_uptime_seconds 12.5",
        "studio_storage_bytes 5",
    ],
)
def test_the_figures(line: str) -> None:
    assert line in exposition(STATUS, {"cpu": 3}, Durations()).splitlines()


def test_durations_are_a_cumulative_histogram() -> None:
    durations = Durations()
    for took in (0.05, 0.1, 0.3, 100.0, 10**6):
        durations.take(ended(took_s=took))
    found = {(suffix, labels.get("le")): value for suffix, labels, value in durations.samples()}
    assert found[("_bucket", "0.1")] == 2
    assert found[("_bucket", "0.5")] == 3
    assert found[("_bucket", "60.0")] == 3
    assert found[("_bucket", "300.0")] == 4
    assert found[("_bucket", "+Inf")] == found[("_count", None)] == 5
    assert found[("_sum", None)] == pytest.approx(10**6 + 100.45)


def test_only_ends_of_jobs_that_ran_are_counted() -> None:
    durations = Durations()
    durations.take(ended("running"))
    durations.take(Event(1, "j", "log", {"line": "x"}))
    durations.take(Event(1, "j", "job", {"capability": "c", "state": "cancelled", "started_at": None, "finished_at": 1.0}))
    assert durations.samples() == []


def test_follows_the_bus() -> None:
    bus, durations = EventBus(), Durations()
    durations.follow(bus)
    bus.send("j", "job", ended("failed").data)
    assert {labels["state"] for _, labels, _ in durations.samples()} == {"failed"}


def test_over_http(owner: TestClient, studio: Studio) -> None:
    studio.wait(studio.submit("test.echo", {"text": "hi"}).job.id, 10)
    answer = owner.get("/metrics")
    assert answer.headers["content-type"] == CONTENT_TYPE
    assert 'studio_jobs{state="succeeded"} 1' in answer.text
    assert 'studio_job_duration_seconds_count{capability="test.echo",state="succeeded"} 1' in answer.text
    assert re.search(r"^process_resident_memory_bytes [1-9]\d{6,}$", answer.text, re.MULTILINE)
