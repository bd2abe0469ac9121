"""Editing a clip's shots in a real browser: split, merge, drag, undo, thresholds at once, markers, and other people's changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui
FRAMES = 96


@pytest.fixture
def job(studio: Any, coded_clip: Callable[..., Path], request: pytest.FixtureRequest) -> Any:
    """An analysis of a clip of this test's own, so that no test sees another's review."""
    name = f"{request.node.name[:40]}.mp4"
    return studio.analyzed(coded_clip(name))


@pytest.fixture
def page(open_page: Callable[..., Any], job: Any, shows_frame: Callable[..., None]) -> Any:
    page = open_page(f"/?clip={job['id']}")
    begins(page, 0, 24, 60)
    shows_frame(page, 0)
    page.get_by_role("slider", name="Playhead").focus()
    return page


def begins(page: Any, *frames: int) -> None:
    """Waits until the shots on the strip begin at these frames."""
    shown = "[...document.querySelectorAll('.strip .shot')].map((node) => node.dataset.key).join()"
    page.wait_for_function(f"(frames) => {shown} === frames", arg=",".join(map(str, frames)))


def go_to(page: Any, frame: int) -> None:
    page.keyboard.press("g")
    page.get_by_label("Go to timecode").fill(f"{frame // 24:02d}{frame % 24:02d}")
    page.keyboard.press("Enter")
    page.wait_for_function("(frame) => document.querySelector('.deck').dataset.frame === String(frame)", arg=frame)


def at(page: Any, frame: float) -> tuple[float, float]:
    """A place on the timeline's row of shots."""
    box = page.locator(".timeline canvas").bounding_box()
    return box["x"] + 84 + frame / FRAMES * (box["width"] - 85), box["y"] + 33


def review(studio: Any, job: Any) -> Any:
    return studio.get(f"/api/artifacts/{job['request']['video']}/review")


def test_split_and_merge_say_what_they_did_and_can_be_undone(page: Any, studio: Any, job: Any) -> None:
    from playwright.sync_api import expect

    go_to(page, 40)
    page.keyboard.press("s")
    begins(page, 0, 24, 40, 60)
    expect(page.locator(".toast").last).to_contain_text("A new shot begins at 00:00:01:16.")
    page.keyboard.press("s")
    expect(page.locator(".toast").last).to_contain_text("begins here already")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("m")
    begins(page, 0, 24, 40)
    expect(page.locator(".toast").last).to_contain_text("Shots 3 and 4 are one.")
    assert review(studio, job)["boundaries"] == {"added": [40], "removed": [60]}
    page.keyboard.press("Control+z")
    begins(page, 0, 24, 40, 60)
    page.get_by_role("button", name=re.compile("^Undo: ")).click()
    begins(page, 0, 24, 60)
    page.keyboard.press("Control+Shift+z")
    begins(page, 0, 24, 40, 60)
    expect(page.get_by_role("button", name=re.compile("^Redo: "))).to_be_enabled()
    page.keyboard.press("Home")
    page.keyboard.press("m")
    expect(page.locator(".toast").last).to_contain_text("first shot")


def test_a_boundary_is_dragged_and_snaps(page: Any, studio: Any, job: Any, shows_frame: Callable[..., None]) -> None:
    from playwright.sync_api import expect

    go_to(page, 48)
    page.mouse.move(*at(page, 24))
    assert page.locator(".timeline canvas").evaluate("node => node.style.cursor") == "col-resize"
    page.mouse.down()
    page.mouse.move(*at(page, 36))
    shows_frame(page, 36)
    page.mouse.move(*at(page, 47.4))  # within reach of where the playhead was
    page.mouse.up()
    begins(page, 0, 48, 60)
    expect(page.locator(".toast").last).to_contain_text("moved by 24 frames to 00:00:02:00")
    page.mouse.move(*at(page, 60))
    page.mouse.down()
    page.mouse.move(*at(page, 70))
    page.keyboard.press("Escape")
    page.mouse.up()
    begins(page, 0, 48, 60)
    page.mouse.click(*at(page, 60.3))  # a press without a drag is a seek
    shows_frame(page, 60)
    assert review(studio, job)["revision"] == 1


def test_the_keyboard_moves_the_nearest_boundary(page: Any) -> None:
    go_to(page, 66)
    page.keyboard.press("b")
    begins(page, 0, 24, 66)
    page.keyboard.press("Control+z")
    begins(page, 0, 24, 60)


def test_thresholds_redraw_the_shots_while_they_move(page: Any, job: Any) -> None:
    from playwright.sync_api import expect

    page.get_by_text("Find shots anew", exact=True).click()
    expect(page.get_by_role("button", name="Apply", exact=True)).to_be_disabled()
    page.get_by_label("Shortest shot", exact=True).fill("30")
    begins(page, 0, 60)
    expect(page.locator(".rescene-verdict")).to_contain_text("2 shots, with new thresholds. The files still have 3.")
    for frames in (40, 50, 29, 20, 35):  # faster than they are answered: the last one counts
        page.get_by_label("Shortest shot", exact=True).fill(str(frames))
    begins(page, 0, 60)
    page.get_by_role("button", name="As analyzed").click()
    begins(page, 0, 24, 60)
    expect(page.locator(".rescene-verdict")).to_have_text("3 shots, as in the files.")


def test_applying_makes_a_new_analysis_with_all_edits(page: Any, studio: Any, job: Any) -> None:
    from playwright.sync_api import expect

    go_to(page, 40)
    page.keyboard.press("s")
    begins(page, 0, 24, 40, 60)
    page.keyboard.press("v")
    third = page.get_by_role("listbox", name="Shots as cards").get_by_role("option").nth(2)
    expect(third).to_have_attribute("data-edited", "true")
    page.keyboard.press("v")
    page.get_by_role("button", name="Apply", exact=True).click()
    page.wait_for_function(f"() => !location.search.includes('{job['id']}')")
    expect(page.locator(".rescene-verdict")).to_have_text("4 shots, as in the files.")
    begins(page, 0, 24, 40, 60)
    made = studio.get("/api/jobs", capability="video.rescene", limit=1)["items"][0]
    assert [scene["start_frame"] for scene in studio.get(f"/api/jobs/{made['id']}")["result"]["scenes"]] == [0, 24, 40, 60]
    assert made["id"] in page.url
    page.reload()
    begins(page, 0, 24, 40, 60)
    page.get_by_role("region", name="Downloads").get_by_role("button", name="All files").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="EDL", exact=True).click()
    assert "004" in Path(download.value.path()).read_text()


def test_markers_are_set_changed_found_and_removed(page: Any, studio: Any, job: Any, shows_frame: Callable[..., None]) -> None:
    from playwright.sync_api import expect

    go_to(page, 30)
    page.keyboard.press("p")
    editor = page.get_by_role("dialog", name="Marker", exact=True)
    expect(editor).to_contain_text("New marker at 00:00:01:06")
    expect(editor.get_by_label("Note")).to_be_focused()
    page.keyboard.type("the hand s melts")  # letters that are keys of the deck
    editor.get_by_label("green").check()
    editor.get_by_label("Author").fill("Ada")
    editor.get_by_label("Author").press("Enter")
    expect(editor).to_be_hidden()
    row = page.get_by_role("listitem").filter(has_text="the hand s melts")
    expect(row).to_contain_text("Ada")
    marker = review(studio, job)["markers"][0]
    assert (marker["frame"], marker["colour"], marker["note"], marker["author"]) == (30, "green", "the hand s melts", "Ada")
    go_to(page, 80)
    row.get_by_role("button", name=re.compile("the hand")).click()
    shows_frame(page, 30)
    page.get_by_role("slider", name="Playhead").focus()
    page.keyboard.press("p")  # on a marker's own frame it opens that one
    expect(editor.get_by_label("Note")).to_have_value("the hand s melts")
    editor.get_by_label("Note").fill("fixed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="fixed")).to_be_visible()
    page.get_by_role("listitem").filter(has_text="fixed").hover()
    page.get_by_role("button", name="Delete the marker at 00:00:01:06").click()
    expect(page.get_by_role("listitem").filter(has_text="fixed")).to_have_count(0)
    page.locator(".toast").last.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("listitem").filter(has_text="fixed")).to_be_visible()


def test_a_marker_spans_what_is_between_in_and_out_or_until_a_timecode(page: Any, studio: Any, job: Any) -> None:
    from playwright.sync_api import expect

    for frame, key in ((40, "i"), (51, "o")):
        go_to(page, frame)
        page.keyboard.press(key)
    page.keyboard.press("p")
    editor = page.get_by_role("dialog", name="Marker", exact=True)
    expect(editor.get_by_label("Until")).to_have_value("00:00:02:03")
    page.keyboard.type("limps")
    page.keyboard.press("Enter")
    row = page.get_by_role("listitem").filter(has_text="limps")
    expect(row).to_contain_text("12 f")
    (marker,) = (m for m in review(studio, job)["markers"] if m["note"] == "limps")
    assert (marker["frame"], marker["end_frame"]) == (40, 52)
    row.hover()
    page.get_by_role("button", name="Edit the marker at 00:00:01:16").click()
    for wrong in ("00:00:01:00", "+9999", "soon"):
        editor.get_by_label("Until").fill(wrong)
        editor.get_by_label("Until").press("Enter")
        expect(editor).to_be_visible()
    editor.get_by_label("Until").fill("+5")
    editor.get_by_label("Until").press("Enter")
    expect(row).to_contain_text("6 f")
    page.get_by_role("button", name="Edit the marker at 00:00:01:16").click()
    editor.get_by_label("Until").fill("")
    editor.get_by_label("Until").press("Enter")
    expect(row).not_to_contain_text(" f")
    assert next(m for m in review(studio, job)["markers"] if m["note"] == "limps")["end_frame"] is None
    page.get_by_role("button", name="Clear in and out").click()


def test_a_pin_on_the_timeline_seeks_and_opens(page: Any, studio: Any, job: Any, shows_frame: Callable[..., None]) -> None:
    from playwright.sync_api import expect

    studio.post(
        f"/api/artifacts/{job['request']['video']}/review", {"op": "add_marker", "frame": 72, "colour": "blue", "note": "from afar"}
    )
    expect(page.get_by_role("listitem").filter(has_text="from afar")).to_be_visible()
    x, y = at(page, 72.5)
    page.mouse.click(x, y - 18)
    shows_frame(page, 72)
    page.mouse.dblclick(x, y - 18)
    expect(page.get_by_role("dialog", name="Marker", exact=True)).to_contain_text("Marker at 00:00:03:00")


def test_another_browser_sees_every_change(page: Any, open_page: Callable[..., Any], job: Any) -> None:
    other = open_page(f"/?clip={job['id']}")
    begins(other, 0, 24, 60)
    go_to(page, 40)
    page.keyboard.press("s")
    begins(other, 0, 24, 40, 60)
    other.get_by_role("slider", name="Playhead").focus()
    other.keyboard.press("Control+z")
    begins(page, 0, 24, 60)


def test_the_shortcuts_list_every_key(page: Any) -> None:
    page.keyboard.press("?")
    text = page.get_by_role("dialog", name="Keyboard").inner_text()
    for words in ("Split the shot", "Merge the shot", "Set a marker", "Undo an edit", "Onion skin", "Composition", "Shots as cards"):
        assert words in text


def test_it_all_fits_a_phone(open_page: Callable[..., Any], job: Any) -> None:
    from playwright.sync_api import expect

    page = open_page(f"/?clip={job['id']}", width=390, height=844, has_touch=True)
    begins(page, 0, 24, 60)
    page.get_by_role("button", name="Set a marker").click()
    editor = page.get_by_role("dialog", name="Marker", exact=True)
    expect(editor).to_be_visible()
    box = editor.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.get_by_role("button", name="Cancel").last.click()
    assert page.evaluate("document.querySelector('.analyze').scrollWidth <= innerWidth")
