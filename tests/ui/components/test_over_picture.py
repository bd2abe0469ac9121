"""What lies over the picture: composition drawn from the document, and an onion skin of exact frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui

# The frame number in the bars of a canvas; the same bars as in the picture on the stage.
READ_BARS = """(canvas) => {
  const context = canvas.getContext('2d'), wide = Math.floor(canvas.width / 12);
  let number = 0;
  for (let bit = 0; bit < 12; bit += 1) {
    const data = context.getImageData(Math.floor((bit + 0.5) * wide), Math.floor(canvas.height / 8), 1, 1).data;
    number = number * 2 + (data[1] > 127 ? 1 : 0);
  }
  return number;
}"""


@pytest.fixture(scope="module")
def job(studio: Any, coded_clip: Callable[..., Path]) -> Any:
    return studio.analyzed(coded_clip())


@pytest.fixture
def page(open_page: Callable[..., Any], job: Any, shows_frame: Callable[..., None]) -> Any:
    page = open_page(f"/?clip={job['id']}&f=30")
    page.get_by_role("listbox", name="Shots", exact=True).get_by_role("option").nth(2).wait_for()
    shows_frame(page, 30)
    page.get_by_role("slider", name="Playhead").focus()
    return page


def ghosts(page: Any, frames: str) -> None:
    page.wait_for_function("(frames) => document.querySelector('.onion').dataset.frames === frames", arg=frames)


def between(frames: list[int], values: list[float], frame: int) -> float:
    """A track's value at a frame, straight from sample to sample."""
    before = max((at for at in range(len(frames)) if frames[at] <= frame), default=0)
    after = min((at for at in range(len(frames)) if frames[at] >= frame), default=len(frames) - 1)
    share = (frame - frames[before]) / (frames[after] - frames[before]) if frames[after] > frames[before] else 0.0
    return values[before] + (values[after] - values[before]) * share


def asset(page: Any) -> str:
    return str(page.evaluate("document.querySelector('link[href$=\"studio.css\"]').href.replace('/studio.css', '')"))


def test_composition_lies_exactly_over_the_picture(page: Any, job: Any) -> None:
    from playwright.sync_api import expect

    expect(page.locator(".guides")).to_be_hidden()
    page.keyboard.press("c")
    expect(page.locator(".guides")).to_be_visible()
    box = page.locator(".picture-layer").bounding_box()
    stage = page.locator(".stage").bounding_box()
    assert box["width"] / box["height"] == pytest.approx(384 / 216, rel=0.01)
    assert box["height"] == pytest.approx(min(stage["height"], stage["width"] * 216 / 384), abs=1)
    assert page.locator(".guides .power:not(.rim)").count() == 4
    shot = next(item for item in job["result"]["composition"]["shots"] if item["start_frame"] == 24)
    left = page.locator(".balance.across i").evaluate("node => parseFloat(node.style.left)")
    assert left == pytest.approx(50 + 50 * shot["balance_left_right"], abs=0.1)
    track = next((item for item in job["result"]["subjects"]["shots"] if item["start_frame"] == 24), {"frames": []})
    if track["frames"]:
        box = page.locator(".guides rect.subject").last
        assert float(box.get_attribute("x").rstrip("%")) == pytest.approx(100 * between(track["frames"], track["x"], 30), abs=0.1)
    elif shot["subject"] is None:
        expect(page.locator(".subject-label")).to_be_hidden()
    page.reload()
    expect(page.locator(".guides")).to_be_visible()


def test_the_subject_is_followed_between_its_samples(page: Any) -> None:
    found = page.evaluate(
        f"""async () => {{
          const {{ boxAt }} = await import('{asset(page)}/components/guides.js');
          const track = {{ frames: [10, 20], x: [0.1, 0.3], y: [0, 0], w: [0.2, 0.2], h: [0.4, 0.4], confidence: [0.2, 0.6] }};
          return [0, 10, 15, 20, 90].map((frame) => Number(boxAt(track, frame).x.toFixed(3))).concat(boxAt({{ frames: [] }}, 3));
        }}"""
    )
    assert found == [0.1, 0.1, 0.2, 0.3, 0.3, None]


def test_onion_skin_shows_its_neighbours_within_the_shot(page: Any, shows_frame: Callable[..., None]) -> None:
    from playwright.sync_api import expect

    page.keyboard.press("n")
    ghosts(page, "29 31")
    expect(page.locator(".view-chip")).to_have_text("Onion skin · 1 each way")
    page.keyboard.press("ArrowRight")
    shows_frame(page, 31)
    ghosts(page, "30 32")
    page.get_by_role("button", name="Over the picture").click()
    page.get_by_label("Frames each way").fill("3")
    ghosts(page, "28 29 30 32 33 34")
    page.keyboard.press("Escape")
    page.get_by_role("slider", name="Playhead").focus()
    page.keyboard.press("ArrowDown")
    ghosts(page, "61 62 63")  # nothing of the shot before
    page.keyboard.press("Space")
    ghosts(page, "")
    page.keyboard.press("Space")
    page.keyboard.press("n")
    expect(page.locator(".view-chip")).to_be_hidden()


def test_every_ghost_is_the_exact_frame(page: Any) -> None:
    wrong = page.evaluate(
        f"""async () => {{
          const {{ Onion }} = await import('{asset(page)}/components/onion.js');
          const {{ FrameMap }} = await import('{asset(page)}/timecode.js');
          const onion = new Onion(document.querySelector('.stage video'), document.createElement('canvas'));
          const place = {{ map: new FrameMap({{ num: 24, den: 1, count: 96 }}), offset: 0 }}, read = {READ_BARS}, wrong = [];
          for (const frame of [0, 1, 95, 23, 24, 59, 60, 47, 2, 77, 13]) {{
            const shown = read(await onion.picture(frame, place));
            if (shown !== frame) wrong.push([frame, shown]);
          }}
          return wrong;
        }}"""
    )
    assert wrong == []


def test_a_ghost_is_clear_where_nothing_moved(page: Any) -> None:
    found = page.evaluate(
        f"""async () => {{
          const {{ ghosted, neighbours }} = await import('{asset(page)}/components/onion.js');
          const pixels = (...levels) => new Uint8ClampedArray(levels.flatMap((level) => [level, level, level, 255]));
          const ghost = pixels(100, 104, 240);
          ghosted(ghost, pixels(100, 100, 100), [255, 107, 74], 0.5);
          return [[ghost[3], ghost[7], ghost[11]], ghost[8] > ghost[10], neighbours(10, 2, 9, 40), neighbours(0, 3, 0, 2)];
        }}"""
    )
    assert found == [[0, 0, 128], True, [9, 11, 12], [1]]


def test_the_choices_are_in_a_panel_with_labels(page: Any) -> None:
    from playwright.sync_api import expect

    button = page.get_by_role("button", name="Over the picture")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    panel = page.get_by_role("dialog", name="Over the picture")
    expect(panel).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    panel.get_by_label("Composition", exact=True).check()
    expect(page.locator(".guides")).to_be_visible()
    expect(panel.get_by_label("Strength")).to_be_hidden()
    panel.get_by_label("Onion skin", exact=True).check()
    panel.get_by_label("Strength").fill("0.3")
    expect(panel.locator("output").last).to_have_text("30 %")
    button.click()
    expect(panel).to_be_hidden()
    expect(button).to_have_attribute("aria-pressed", "true")
