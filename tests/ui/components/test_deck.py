"""The deck: exact frames, keys, timecode, zoom, marks, and its mirror for assistive technology."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ui.components.deck import DECK

pytestmark = pytest.mark.ui
BOX = "document.querySelector('.timeline canvas').getBoundingClientRect().toJSON()"


SCRUB = """async (target) => {
  const canvas = document.querySelector('.timeline canvas'), video = document.querySelector('.stage video');
  const box = canvas.getBoundingClientRect(), gutter = 84;
  const clientX = box.left + gutter + ((target + 0.5) / 96) * (box.width - gutter - 1), clientY = box.top + 30;
  const at = (type) => canvas.dispatchEvent(new PointerEvent(type, { clientX, clientY, pointerId: 9, button: 0, bubbles: true }));
  const sought = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  at('pointerdown');
  at('pointerup');
  await Promise.race([sought, new Promise((resolve) => setTimeout(resolve, 1000))]);
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}"""


@pytest.fixture(scope="module")
def job(studio: Any, coded_clip: Callable[..., Path]) -> Any:
    return studio.analyzed(coded_clip())


@pytest.fixture
def deck(open_page: Callable[..., Any], job: Any, shows_frame: Callable[..., None]) -> Any:
    page = open_page(f"/?clip={job['id']}")
    page.get_by_role("listbox", name="Shots").get_by_role("option").nth(2).wait_for()
    shows_frame(page, 0)
    page.get_by_role("slider", name="Playhead").focus()
    return page


def test_every_button_of_the_markup_has_a_name() -> None:
    buttons = re.findall(r"<button[^>]*>", DECK)
    assert len(buttons) == 19
    assert all('aria-label="' in button or 'class="timecode"' in button for button in buttons)
    assert all('title="' in button for button in buttons)


def test_sixty_random_frames_are_all_exact(deck: Any, read_frame: Callable[..., int]) -> None:
    chosen = random.Random(7)
    wrong = []
    for frame in [chosen.randrange(96) for _ in range(60)]:
        deck.evaluate(SCRUB, frame)
        shown = read_frame(deck)
        if shown != frame:
            wrong.append((frame, shown))
    assert wrong == []


def test_keys_step_by_frame_shot_and_second(deck: Any, shows_frame: Callable[..., None]) -> None:
    for key, frame in (
        ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowDown", 24), ("ArrowDown", 60), ("ArrowUp", 24),
        ("Shift+ArrowRight", 48), ("PageDown", 72), ("Shift+ArrowLeft", 48), ("End", 95), ("ArrowRight", 95), ("Home", 0), ("ArrowLeft", 0),
    ):  # fmt: skip
        deck.keyboard.press(key)
        shows_frame(deck, frame)


def test_space_and_jkl_play_stop_and_go_backwards(deck: Any, read_frame: Callable[..., int]) -> None:
    from playwright.sync_api import expect

    deck.keyboard.press("Space")
    expect(deck.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    deck.wait_for_function("() => Number(document.querySelector('.deck').dataset.frame) > 8")
    deck.keyboard.press("k")
    expect(deck.get_by_role("button", name="Play", exact=True)).to_be_visible()
    deck.wait_for_function("() => document.querySelector('.deck').dataset.exact === 'true'")
    stopped = int(deck.evaluate("document.querySelector('.deck').dataset.frame"))
    assert abs(read_frame(deck) - stopped) <= 1
    deck.keyboard.press("j")
    deck.wait_for_function("(frame) => Number(document.querySelector('.deck').dataset.frame) < frame", arg=stopped)
    deck.wait_for_function("() => document.querySelector('.deck').dataset.frame === '0'")
    deck.keyboard.press("l")
    deck.keyboard.press("l")
    deck.wait_for_function("() => document.querySelector('.deck').dataset.rate === '2'")
    expect(deck.locator(".stage-note")).to_have_text("▶ 2×")
    deck.keyboard.press("k")


def test_after_a_click_the_keys_belong_to_the_deck(deck: Any, shows_frame: Callable[..., None]) -> None:
    from playwright.sync_api import expect

    deck.get_by_role("button", name="Next shot").click()
    shows_frame(deck, 24)
    deck.keyboard.press("Space")
    expect(deck.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    deck.keyboard.press("Space")
    deck.get_by_role("tab", name="Jobs").click()
    deck.get_by_role("tab", name="Analyze Video").click()
    deck.keyboard.press("Home")
    shows_frame(deck, 0)
    deck.keyboard.press("ArrowRight")
    shows_frame(deck, 1)


def test_in_and_out_show_a_range_and_clear(deck: Any) -> None:
    from playwright.sync_api import expect

    deck.keyboard.press("ArrowDown")
    deck.keyboard.press("i")
    deck.keyboard.press("ArrowDown")
    deck.keyboard.press("o")
    expect(deck.locator(".range")).to_contain_text("00:00:01:00 – 00:00:02:12 · 37 frames")
    deck.get_by_role("button", name="Clear in and out").click()
    expect(deck.locator(".range")).to_be_empty()


def test_a_timecode_can_be_typed(deck: Any, shows_frame: Callable[..., None]) -> None:
    from playwright.sync_api import expect

    for words, frame in (("00:00:01:06", 30), ("212", 60), ("+10", 70), ("-24", 46), ("99:00:00:00", 95)):
        deck.keyboard.press("g")
        deck.get_by_label("Go to timecode").fill(words)
        deck.keyboard.press("Enter")
        shows_frame(deck, frame)
    deck.get_by_role("button", name="Timecode").click()
    deck.get_by_label("Go to timecode").fill("nonsense")
    deck.keyboard.press("Enter")
    expect(deck.get_by_role("button", name="Timecode")).to_contain_text("00:00:03:23")


def test_the_timeline_zooms_around_the_pointer_and_fits_again(deck: Any, shows_frame: Callable[..., None]) -> None:
    box = deck.evaluate(BOX)
    middle = box["x"] + 84 + (box["width"] - 84) * 0.5
    deck.mouse.move(middle, box["y"] + 30)
    deck.keyboard.down("Control")
    deck.mouse.wheel(0, -600)
    deck.keyboard.up("Control")
    deck.mouse.click(box["x"] + 84 + 2, box["y"] + 30)
    deck.wait_for_function("() => Number(document.querySelector('.deck').dataset.frame) > 30")
    deck.keyboard.press("0")
    deck.mouse.click(box["x"] + 84 + 2, box["y"] + 30)
    shows_frame(deck, 0)


def test_a_finger_scrubs(open_page: Callable[..., Any], job: Any, shows_frame: Callable[..., None]) -> None:
    page = open_page(f"/?clip={job['id']}", width=400, height=850, has_touch=True)
    shows_frame(page, 0)
    box = page.evaluate(BOX)
    page.touchscreen.tap(box["x"] + (95.5 / 96) * (box["width"] - 1), box["y"] + 30)
    shows_frame(page, 95)


def test_keys_are_left_alone_in_fields_and_dialogs(deck: Any) -> None:
    from playwright.sync_api import expect

    deck.get_by_text("Settings", exact=True).click()
    deck.get_by_label("Shortest shot, frames").focus()
    deck.keyboard.press("ArrowRight")
    deck.keyboard.press("?")
    expect(deck.get_by_role("button", name="Timecode")).to_contain_text("00:00:00:00")
    deck.get_by_role("button", name="Keyboard shortcuts").click()
    deck.get_by_role("dialog").wait_for()
    deck.keyboard.press("ArrowDown")
    expect(deck.get_by_role("button", name="Timecode")).to_contain_text("00:00:00:00")


def test_the_stage_has_its_share_of_the_height(deck: Any) -> None:
    assert deck.evaluate("document.querySelector('.stage').clientHeight / innerHeight") >= 0.55


@pytest.fixture(scope="module")
def module_page(browser: Any, studio: Any) -> Iterator[Any]:
    """One page for all that only calls the page's modules."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(studio.url)
    yield page
    context.close()


def in_page(page: Any, expression: str) -> Any:
    """An expression of the page's own modules `timecode` and `format`."""
    base = page.evaluate("document.querySelector('link[href$=\"studio.css\"]').href.replace('/studio.css', '')")
    modules = f"const t = await import('{base}/timecode.js'), f = await import('{base}/format.js');"
    return page.evaluate(f"async () => {{ {modules} return {expression}; }}")


def test_timecode_labels_are_those_of_the_standard(module_page: Any) -> None:
    drop = "t.label({}, 30000/1001, true)"
    assert in_page(module_page, drop.format(1799)) == "00:00:59;29"
    assert in_page(module_page, drop.format(1800)) == "00:01:00;02"
    assert in_page(module_page, drop.format(17982)) == "00:10:00;00"
    assert in_page(module_page, drop.format(107892)) == "01:00:00;00"
    assert in_page(module_page, "t.label(3600, 60000/1001, true)") == "00:01:00;04"
    assert in_page(module_page, "t.label(90000, 25)") == "01:00:00:00"
    assert in_page(module_page, "t.parse('01:00:00;00', 30000/1001)") == 107892
    assert in_page(module_page, "t.parse('10:00:00:00', 25)") == 900000
    assert in_page(module_page, "t.parse('soon', 25)") is None
    assert in_page(module_page, "[...Array(40000).keys()].every((n) => t.parse(t.label(n, 30000/1001, true), 30000/1001) === n)") is True


def test_frames_are_found_from_times_of_any_spacing(module_page: Any) -> None:
    even = (
        "(() => {{ const m = new t.FrameMap({{ num: {0}, den: {1}, count: 5000 }});"
        "return [...Array(5000).keys()].every((n) => m.at(m.start(n)) === n && m.at(m.middle(n)) === n); }})()"
    )
    for rate in ((24, 1), (30000, 1001), (60000, 1001), (25, 1)):
        assert in_page(module_page, even.format(*rate)) is True
    uneven = (
        "(() => { const times = [0, .04, .5, .52, 2]; const m = new t.FrameMap({ num: 25, den: 1, times });"
        "return times.map((_, n) => [m.at(m.start(n)), m.at(m.middle(n))]); })()"
    )
    assert in_page(module_page, uneven) == [[n, n] for n in range(5)]


def test_figures_are_written_for_people(module_page: Any) -> None:
    assert in_page(module_page, "[f.bytes(512), f.bytes(1536), f.bytes(2.5e9), f.duration(7.44), f.duration(125), f.duration(3725)]") == [
        "512 B", "1.5 KB", "2.5 GB", "7.4 s", "2:05", "1:02:05",
    ]  # fmt: skip
    assert in_page(module_page, "[f.eta(null), f.eta(0.2), f.eta(95), f.percent(0.999), f.ago(100, 130), f.ago(0, 7200)]") == [
        "", "1 s left", "1:35 left", "99 %", "just now", "2 h ago",
    ]  # fmt: skip
