"""The Library tab: search, preview, ancestry, rerun, delete, relink."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui


def cards(page: Any) -> Any:
    return page.get_by_role("list", name="Files").get_by_role("listitem")


def open_card(page: Any, name: str) -> Any:
    cards(page).filter(has_text=name).first.get_by_role("button").click()
    return page.get_by_role("dialog", name="File")


def test_everything_is_found_by_role_kind_and_name(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    studio.analyzed(coded_clip(), frames_per_scene=1)
    page = open_page("/?tab=library")
    expect(cards(page).filter(has_text="coded.mp4")).to_have_count(1)
    expect(cards(page).locator("video").first).to_be_attached()
    page.get_by_role("button", name="Results").click()
    expect(cards(page).filter(has_text="report.html")).to_have_count(1)
    page.get_by_label("Search by name").fill("scenes.e")
    expect(cards(page)).to_have_count(1)
    expect(cards(page)).to_contain_text("scenes.edl")
    page.get_by_label("Search by name").fill("")
    page.get_by_role("button", name="Working files").click()
    page.get_by_label("Filter by kind", exact=True).select_option("image")
    expect(cards(page).filter(has_text=re.compile(r"scene-\d{4}-1\.jpg"))).to_have_count(3)
    expect(cards(page).locator("img").first).to_be_visible()
    page.get_by_label("Search by name").fill("no such thing")
    expect(page.get_by_text("Nothing here fits the search.")).to_be_visible()


def test_the_sheet_previews_and_tells_where_a_file_came_from(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]
) -> None:
    from playwright.sync_api import expect

    studio.analyzed(coded_clip(), frames_per_scene=1)
    page = open_page("/?tab=library")
    page.get_by_role("button", name="Results").click()
    sheet = open_card(page, "report.html")
    frame = sheet.locator("iframe")
    assert "allow-same-origin" not in (frame.get_attribute("sandbox") or "")
    expect(sheet.frame_locator("iframe").locator("body")).to_contain_text("coded.mp4")
    expect(sheet).to_contain_text("Analyze video: coded.mp4")
    expect(sheet.get_by_text("built in, CPU")).to_be_visible()
    sheet.get_by_role("button", name="coded.mp4").click()
    expect(sheet.locator("video")).to_be_visible()
    expect(sheet).to_contain_text("You brought it in.")
    expect(sheet.get_by_role("button", name="scenes.otio")).to_be_visible()
    sheet.get_by_role("button", name="scenes.edl").click()
    expect(sheet.get_by_label("Preview")).to_contain_text("TITLE:")
    sheet.get_by_role("button", name="Rerun").click()
    expect(page.locator(".toast")).to_contain_text("running again")


def test_send_to_analyze_opens_and_analyzes_the_clip(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    studio.upload(coded_clip("sent.mp4", cuts=(30,), frames=64))
    page = open_page("/?tab=library")
    open_card(page, "sent.mp4").get_by_role("button", name="Send to Analyze").click()
    expect(page.get_by_role("tab", name="Analyze Video")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("listbox", name="Shots").get_by_role("option")).to_have_count(2)


def test_deleting_asks_first_and_says_what_it_freed(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    studio.upload(coded_clip("to be deleted.mp4", frames=40))
    page = open_page("/?tab=library")
    sheet = open_card(page, "to be deleted.mp4")
    sheet.get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete this file?")
    question.get_by_role("button", name="Keep it").click()
    expect(question).to_be_hidden()
    sheet.get_by_role("button", name="Delete").click()
    question.get_by_role("button", name="Delete").click()
    expect(page.locator(".toast")).to_contain_text("free again")
    expect(cards(page).filter(has_text="to be deleted.mp4")).to_have_count(0)
    assert studio.get("/api/artifacts", q="to be deleted.mp4")["items"] == []
    expect(page.locator(".disk")).to_contain_text("free")


def test_a_moved_file_is_noticed_and_relinked(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path], tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    path, elsewhere = tmp_path / "moved.mp4", tmp_path / "elsewhere" / "moved.mp4"
    shutil.copy(coded_clip("moved.mp4", cuts=(50,)), path)
    studio.finished(studio.post("/api/capabilities/video.analyze", {"video": str(path)}))
    elsewhere.parent.mkdir()
    path.rename(elsewhere)
    page = open_page("/?tab=library", errors_expected=True)
    sheet = open_card(page, "moved.mp4")
    expect(sheet).to_contain_text("The file is no longer where it was.")
    sheet.get_by_label("Where the file lies now").fill(str(tmp_path / "nowhere.mp4"))
    sheet.get_by_role("button", name="Relink").click()
    expect(page.locator(".toast").filter(has_text="nowhere.mp4")).to_be_visible()
    sheet.get_by_label("Where the file lies now").fill(str(elsewhere))
    sheet.get_by_role("button", name="Relink").click()
    expect(sheet.locator("video")).to_be_visible()
    assert studio.get("/api/artifacts", q="moved.mp4")["items"][0]["missing"] is False


def test_names_are_text_never_markup(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path], tmp_path: Path) -> None:
    from playwright.sync_api import expect

    name = "<img src=x onerror=alert(1)> & 'quotes'.mp4"
    path = tmp_path / name
    shutil.copy(coded_clip("hostile.mp4", frames=50), path)
    job = studio.analyzed(path)
    page = open_page("/?tab=library")
    sheet = open_card(page, name)
    expect(sheet.get_by_role("heading", name=name)).to_be_visible()
    sheet.get_by_role("button", name="Close").click()
    page.get_by_role("tab", name="Jobs").click()
    expect(page.get_by_role("list", name="Jobs")).to_contain_text(name)
    analyzed = open_page(f"/?clip={job['id']}")
    expect(analyzed.get_by_role("heading", name=name)).to_be_visible()
    assert analyzed.locator("img[src=x]").count() == page.locator("img[src=x]").count() == 0
