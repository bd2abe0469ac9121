"""A real model process is killed in the middle of sampling: at most five steps are made again, and the picture has the same bits."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from app.studio import Studio
from backends.images import KEEP_EVERY
from configs.settings import Settings

pytest.importorskip("torch")
pytest.importorskip("diffusers")

STEPS, KILLED_AT = 30, 20
REQUEST = {"prompt": "a fox on a hill", "model": "tiny", "width": 192, "height": 192, "steps": STEPS, "seed": 11, "sampler": "dpmpp_2m_sde"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    from tests.backends.tiny.pictures import save_sdxl

    folder = tmp_path_factory.mktemp("sampling")
    model = save_sdxl(folder / "tiny")
    settings = Settings(data_dir=folder / "data", headless=True, cpu_workers=1, device="cpu")
    with Studio.open(settings, keep_spare=False) as opened:
        taken = opened.wait(opened.submit("model.import", {"path": str(model)}, allow_paths=True).job.id, 60)
        assert taken.job.state == "succeeded", taken.job.error
        yield opened


def pixels(studio: Studio, result: Any) -> list[bytes]:
    found = []
    for image in result["images"]:
        with Image.open(studio.artifact(image["artifact_id"]).path) as opened:
            found.append(opened.tobytes())
    return found


@pytest.mark.slow
def test_a_killed_job_redoes_five_steps_at_most_and_ends_with_the_same_bits(studio: Studio) -> None:
    whole = studio.wait(studio.submit("image.generate", {**REQUEST, "count": 2}).job.id, 240)
    assert whole.job.state == "succeeded", whole.job.error
    assert [image["steps_run"] for image in whole.result["images"]] == [STEPS, STEPS]
    seen: dict[int, list[int]] = {1: [], 2: []}  # attempt -> steps of the second picture that were shown
    killed = 0
    with studio.events.subscribe() as events:
        job = studio.submit("image.generate", {**REQUEST, "count": 2}).job
        while True:
            event = events.get(240)
            assert event is not None, "the job stands still"
            if event.job_id != job.id:
                continue
            if event.kind == "emit" and event.data["data"]["image"] == 1:
                step = event.data["data"]["step"]
                seen[2 if killed else 1].append(step)
                if step == KILLED_AT and not killed:
                    killed = next(worker["pid"] for worker in studio.status()["workers"] if worker["lane"] == "gpu")
                    os.kill(killed, signal.SIGKILL)
            elif event.kind == "job" and event.data["state"] in ("succeeded", "failed", "quarantined"):
                break
    again = studio.job(job.id)
    assert killed
    assert (again.job.state, again.job.attempt) == ("succeeded", 2), again.job.error
    begun, reached = min(seen[2]), max(seen[1])
    assert reached < STEPS, "the worker was quicker than the signal"
    assert 0 <= reached - begun + 1 <= KEEP_EVERY
    assert again.result["images"][1]["steps_run"] == STEPS - begun + 1
    assert pixels(studio, again.result) == pixels(studio, whole.result)
    assert [one.name for one in again.artifacts] == [one.name for one in whole.artifacts]
