"""A job follows a picture in the making."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image

from app.imaging.watch import PREVIEW_PX, Watch
from jobs.context import JobCancelled
from tests.app.imaging.easel import EaselJob


@pytest.fixture
def job(tmp_path: Path) -> EaselJob:
    return EaselJob(tmp_path)


def watch_of(job: EaselJob, index: int = 1, count: int = 4, **more: int) -> Watch:
    return Watch(job, index, count, **more)  # type: ignore[arg-type]


def test_progress_runs_through_the_pictures_share(job: EaselJob) -> None:
    watch = watch_of(job)
    watch.loading(0.5, "reading the weights")
    for step in (1, 15, 30):
        watch.stepped(step, 30)
    fractions = [fraction for fraction, _ in job.said]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.25
    assert 0.25 < fractions[1] < fractions[-1] < 0.5
    assert job.said[-1][1] == "Picture 2 of 4: step 30 of 30"


def test_one_picture_is_not_counted_and_a_further_attempt_is_told(job: EaselJob) -> None:
    assert watch_of(job, 0, 1).title == "Picture"
    assert watch_of(job, 0, 2, attempt=1).title == "Picture 1 of 2, attempt 2"


def test_previews_are_small_jpegs_with_their_step(job: EaselJob) -> None:
    watch = watch_of(job, steps=30)
    watch.preview(Image.new("RGBA", (2000, 1000), "red"), 3)
    kind, data = job.emitted[0]
    assert (kind, data["image"], data["step"], data["steps"]) == ("preview", 1, 3, 30)
    with Image.open(io.BytesIO(base64.b64decode(data["jpeg"]))) as shown:
        assert (shown.format, max(shown.size)) == ("JPEG", PREVIEW_PX)


def test_hooks_without_previews_make_none(job: EaselJob) -> None:
    assert watch_of(job, preview_every=0).hooks().on_preview is None
    assert watch_of(job, preview_every=3).hooks().preview_every == 3


def test_hooks_go_on_from_what_was_kept_last(job: EaselJob) -> None:
    watch = watch_of(job)
    assert watch.hooks().resume is None
    keep = watch.hooks().on_keep
    assert keep is not None
    keep(b"state", 5)
    assert watch.hooks().resume == b"state"
    assert watch_of(job).hooks().resume == b"state"
    assert watch_of(job, 2).hooks().resume is None


def test_cancelling_is_seen_within_a_step_and_at_its_end(job: EaselJob) -> None:
    hooks = watch_of(job).hooks()
    assert not hooks.is_cancelled()
    job.cancelled = True
    assert hooks.is_cancelled()
    with pytest.raises(JobCancelled):
        hooks.on_step(1, 30)
