"""Analyze Video in a real browser: drop, watch, seek, download, restore."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui


def shots(page: Any) -> Any:
    return page.get_by_role("listbox", name="Shots").get_by_role("option")


def state(page: Any) -> Any:
    return page.get_by_role("region", name="State", exact=True)


def test_a_dropped_clip_plays_before_its_upload_ends_and_is_analyzed(
    open_page: Callable[..., Any], coded_clip: Callable[..., Path], drop: Callable[..., None], shows_frame: Callable[..., None]
) -> None:
    from playwright.sync_api import expect

    page = open_page()
    held: list[Any] = []
    page.route("**/api/artifacts", lambda route: held.append(route))
    drop(page, coded_clip())
    page.wait_for_function("() => document.querySelector('.stage video').readyState >= 2")
    assert page.evaluate("document.querySelector('.stage video').currentSrc").startswith("blob:")
    expect(state(page)).to_contain_text("Bringing the clip in")
    shows_frame(page, 0)
    held[0].continue_()
    expect(shots(page)).to_have_count(3)
    expect(state(page)).to_contain_text("3 shots")
    expect(page.get_by_role("region", name="Shot under the playhead")).to_contain_text("Shot 1 of 3")
    expect(page.locator(".shot img").first).to_be_visible()
    assert re.search(r"clip=j-", page.url)


def test_several_clips_are_queued_and_recent_ones_come_back(
    open_page: Callable[..., Any], coded_clip: Callable[..., Path], studio: Any
) -> None:
    from playwright.sync_api import expect

    page = open_page()
    clips = [coded_clip(f"take-{number}.mp4", frames=40 + number * 8, cuts=(20,)) for number in range(3)]
    page.get_by_label("Clip file").set_input_files(clips)
    page.get_by_role("dialog").get_by_role("button", name="Analyze each").click()
    expect(page.locator(".toast")).to_contain_text("2 more clips")
    expect(page.get_by_role("heading", name="take-0.mp4")).to_be_visible()
    page.get_by_role("tab", name="Jobs").click()
    for number in range(3):
        expect(page.get_by_role("listitem").filter(has_text=f"take-{number}.mp4")).to_contain_text("Done")
    page.goto(studio.url + "/?tab=analyze")
    recent = page.get_by_role("group", name="Recent clips")
    recent.get_by_role("button", name="take-1.mp4").click()
    expect(page.get_by_role("heading", name="take-1.mp4")).to_be_visible()
    expect(shots(page)).to_have_count(2)


def test_seeking_by_a_scene_shows_exactly_its_first_frame(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path], shows_frame: Callable[..., None]
) -> None:
    from playwright.sync_api import expect

    job = studio.analyzed(coded_clip())
    page = open_page(f"/?clip={job['id']}")
    shots(page).nth(2).click()
    shows_frame(page, 60)
    expect(page.get_by_role("button", name="Timecode")).to_contain_text("00:00:02:12")
    expect(shots(page).nth(2)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("slider", name="Playhead")).to_have_attribute("aria-valuetext", "00:00:02:12, shot 3 of 3")
    assert "f=60" in page.url


def test_the_address_restores_tab_clip_and_playhead(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path], shows_frame: Callable[..., None]
) -> None:
    from playwright.sync_api import expect

    job = studio.analyzed(coded_clip())
    page = open_page(f"/?tab=analyze&clip={job['id']}&f=37")
    shows_frame(page, 37)
    expect(page.get_by_role("region", name="Shot under the playhead")).to_contain_text("Shot 2 of 3")
    page.keyboard.press("ArrowRight")
    shows_frame(page, 38)
    page.wait_for_function("() => location.search.includes('f=38')")
    page.reload()
    shows_frame(page, 38)
    bare = open_page(f"/?clip={job['request']['video']}&f=5")
    shows_frame(bare, 5)
    expect(state(bare)).to_contain_text("Not analyzed yet")


def test_another_tab_stays_in_front_of_a_restored_clip(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path], shows_frame: Callable[..., None]
) -> None:
    from playwright.sync_api import expect

    job = studio.analyzed(coded_clip())
    page = open_page(f"/?tab=jobs&clip={job['id']}&f=41")
    expect(page.get_by_role("tabpanel", name="Jobs")).to_be_visible()
    page.locator(".shot").nth(2).wait_for(state="attached")
    expect(page.get_by_role("tabpanel", name="Jobs")).to_be_visible()
    page.get_by_role("tab", name="Analyze Video").click()
    shows_frame(page, 41)


def test_an_address_of_nothing_is_answered_in_words(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/?clip=j-0000000000000000", errors_expected=True)
    expect(page.locator(".toast")).to_contain_text("j-0000000000000000")
    expect(page.get_by_role("button", name="Open a clip")).to_be_visible()


def test_every_download_carries_what_it_says(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    job = studio.analyzed(coded_clip(), frames_per_scene=1)
    page = open_page(f"/?clip={job['id']}")

    def fetched(name: str) -> tuple[str, bytes]:
        place = page.get_by_role("region", name="Downloads")
        if name != "Report" and not place.get_by_role("dialog", name="All files").is_visible():
            place.get_by_role("button", name="All files").click()
        with page.expect_download() as download:
            (place.get_by_role("link", name=name, exact=True) if name != "Keyframes" else place.get_by_role("button", name=name)).click()
        return download.value.suggested_filename, Path(download.value.path()).read_bytes()

    name, report = fetched("Report")
    assert name == "report.html"
    assert b"<html" in report
    assert b"coded.mp4" in report
    assert fetched("EDL")[1].startswith(b"TITLE:")
    assert json.loads(fetched("OTIO")[1])["OTIO_SCHEMA"].startswith("Timeline")
    assert len(fetched("CSV")[1].splitlines()) >= 4
    assert [scene["start_frame"] for scene in json.loads(fetched("JSON")[1])["scenes"]] == [0, 24, 60]
    name, packed = fetched("Keyframes")
    assert name == "coded-keyframes.zip"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3
        assert archive.read(archive.namelist()[0]).startswith(b"\xff\xd8")


def test_the_same_clip_again_comes_from_the_store(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    studio.analyzed(coded_clip(), min_scene_frames=15, frames_per_scene=3, detector="content")
    page = open_page()
    page.get_by_label("Clip file").set_input_files(coded_clip())
    expect(state(page)).to_contain_text("from the store")


def test_settings_are_checked_remembered_and_used(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    job = studio.analyzed(coded_clip())
    page = open_page(f"/?clip={job['id']}")
    page.get_by_text("Settings", exact=True).click()
    page.get_by_label("Keyframes per shot").fill("40")
    page.get_by_role("button", name="Analyze with these settings").click()
    expect(page.get_by_role("alert").filter(has_text="Keyframes")).to_have_text("Keyframes per shot must lie between 1 and 12, not 40.")
    page.get_by_label("Keyframes per shot").fill("2")
    page.get_by_label("Detector").select_option("adaptive")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(f"() => !location.search.includes('{job['id']}')")
    expect(state(page)).to_contain_text("shot")
    made = studio.get("/api/jobs", capability="video.analyze", limit=1)["items"][0]
    assert (made["request"]["detector"], made["request"]["frames_per_scene"]) == ("adaptive", 2)
    page.reload()
    page.get_by_text("Settings", exact=True).click()
    expect(page.get_by_label("Keyframes per shot")).to_have_value("2")
    expect(page.get_by_label("Detector")).to_have_value("adaptive")


def test_bad_media_is_refused_in_plain_words(open_page: Callable[..., Any], tmp_path: Path, studio: Any) -> None:
    from playwright.sync_api import expect

    before = len(studio.get("/api/jobs", limit=200)["items"])
    text = tmp_path / "notes <b>.mp4"
    text.write_text("this is not a video")
    page = open_page(errors_expected=True)
    page.get_by_label("Clip file").set_input_files(text)
    expect(state(page)).to_contain_text("notes <b>.mp4")
    expect(state(page).get_by_role("button", name="Open a clip")).to_be_visible()
    assert len(studio.get("/api/jobs", limit=200)["items"]) == before
    page.get_by_role("button", name="Open another clip").wait_for()


def test_a_path_on_this_machine_stays_where_it_is(open_page: Callable[..., Any], coded_clip: Callable[..., Path], studio: Any) -> None:
    from playwright.sync_api import expect

    path = coded_clip("by path.mp4", cuts=(40,))
    page = open_page(errors_expected=True)
    field = page.get_by_label("Large file on this machine? Give its path; it stays where it is.")
    field.fill("/nowhere/at all.mov")
    page.get_by_role("button", name="Open path").click()
    expect(page.get_by_role("alert").filter(has_text="/nowhere/at all.mov")).to_be_visible()
    field.fill(str(path))
    page.get_by_role("button", name="Open path").click()
    expect(shots(page)).to_have_count(2)
    artifact = studio.get("/api/artifacts", q="by path.mp4")["items"][0]
    assert artifact["external"] is True


def test_the_sample_is_drawn_and_analyzed(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page()
    page.get_by_role("button", name="Try the sample").click()
    expect(state(page)).to_contain_text("shots", timeout=120_000)
    expect(page.get_by_text("built in, CPU").first).to_be_visible()


def test_a_clip_the_browser_cannot_scrub_is_swapped_for_a_proxy(
    open_page: Callable[..., Any], coded_clip: Callable[..., Path], shows_frame: Callable[..., None]
) -> None:
    page = open_page()
    page.get_by_label("Clip file").set_input_files(coded_clip("long-gop.mp4", frames=120, extra=("-g", "120", "-sc_threshold", "0")))
    page.wait_for_function("() => document.querySelector('.stage video').src.includes('/api/artifacts/')")
    shots(page).nth(2).click()
    shows_frame(page, 60)


@pytest.mark.parametrize(
    ("name", "fps", "extra", "timecode"),
    [
        ("late.mp4", "24", ("-g", "12", "-output_ts_offset", "0.7"), "00:00:02:12"),
        ("reordered.mp4", "60000/1001", ("-preset", "fast", "-bf", "3", "-g", "24"), "00:00:01:00"),
        ("drop.mov", "30000/1001", ("-g", "15", "-timecode", "00:00:59;00"), "00:01:01;02"),
        ("stream.ts", "25", ("-g", "12"), "00:00:02:10"),
    ],
)
def test_the_frame_is_exact_in_every_container(
    open_page: Callable[..., Any], coded_clip: Callable[..., Path], shows_frame: Callable[..., None],
    name: str, fps: str, extra: tuple[str, ...], timecode: str,
) -> None:  # fmt: skip
    from playwright.sync_api import expect

    page = open_page()
    page.get_by_label("Clip file").set_input_files(coded_clip(name, fps=fps, extra=extra))
    if name.endswith(".ts"):
        page.wait_for_function("() => document.querySelector('.stage video').src.includes('/api/artifacts/')")
    shots(page).nth(2).click()
    shows_frame(page, 60)
    expect(page.get_by_role("button", name="Timecode")).to_contain_text(timecode)
    page.keyboard.press("ArrowLeft")
    shows_frame(page, 59)
    page.keyboard.press("End")
    shows_frame(page, 95)


def test_uneven_frames_are_sought_by_their_stored_times(
    open_page: Callable[..., Any], coded_clip: Callable[..., Path], shows_frame: Callable[..., None], ffmpeg_exe: str, tmp_path: Path
) -> None:
    import subprocess

    from playwright.sync_api import expect

    uneven = tmp_path / "uneven.mp4"
    times = "setpts='if(lt(N,40),N,if(lt(N,60),40+(N-40)*3,100+(N-60)*1.5))/24/TB'"
    command = [ffmpeg_exe, "-v", "error", "-y", "-i", str(coded_clip()), "-vf", times, "-fps_mode", "vfr", "-enc_time_base", "1/90000",
               "-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-g", "12", str(uneven)]  # fmt: skip
    subprocess.run(command, check=True, timeout=60)
    page = open_page()
    page.get_by_label("Clip file").set_input_files(uneven)
    page.wait_for_function("() => document.querySelector('.stage video').src.includes('/api/artifacts/')")
    expect(shots(page)).to_have_count(3)
    expect(shots(page)).to_have_count(3)
    page.get_by_role("slider", name="Playhead").focus()
    page.keyboard.press("Home")
    for frame in (24, 60):
        page.keyboard.press("ArrowDown")
        shows_frame(page, frame)
    for frame in (59, 58, 57):
        page.keyboard.press("ArrowLeft")
        shows_frame(page, frame)
