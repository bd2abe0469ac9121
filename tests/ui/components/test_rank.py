"""Rank takes in the page: several files, rows that fill, the worst frame, cancel, the Library."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.app.video import takes

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("takes")


def rows(page: Any) -> Any:
    return page.get_by_role("list", name="Takes, best first").get_by_role("listitem")


def ranked(page: Any) -> None:
    page.get_by_role("link", name="Report").wait_for()


@pytest.fixture(scope="module")
def ranking(studio: Any, folder: Path) -> Any:
    """A finished ranking of three takes."""
    ids = [studio.upload(takes.take(kind, folder))["id"] for kind in ("flicker-4", "clean", "drop")]
    return studio.finished(studio.post("/api/capabilities/video.rank_takes", {"takes": ids}))


def test_several_files_are_offered_as_takes_and_ranked(open_page: Callable[..., Any], folder: Path, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    bad = tmp_path / "torn.mp4"
    bad.write_bytes(b"words\n" * 99)
    page = open_page(errors_expected=True)
    page.get_by_label("Clip file").set_input_files(
        [takes.take("flicker-8", folder), bad, takes.take("clean", folder), takes.take("repeat", folder)]
    )
    question = page.get_by_role("dialog", name="4 clips: what are they?")
    question.get_by_role("button", name="Rank as takes of one shot").click()
    expect(page.get_by_role("heading", name="4 takes of one shot")).to_be_visible()
    expect(rows(page)).to_have_count(4)
    ranked(page)
    expect(rows(page).locator(".rank-name")).to_have_text(["clean.mp4", "repeat.mp4", "flicker-8.mp4", "torn.mp4"])
    expect(rows(page).locator(".rank-place")).to_have_text(["1", "2", "3", "4"])
    expect(rows(page).nth(3)).to_contain_text("not a video")
    expect(rows(page).nth(1)).to_contain_text("Worst at 00:00:01:16: 1 frame is repeated")
    expect(rows(page).nth(0).get_by_role("img", name=re.compile(r"Coherence \d\d\.\d of 100"))).to_be_visible()
    expect(page.get_by_role("link", name="Contact sheet")).to_be_visible()
    assert re.search(r"rank=j-", page.url)


def test_analyze_each_is_the_other_answer_and_cancel_does_nothing(open_page: Callable[..., Any], folder: Path) -> None:
    from playwright.sync_api import expect

    page = open_page()
    clips = [takes.take("clean", folder), takes.take("drop", folder)]
    page.get_by_label("Clip file").set_input_files(clips)
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Open a clip")).to_be_visible()
    page.get_by_label("Clip file").set_input_files([])  # as the page does before it asks again
    page.get_by_label("Clip file").set_input_files(clips)
    page.get_by_role("dialog").get_by_role("button", name="Analyze each").click()
    expect(page.get_by_role("heading", name="clean.mp4")).to_be_visible()


def test_the_address_brings_a_ranking_back_and_figures_unfold(open_page: Callable[..., Any], ranking: Any) -> None:
    from playwright.sync_api import expect

    page = open_page(f"/?tab=analyze&rank={ranking['id']}")
    expect(rows(page).locator(".rank-name")).to_have_text(["clean.mp4", "drop.mp4", "flicker-4.mp4"])
    rows(page).nth(1).get_by_text("Figures").click()
    expect(rows(page).nth(1).locator(".rank-frames img")).to_have_count(3)
    expect(rows(page).nth(1)).to_contain_text("Motion smoothness")
    page.locator(".rank-view").get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Open a clip")).to_be_visible()
    assert "rank=" not in page.url


def test_the_picture_opens_the_take_at_exactly_that_frame_and_leads_back(open_page: Callable[..., Any], ranking: Any) -> None:
    from playwright.sync_api import expect

    page = open_page(f"/?tab=analyze&rank={ranking['id']}")
    rows(page).nth(1).get_by_role("button", name="Open drop.mp4 at its worst frame, 00:00:01:16").click()
    expect(page.locator(".inspector").get_by_role("heading", name="drop.mp4")).to_be_visible()
    page.wait_for_function("(frame) => document.querySelector('.timeline').getAttribute('aria-valuenow') === String(frame)", arg=takes.AT)
    page.get_by_role("button", name="Back to the ranking").click()
    expect(rows(page)).to_have_count(3)


def test_rows_fill_while_takes_are_analyzed_and_cancel_stops_it(
    open_page: Callable[..., Any], own_studio: Callable[..., Any], tmp_path: Path
) -> None:
    import signal

    from playwright.sync_api import expect

    studio = own_studio()
    clips = [takes.write(takes.damaged(kind) * 2, tmp_path / f"{kind}.mp4") for kind in ("clean", "drop", "jump")]
    studio.analyzed(clips[0])
    ids = [studio.upload(path)["id"] for path in clips]
    studio.signal_workers(signal.SIGSTOP)
    job = studio.post("/api/capabilities/video.rank_takes", {"takes": ids})
    page = open_page(f"/?tab=analyze&rank={job['id']}", url=studio.url, errors_expected=True)
    expect(rows(page)).to_have_count(3)
    expect(rows(page).nth(0)).to_contain_text("clean.mp4")
    expect(rows(page).nth(0).locator(".rank-score b")).not_to_be_empty()
    expect(page.locator(".rank-state")).to_contain_text("1 of 3")
    page.locator(".rank-view").get_by_role("button", name="Cancel").click()
    studio.signal_workers(signal.SIGCONT)
    expect(page.locator(".rank-state")).to_contain_text("Cancelled")
    expect(rows(page).nth(1)).to_contain_text("Not analyzed")
    page.get_by_role("button", name="Try again").click()
    ranked(page)
    expect(rows(page).nth(0).locator(".rank-place")).to_have_text("1")


def test_a_ranking_opens_from_the_list_of_jobs(open_page: Callable[..., Any], ranking: Any) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=jobs")
    job = page.get_by_role("list", name="Jobs").get_by_role("listitem").filter(has_text=ranking["title"]).last
    job.get_by_role("button", name="Open", exact=True).click()
    expect(rows(page)).to_have_count(3)


def test_clips_picked_in_the_library_are_ranked_or_compared(open_page: Callable[..., Any], ranking: Any) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=library")
    bar = page.get_by_role("group", name="Picked clips")
    page.get_by_label("Pick clean.mp4").first.check()
    expect(bar.get_by_role("button", name="Compare")).to_be_disabled()
    page.get_by_label("Pick drop.mp4").first.check()
    expect(bar).to_contain_text("2 clips picked")
    bar.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare")).to_be_visible()
    page.get_by_role("tab", name="Library").click()
    expect(bar).to_be_hidden()
    for name in ("clean.mp4", "drop.mp4", "flicker-4.mp4"):
        page.get_by_label(f"Pick {name}").first.check()
    expect(bar.get_by_role("button", name="Compare")).to_be_disabled()
    bar.get_by_role("button", name="Rank as takes of one shot").click()
    ranked(page)
    expect(rows(page).locator(".rank-name")).to_have_text(["clean.mp4", "drop.mp4", "flicker-4.mp4"])


def test_a_ranking_that_is_none_is_said_so(open_page: Callable[..., Any], ranking: Any, studio: Any) -> None:
    from playwright.sync_api import expect

    other = studio.get("/api/jobs", capability="video.analyze")["items"][0]
    page = open_page(f"/?tab=analyze&rank={other['id']}")
    expect(page.locator(".toast")).to_contain_text("That job is not a ranking.")
    expect(page.get_by_role("button", name="Open a clip")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (900, "dark")])
def test_it_fits_a_narrow_window(open_page: Callable[..., Any], ranking: Any, width: int, scheme: str) -> None:
    page = open_page(f"/?tab=analyze&rank={ranking['id']}", width=width, height=800, color_scheme=scheme)
    ranked(page)
    assert page.evaluate("() => document.querySelector('.rank-view').scrollWidth <= innerWidth")
    assert page.evaluate("() => [...document.querySelectorAll('.rank-row')].every((row) => row.scrollWidth <= row.clientWidth + 1)")
