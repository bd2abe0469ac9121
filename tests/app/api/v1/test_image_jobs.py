"""A picture's job is waited for without a thread, told when it fails, and cancelled when its client goes."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.capability import capability
from app.imaging.requests import GeneratedImages, GenerateImage
from app.studio import Studio
from configs.errors import BadMedia
from configs.settings import Settings
from jobs.context import JobContext
from storage.records import CANCELLED, ENDED, RUNNING


@capability("image.generate", lane="io", title="Generate image")
def paint(request: GenerateImage, job: JobContext) -> GeneratedImages:
    """Ends as its prompt says, or not at all."""
    if request.prompt == "fail":
        raise BadMedia("The weights are damaged.", "Install the model again.")
    gate = threading.Event()
    while request.prompt == "wait":
        job.progress(0.5, "painting")
        gate.wait(0.02)
    return GeneratedImages(images=[], model="m", engine="e", prompt=request.prompt, took_s=0)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data: Path = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=data, cpu_workers=1, cancel_grace_s=0.5, headless=True)
    with Studio.open(settings, capabilities=(paint,), keep_spare=False) as studio:
        yield studio


@pytest.fixture(scope="module")
def site(studio: Studio, serve: Callable[[Studio], AbstractContextManager[str]]) -> Iterator[str]:
    with serve(studio) as url:
        yield url


def ask(site: str, prompt: str) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=20)
    connection.request("POST", "/v1/images/generations", json.dumps({"prompt": prompt}), {"content-type": "application/json"})
    return connection


def until(studio: Studio, state: str) -> str:
    """Waits until the newest job is in a state; its id."""
    with studio.events.subscribe() as news:
        while True:
            jobs = studio.jobs(limit=1).items
            if jobs and jobs[0].state == state:
                return str(jobs[0].id)
            assert news.get(20) is not None, "nothing happens any more"


def test_who_hangs_up_cancels_the_job(studio: Studio, site: str) -> None:
    connection = ask(site, "wait")
    job = until(studio, RUNNING)
    connection.close()
    assert until(studio, CANCELLED) == job


def test_a_job_that_is_cancelled_elsewhere_is_an_answer(studio: Studio, site: str) -> None:
    connection = ask(site, "wait")
    studio.cancel(until(studio, RUNNING))
    answer = connection.getresponse()
    body = json.load(answer)
    assert answer.status == 503
    assert body["error"]["code"] == "cancelled"
    connection.close()


def test_a_failure_is_told_in_its_own_words(studio: Studio, site: str) -> None:
    connection = ask(site, "fail")
    answer = connection.getresponse()
    body = json.load(answer)
    assert answer.status == 500
    assert body["error"]["message"] == "The weights are damaged. Install the model again."
    assert studio.jobs(limit=1).items[0].state in ENDED
    connection.close()


def test_many_wait_at_once_without_a_thread_each(studio: Studio, site: str) -> None:
    """More than there are threads to wait on; all of them end when their jobs are cancelled."""
    connections = [ask(site, "wait") for _ in range(60)]
    seen: set[str] = set()
    with studio.events.subscribe() as news:
        while len(seen) < 60:
            event = news.get(20)
            assert event is not None
            if event.kind == "job":
                seen.add(event.job_id)
    status = http.client.HTTPConnection(urlsplit(site).netloc, timeout=20)
    status.request("GET", "/v1/models")
    assert status.getresponse().status == 200
    status.close()
    for job_id in seen:
        studio.cancel(job_id)
    for connection in connections:
        assert connection.getresponse().status == 503
        connection.close()
