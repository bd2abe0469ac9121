"""The Jobs tab: live rows, actions, filters, details that stay open."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui


def row(page: Any, text: str) -> Any:
    return page.get_by_role("list", name="Jobs").get_by_role("listitem").filter(has_text=text).first


@pytest.fixture
def frozen(studio: Any, coded_clip: Callable[..., Path]) -> Iterator[list[Any]]:
    """Jobs that wait or run, with the workers stopped; let go and ended afterwards."""
    clip = studio.upload(coded_clip())
    studio.signal_workers(signal.SIGSTOP)
    jobs = [studio.post("/api/capabilities/video.analyze?reuse=false", {"video": clip["id"], "min_scene_frames": 5 + n}) for n in range(6)]
    yield jobs
    for job in reversed(jobs):
        studio.post(f"/api/jobs/{job['id']}/cancel") if studio.get(f"/api/jobs/{job['id']}")["state"] in ("queued", "running") else None
    studio.signal_workers(signal.SIGCONT)


def test_a_job_is_shown_with_picture_engine_and_what_was_asked(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]
) -> None:
    from playwright.sync_api import expect

    studio.analyzed(coded_clip(), min_scene_frames=7)
    page = open_page("/?tab=jobs")
    first = row(page, "min scene frames 7")
    expect(first).to_contain_text("Analyze video: coded.mp4")
    expect(first).to_contain_text("Done")
    expect(first).to_contain_text("built in, CPU")
    expect(first.locator("img")).to_be_visible()
    first.get_by_text("Details").click()
    expect(first.get_by_role("link", name="scenes.edl")).to_be_visible()
    first.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("listbox", name="Shots").get_by_role("option")).to_have_count(3)


def test_waiting_jobs_can_go_first_or_be_cancelled(open_page: Callable[..., Any], studio: Any, frozen: list[Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=jobs")
    waiting = [job for job in frozen if studio.get(f"/api/jobs/{job['id']}")["state"] == "queued"]
    last, victim = waiting[-1], waiting[-2]
    row(page, f"min scene frames {last['request']['min_scene_frames']}").get_by_role("button", name="Run next").click()
    page.wait_for_function(
        "async ([id, old]) => (await (await fetch('/api/jobs/' + id)).json()).priority > old", arg=[last["id"], last["priority"]]
    )
    target = row(page, f"min scene frames {victim['request']['min_scene_frames']}")
    target.get_by_role("button", name="Cancel").click()
    expect(target).to_contain_text("Cancelled")
    target.get_by_role("button", name="Retry").click()
    expect(target).to_contain_text("Waiting")


def test_rows_filter_by_state_and_stay_live(open_page: Callable[..., Any], studio: Any, frozen: list[Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=jobs")
    page.get_by_role("button", name="Waiting").click()
    listed = page.get_by_role("list", name="Jobs").get_by_role("listitem")
    waiting = [job for job in frozen if studio.get(f"/api/jobs/{job['id']}")["state"] == "queued"]
    expect(listed).to_have_count(len(waiting))
    studio.post(f"/api/jobs/{waiting[0]['id']}/cancel")
    expect(listed).to_have_count(len(waiting) - 1)
    page.get_by_role("button", name="Cancelled").click()
    expect(row(page, f"min scene frames {waiting[0]['request']['min_scene_frames']}")).to_be_visible()
    page.get_by_label("Filter by kind of work").select_option("video.proxy")
    expect(page.get_by_text("No job fits this filter.")).to_be_visible()
    page.get_by_role("button", name="All", exact=False).first.click()
    page.get_by_label("Filter by kind of work").select_option("")


def test_opened_details_survive_every_update(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    studio.analyzed(coded_clip(), min_scene_frames=9)
    page = open_page("/?tab=jobs")
    opened = row(page, "min scene frames 9")
    opened.get_by_text("Details").click()
    page.evaluate("document.querySelector('details.job-more[open]').closest('.job').marked = true")
    studio.analyzed(coded_clip(), min_scene_frames=11)
    expect(row(page, "min scene frames 11")).to_contain_text("Done")
    assert page.evaluate("document.querySelector('details.job-more[open]').closest('.job').marked") is True


def test_a_failure_says_what_and_what_to_do(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path], tmp_path: Path
) -> None:
    import shutil

    from playwright.sync_api import expect

    path = tmp_path / "gone.mp4"
    shutil.copy(coded_clip(), path)
    studio.signal_workers(signal.SIGSTOP)
    job = studio.post("/api/capabilities/video.analyze", {"video": str(path), "min_scene_frames": 3})
    path.unlink()
    studio.signal_workers(signal.SIGCONT)
    assert studio.finished(job)["state"] == "failed"
    page = open_page("/?tab=jobs")
    first = row(page, "min scene frames 3")
    expect(first).to_contain_text("Failed")
    expect(first.locator(".job-error")).to_contain_text("gone.mp4")
    expect(first.get_by_role("button", name="Retry")).to_be_visible()


def test_older_jobs_come_on_request(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    drawer = studio.post("/api/projects", {"name": "Many"})["id"]
    clip = studio.upload(coded_clip())
    where = f"/api/capabilities/video.analyze?reuse=false&project_id={drawer}"
    studio.signal_workers(signal.SIGSTOP)
    jobs = [studio.post(where, {"video": clip["id"], "min_scene_frames": number + 1}) for number in range(54)]
    page = open_page("/?tab=jobs")
    page.get_by_role("combobox", name="Project").select_option("Many")
    listed = page.get_by_role("list", name="Jobs").get_by_role("listitem")
    expect(listed).to_have_count(50)
    page.get_by_role("button", name="Load more").click()
    expect(listed).to_have_count(54)
    expect(page.get_by_role("button", name="Load more")).to_be_hidden()
    for job in reversed(jobs):
        studio.post(f"/api/jobs/{job['id']}/cancel")
    studio.signal_workers(signal.SIGCONT)


def test_a_plan_is_told_by_its_rows(open_page: Callable[..., Any]) -> None:
    page = open_page("/?tab=jobs")
    told = page.evaluate(
        """async () => {
          const base = document.querySelector('link[href$="studio.css"]').href.replace('/studio.css', '');
          const { asked } = await import(base + '/tabs/job_row.js');
          const rows = [1, 2, 3].map((n) => ({ id: `s${n}`, operations: [] }));
          const plan = { version: 1, segments: rows }, note = 'x'.repeat(400);
          return asked({ video: 'a-1', plan, formats: ['edl', 'srt'], note, deep: { a: { b: 1 } }, name: '' });
        }"""
    )
    assert told == f"plan 3 rows · formats edl, srt · note {'x' * 79}… · deep 1 entry"
