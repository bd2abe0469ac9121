"""Edit/Parody in a real browser: from a dropped clip to a film, rows edited in place, undo, problems at their rows, exports."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui

FPS = 24


def rows(page: Any) -> Any:
    return page.get_by_role("list", name="Plan", exact=True).get_by_role("listitem", name=re.compile(r"^Row \d+"))


def in_order(page: Any, *wanted: str) -> None:
    """Waits until the rows stand in this order."""
    page.wait_for_function(
        "(keys) => [...document.querySelectorAll('.plan-row')].map((row) => row.dataset.key).join() === keys", arg=",".join(wanted)
    )


def segment(name: str, first: int, end: int, *operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "source": "clip", "start_s": first / FPS, "end_s": end / FPS, "operations": list(operations), **more}


ROWS = (
    segment("a", 0, 18, reason="It opens."), segment("b", 30, 48, {"op": "text", "text": "Hello", "at_s": 0.1, "duration_s": 0.5}),
    segment("c", 64, 82, {"op": "sound_effect", "name": "boom", "at_s": 0.2}), segment("d", 20, 32),
)  # fmt: skip


def plan_of(media: str, segments: Any = ROWS, **more: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "title": "A test",
        "planner": "built in",
        "sources": [{"id": "clip", "media": media}],
        "segments": list(segments),
        **more,
    }


@pytest.fixture(scope="module")
def clip(studio: Any, coded_clip: Callable[..., Path]) -> Any:
    """Three shots whose pictures carry their frame number, as an artifact."""
    return studio.upload(coded_clip("edit-me.mp4", extra=("-g", "12", "-bf", "0")))


@pytest.fixture
def begun(studio: Any, clip: Any, open_page: Callable[..., Any]) -> Callable[..., Any]:
    """`begun(ROWS)` -> a page on a fresh draft, whose id is `page.edit`."""

    def make(segments: Any = ROWS, *, film: Any = (), analysis: str | None = None, **options: Any) -> Any:
        made = studio.post(
            "/api/edits", {"plan": plan_of(clip["id"], segments, film=list(film)), "video": clip["id"], "analysis": analysis}
        )
        page = open_page(f"/?tab=edit&edit={made['id']}", **options)
        rows(page).first.wait_for()
        page.wait_for_function("() => document.querySelector('.film').dataset.exact === 'true'")
        page.edit = made["id"]
        return page

    return make


def saved(page: Any, studio: Any, check: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The draft as the studio has it, once `check` holds."""
    for _ in range(100):
        edit: dict[str, Any] = studio.get(f"/api/edits/{page.edit}")
        if check(edit):
            return edit
        page.wait_for_timeout(30)
    raise AssertionError(edit)


def test_a_dropped_clip_becomes_a_plan_a_preview_and_an_export(
    open_page: Callable[..., Any], coded_clip: Callable[..., Path], drop: Callable[..., None], tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=edit", errors_expected=True)  # the browser logs the refusal of the broken file
    heading = page.get_by_role("heading", name="Drop a clip, say what it shall be.")
    expect(heading).to_be_visible()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film at all" * 200)
    drop(page, broken)
    expect(page.locator(".edit-welcome [role=alert]")).to_contain_text("'broken.mp4' is not a video")
    expect(heading).to_be_visible()
    drop(page, coded_clip("walk.mp4"))
    expect(page.get_by_role("heading", name="walk.mp4")).to_be_visible()
    expect(page.get_by_role("tab", name="Edit/Parody")).to_have_attribute("aria-selected", "true")
    page.get_by_label("What shall it be?").fill("highlights")
    page.get_by_role("radio", name="Chaotic").check(force=True)
    page.get_by_label("Length, s").fill("3")
    page.get_by_role("button", name="Make a plan").click()
    rows(page).first.wait_for(timeout=60_000)
    expect(page.locator(".edit-side .badge").first).to_contain_text("built in")
    assert re.search(r"edit=e-", page.url)
    count = rows(page).count()
    rows(page).first.get_by_role("checkbox").uncheck()
    expect(page.locator(".plan-count")).to_contain_text(f"{count - 1} of {count} row")
    expect(page.locator(".plan-cost")).to_contain_text("renders in about")
    expect(page.locator(".film")).to_have_attribute("data-frame", "0")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".film-chip")).to_contain_text("Version 1 · preview", timeout=60_000)
    page.get_by_role("button", name="Judge").click()
    expect(page.locator(".version-score")).to_have_text(re.compile(r"^\d{1,3}$"), timeout=60_000)
    page.get_by_role("button", name="Back to the plan").click()
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name=re.compile("^EDL")).click()
    expect(page.get_by_role("heading", name=re.compile("Lost on export to EDL"))).to_be_visible()
    assert page.locator(".export-told .button").first.evaluate("(link) => link.scrollWidth <= link.parentElement.clientWidth")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download .*edl")).click()
    assert Path(download.value.path()).read_bytes().startswith(b"TITLE:")
    page.reload()  # nothing is lost on the way
    expect(rows(page)).to_have_count(count)
    expect(rows(page).first.get_by_role("checkbox")).not_to_be_checked()
    page.get_by_role("button", name=re.compile("^Versions")).click()
    expect(page.locator(".version-score")).to_have_text(re.compile(r"^\d{1,3}$"))


def test_rows_are_edited_in_place_and_undone(begun: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = begun()
    row = rows(page).nth(1)
    row.locator(".plan-picture").click()
    expect(row).to_have_attribute("aria-current", "true")
    row.get_by_label("Speed").fill("2x")
    row.get_by_label("Speed").press("Enter")
    expect(row.locator(".plan-length")).to_have_text("0.38 s")
    edit = saved(page, studio, lambda edit: edit["undo_label"] == "Speed of row 2")
    text, speed = edit["plan"]["segments"][1]["operations"]
    assert speed == {"op": "speed", "factor": 2.0}
    assert text["at_s"] == pytest.approx(0.05)  # the caption keeps to its picture
    row.get_by_label("Caption", exact=True).fill("Good bye")
    row.get_by_label("Caption", exact=True).press("Enter")
    row.get_by_label("Out").fill("+6")
    row.get_by_label("Out").press("Enter")
    expect(row.get_by_label("Out")).to_have_value("00:02:06")
    row.get_by_label("In", exact=True).fill("99:00:00")
    row.get_by_label("In", exact=True).press("Enter")
    expect(page.locator(".toast")).to_contain_text("begin before it ends")
    expect(row.get_by_label("In", exact=True)).to_have_value("00:01:06")
    saved(page, studio, lambda edit: edit["plan"]["segments"][1]["end_s"] == pytest.approx(54 / FPS))
    for _ in range(3):
        page.locator(".film-timeline").focus()
        page.keyboard.press("Control+z")
        page.wait_for_timeout(150)
    edit = saved(page, studio, lambda edit: not edit["can_undo"] or edit["redo_label"] == "Speed of row 2")
    assert edit["plan"]["segments"][1]["operations"][0]["text"] == "Hello"
    page.get_by_role("button", name="Redo: Speed of row 2").click()
    expect(row.get_by_label("Speed")).to_have_value("2")


def test_rows_are_reordered_by_hand_and_by_keyboard(begun: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = begun()
    grip, last = rows(page).nth(0).get_by_role("button", name="Move row 1").bounding_box(), rows(page).nth(2).bounding_box()
    page.mouse.move(grip["x"] + 8, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, last["y"] + last["height"] - 6, steps=5)
    expect(page.locator(".plan-line")).to_be_visible()
    page.mouse.up()
    in_order(page, "b", "c", "a", "d")
    rows(page).nth(3).focus()
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Alt+ArrowUp")
    in_order(page, "b", "d", "c", "a")
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("d")
    expect(rows(page)).to_have_count(5)
    rows(page).nth(4).focus()
    page.keyboard.press("Delete")
    expect(page.locator(".toast")).to_contain_text("Row 5 is deleted.")
    saved(page, studio, lambda edit: [one["id"] for one in edit["plan"]["segments"]] == ["b", "d", "s5", "c"])


def test_edges_of_the_film_are_dragged_and_snap_to_cuts(
    begun: Callable[..., Any], studio: Any, clip: Any, shows: Callable[[Any, int], None]
) -> None:
    job = studio.finished(studio.post("/api/capabilities/video.analyze", {"video": clip["id"]}))
    page = begun(analysis=job["id"])
    page.wait_for_timeout(300)
    box = page.locator(".film-timeline canvas").bounding_box()
    frames = 18 + 18 + 18 + 12
    gutter = 84
    per_frame = (box["width"] - gutter - 1) / frames

    def x(frame: float) -> float:
        return box["x"] + gutter + frame * per_frame

    y = box["y"] + 40
    page.mouse.move(x(18) - 2, y)  # the end of row 1: source frame 18; a shot begins at 24
    page.mouse.down()
    page.mouse.move(x(22), y, steps=4)
    page.mouse.move(x(23.4), y, steps=3)
    shows(page, 23)  # the last frame that is in
    page.mouse.up()
    saved(page, studio, lambda edit: edit["plan"]["segments"][0]["end_s"] == pytest.approx(24 / FPS, abs=1e-5))
    page.keyboard.press("Escape")
    assert rows(page).nth(0).get_by_label("Out").input_value() == "00:01:00"


def test_a_row_is_split_marked_and_shares_its_selection(begun: Callable[..., Any], studio: Any, shows: Callable[[Any, int], None]) -> None:
    from playwright.sync_api import expect

    page = begun()
    rows(page).nth(2).locator(".plan-picture").click()
    shows(page, 64)
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    shows(page, 70)
    page.keyboard.press("s")
    expect(rows(page)).to_have_count(5)
    edit = saved(page, studio, lambda edit: len(edit["plan"]["segments"]) == 5)
    first, second = edit["plan"]["segments"][2:4]
    assert (first["end_s"], second["start_s"]) == (pytest.approx(70 / FPS, abs=1e-5), pytest.approx(70 / FPS, abs=1e-5))
    assert [one["op"] for one in first["operations"]] == ["sound_effect"]
    assert second["operations"] == []
    expect(rows(page).nth(3)).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("i")
    saved(page, studio, lambda edit: edit["plan"]["segments"][3]["start_s"] == pytest.approx(71 / FPS, abs=1e-5))
    page.keyboard.press("ArrowUp")
    expect(rows(page).nth(2)).to_have_attribute("aria-current", "true")


def test_effects_come_from_the_studios_table(begun: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = begun()
    rows(page).nth(0).locator(".plan-picture").click()
    rows(page).nth(0).get_by_role("button", name="Add an effect to row 1").click()
    page.get_by_role("dialog", name="Effect").get_by_role("button", name="Zoom punch").click()
    chip = rows(page).nth(0).get_by_role("button", name=re.compile("^Zoom 1.3"))
    chip.click()
    form = page.get_by_role("dialog", name="Effect")
    form.get_by_label("Scale").fill("9")
    form.get_by_label("Scale").press("Enter")
    expect(form.get_by_label("Scale")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Scale").fill("2")
    form.get_by_label("Scale").press("Enter")
    expect(rows(page).nth(0).get_by_role("button", name=re.compile("^Zoom 2"))).to_be_visible()
    saved(page, studio, lambda edit: edit["plan"]["segments"][0]["operations"][0].get("scale") == 2)
    form.get_by_role("button", name="Remove").click()
    expect(chip).to_have_count(0)
    page.get_by_role("button", name="Add an effect to the whole film").click()
    page.get_by_role("dialog", name="Effect").get_by_role("button", name="Loudness").click()
    saved(page, studio, lambda edit: edit["plan"].get("film", [{}])[0].get("op") == "loudness")
    expect(page.locator(".plan-note")).to_contain_text("Loudness and sound effects are heard or seen from the preview on.")


def test_problems_stand_at_their_rows_and_hold_rendering_back(begun: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    broken = (ROWS[0], segment("late", 30, 48, {"op": "zoom", "at_s": 5, "duration_s": 1}), ROWS[2])
    page = begun(broken)
    expect(rows(page).nth(1)).to_contain_text("5 s")
    expect(page.get_by_role("button", name="Render", exact=True)).to_be_disabled()
    expect(page.locator(".plan-cost")).to_contain_text("One thing needs mending")
    rows(page).nth(1).get_by_role("checkbox").uncheck()
    expect(page.get_by_role("button", name="Render", exact=True)).to_be_enabled()


def test_another_window_follows_and_is_not_overruled(begun: Callable[..., Any], open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = begun(errors_expected=True)  # the browser logs the 409 that is answered on purpose
    other = open_page(f"/?tab=edit&edit={page.edit}")
    expect(rows(other)).to_have_count(4)
    rows(page).nth(3).get_by_role("checkbox").uncheck()
    expect(rows(other).nth(3).get_by_role("checkbox")).not_to_be_checked()
    held: list[Any] = []
    page.route("**/api/edits/e-*", lambda route: held.append(route) if route.request.method == "PUT" and not held else route.continue_())
    rows(page).nth(1).get_by_role("checkbox").uncheck()
    rows(other).nth(0).get_by_role("checkbox").uncheck()
    saved(page, studio, lambda edit: edit["plan"]["segments"][0].get("approved") is False)
    held[0].continue_()
    saved(page, studio, lambda edit: [one.get("approved", True) for one in edit["plan"]["segments"]] == [False, False, True, False])
    expect(rows(page).nth(0).get_by_role("checkbox")).not_to_be_checked()


def test_a_clip_comes_from_the_library_and_from_analyze(open_page: Callable[..., Any], clip: Any) -> None:
    from playwright.sync_api import expect

    page = open_page(f"/?tab=analyze&clip={clip['id']}")
    page.get_by_role("button", name="Send to Edit").click()
    expect(page.get_by_role("tab", name="Edit/Parody")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel-edit").get_by_role("heading", name="edit-me.mp4")).to_be_visible()
    expect(page.get_by_role("button", name="Make a plan")).to_be_enabled()
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("button", name=re.compile("edit-me.mp4")).first.click()
    page.get_by_role("dialog", name="File").get_by_role("button", name="Send to Edit").click()
    expect(page.locator("#panel-edit").get_by_role("heading", name="edit-me.mp4")).to_be_visible()


def test_only_films_are_numbered_by_when_they_were_made(open_page: Callable[..., Any]) -> None:
    page = open_page("/?tab=edit")
    names = page.evaluate(
        """async () => {
          const base = document.querySelector('link[href$="studio.css"]').href.replace('/studio.css', '');
          const { numbered } = await import(base + '/tabs/edit_work.js');
          const film = (id, finished_at, preview) => ({
            job_id: id, artifact_id: id, finished_at, preview, capability: 'video.edit', created_at: 0 });
          const running = { job_id: 'auto', capability: 'video.auto_edit', artifact_id: null, created_at: 3 };
          const [a, b, c] = [film('a', 1, true), film('b', 2, false), film('c', 5, true)];
          const during = numbered([c, running, b, a]), after = numbered([c, { ...running, artifact_id: 'x', finished_at: 9 }, b, a]);
          return [during, after].map((items) => items.map((item) => `${item.job_id} ${item.name}`));
        }"""
    )
    assert names[0] == ["auto Improvement", "c Version 3 · preview", "b Version 2", "a Version 1 · preview"]
    assert names[1] == ["auto Version 4", "c Version 3 · preview", "b Version 2", "a Version 1 · preview"]


def test_a_phone_shows_everything_without_scrolling_sideways(begun: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = begun(width=390, height=844, color_scheme="light")
    wide = page.evaluate("[document.querySelector('#panel-edit').scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    rows(page).nth(1).locator(".plan-picture").click()
    expect(rows(page).nth(1).get_by_label("Caption", exact=True)).to_be_visible()
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('#panel-edit :is(button, input, select, textarea)')]
        .filter((node) => node.offsetParent)
        .filter((node) => !(node.textContent.trim() || node.getAttribute('aria-label') || node.labels?.length || node.title))
        .map((node) => node.outerHTML)"""
    )
    assert unnamed == []


@pytest.fixture(scope="session")
def shows() -> Callable[[Any, int], None]:
    """`shows(page, 60)` waits until the planned film's picture is frame 60 of the clip, read from its pixels."""

    def check(page: Any, frame: int) -> None:
        page.wait_for_function(READ, arg=frame)

    return check


READ = """(frame) => {
  const video = document.querySelector('.film-layer[data-on=true][style*="z-index: 2"] video');
  if (!video || video.readyState < 2 || video.seeking) return false;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  let number = 0;
  for (let bit = 0; bit < 12; bit += 1) {
    const x = Math.floor((bit + 0.5) * Math.floor(canvas.width / 12)), y = Math.floor(canvas.height / 8);
    number = number * 2 + (context.getImageData(x, y, 1, 1).data[1] > 127 ? 1 : 0);
  }
  return frame < 0 ? number : number === frame;
}"""
