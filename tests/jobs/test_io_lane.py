"""Jobs that wait for jobs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.studio import Studio
from storage.records import CANCELLED, FAILED, QUEUED, SUCCEEDED


def test_a_parent_gets_the_results_of_its_children(studio: Studio) -> None:
    parent = studio.submit("test.family", {"steps": 3}).job.id
    detail = studio.wait(parent, 30)
    assert (detail.job.state, detail.result) == (SUCCEEDED, {"values": [{"values": [0]}] * 3})
    children = studio.jobs(parent_id=parent).items
    assert [job.state for job in children] == [SUCCEEDED] * 3


def test_waiting_parents_hold_no_place(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(io_threads=1)
    parents = [studio.submit("test.family", {"steps": 2}).job.id for _ in range(4)]
    assert [studio.wait(i, 60).job.state for i in parents] == [SUCCEEDED] * 4


def test_depth_has_an_end(studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.ancestors", {}).job.id, 30)
    assert detail.job.state == FAILED
    assert detail.job.error is not None
    assert "levels deep" in detail.job.error["message"]


def test_a_childs_failure_is_the_parents_in_the_childs_words(studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.bad_family", {"text": "test.fail"}).job.id, 30)
    assert detail.job.state == FAILED
    assert detail.job.error is not None
    assert detail.job.error["message"].startswith("bad: ")
    assert "ZeroDivisionError" in detail.job.error["message"]


def test_cancelling_a_parent_cancels_its_children(studio: Studio) -> None:
    parent = studio.submit("test.bad_family", {"text": "test.patient"}).job.id
    with studio.events.subscribe() as listener:
        while not studio.jobs(parent_id=parent).items:
            listener.get(5)
    studio.cancel(parent)
    assert studio.wait(parent, 30).job.state == CANCELLED
    assert studio.wait(studio.jobs(parent_id=parent).items[0].id, 30).job.state == CANCELLED


def test_a_worker_may_not_wait_for_another_job(studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.impatient", {}).job.id, 30)
    assert detail.job.error is not None
    assert "outside the io lane" in detail.job.error["message"]


def test_a_restart_goes_on_with_the_children_there_are(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio()
    parent = studio.submit("test.family", {"steps": 4, "marks": str(tmp_path)}).job.id
    with studio.events.subscribe() as listener:
        while studio.counts()["succeeded"] < 2:
            listener.get(5)
    studio.close()
    again = open_studio()
    assert again.job(parent).job.state != QUEUED or again.job(parent).job.attempt >= 1
    detail = again.wait(parent, 30)
    assert detail.job.state == SUCCEEDED
    assert len(again.jobs(parent_id=parent).items) == 4


def test_children_are_started_together_and_what_they_made_can_be_read(studio: Studio, tmp_path: Path) -> None:
    detail = studio.wait(studio.submit("test.twins", {"steps": 3, "text": "twin", "marks": str(tmp_path)}).job.id, 30)
    assert detail.result == {"values": ["twin 0", "twin 1", "twin 2"]}
    assert len(studio.jobs(parent_id=detail.job.id).items) == 3


def test_a_stored_result_is_not_made_again_for_a_parent(studio: Studio, tmp_path: Path) -> None:
    asked = {"steps": 2, "text": "kept", "marks": str(tmp_path)}
    first = studio.wait(studio.submit("test.twins", asked).job.id, 30)
    again = studio.wait(studio.submit("test.twins", asked).job.id, 30)
    assert again.result == first.result
    assert studio.jobs(parent_id=again.job.id).items == ()
    assert len((tmp_path / "stored").read_text().splitlines()) == 2


def test_a_parent_never_waits_for_itself(studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.mirror", {}).job.id, 30)
    assert detail.job.state == FAILED
    assert "levels deep" in (detail.job.error or {})["message"]


def test_a_part_of_the_studio_is_lent_to_its_own_threads_only(studio: Studio, tmp_path: Path) -> None:
    from jobs.context import JobContext
    from jobs.io_lane import DirectLink

    studio._io.parts["numbers"] = (1, 2)
    link = DirectLink(studio._io, studio.wait(studio.submit("test.mirror", {}).job.id, 30).job)
    assert JobContext.part(type("Job", (), {"_link": link})(), "numbers") == (1, 2)  # type: ignore[arg-type]
