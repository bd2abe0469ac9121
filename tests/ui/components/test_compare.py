"""Two clips compared: exactly the same frame in both, whatever moves them, and what is said where they differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui

# The frame numbers that the two pictures carry as bars; -1 where there is no picture yet.
READ = """() => [...document.querySelectorAll('.compare-box video')].map((video) => {
  if (video.readyState < 2 || video.seeking) return -1;
  const canvas = document.createElement('canvas'), wide = Math.floor(video.videoWidth / 12);
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const c = canvas.getContext('2d');
  c.drawImage(video, 0, 0);
  const lit = (bit) => c.getImageData(Math.floor((bit + 0.5) * wide), Math.floor(canvas.height / 8), 1, 1).data[1] > 127;
  let number = 0;
  for (let bit = 0; bit < 12; bit += 1) number = number * 2 + (lit(bit) ? 1 : 0);
  return number;
})"""


@pytest.fixture
def pair(studio: Any, coded_clip: Callable[..., Path]) -> list[str]:
    """Two clips of 96 frames with other colours; every picture carries its number."""
    return [studio.upload(coded_clip(name, cuts=cuts))["id"] for name, cuts in (("left.mp4", (24,)), ("right.mp4", (60, 72)))]


def compare(open_page: Callable[..., Any], pair: list[str], more: str = "", **options: Any) -> Any:
    page = open_page(f"/?tab=analyze&compare={','.join(pair)}{more}", **options)
    page.locator(".compare-view[data-settled]:not([data-settled=''])").wait_for()
    return page


def both_show(page: Any, a: int, b: int) -> None:
    page.wait_for_function("([a, b]) => document.querySelector('.compare-view').dataset.settled === `${a},${b}`", arg=[a, b])
    page.wait_for_function(f"([a, b]) => {{ const [x, y] = ({READ})(); return x === a && y === b; }}", arg=[a, b])


def test_stepping_moves_both_by_exactly_one_frame(open_page: Callable[..., Any], pair: list[str]) -> None:
    page = compare(open_page, pair, "&f=22")
    both_show(page, 22, 22)
    for frame in (23, 24, 25):
        page.keyboard.press("ArrowRight")
        both_show(page, frame, frame)
    page.keyboard.press("ArrowLeft")
    both_show(page, 24, 24)
    page.keyboard.press("Shift+ArrowRight")
    both_show(page, 48, 48)
    page.keyboard.press("End")
    both_show(page, 95, 95)
    page.get_by_role("button", name="First frame").click()
    both_show(page, 0, 0)


def test_the_offset_shifts_the_second_clip(open_page: Callable[..., Any], pair: list[str]) -> None:
    from playwright.sync_api import expect

    page = compare(open_page, pair, "&f=40")
    for _ in range(3):
        page.get_by_role("button", name="B one frame ahead").click()
    both_show(page, 40, 43)
    page.get_by_label("B ahead by").fill("-10")
    page.get_by_label("B ahead by").press("Enter")
    both_show(page, 40, 30)
    page.get_by_role("button", name="First frame").click()
    both_show(page, 0, 0)
    expect(page.locator(".compare-time").nth(1)).to_contain_text("not begun")
    assert "offset=-10" in page.url
    again = compare(open_page, pair, "&f=50&offset=5")
    both_show(again, 50, 55)


def test_playing_ends_on_the_same_frame_in_both(open_page: Callable[..., Any], pair: list[str]) -> None:
    page = compare(open_page, pair)
    page.keyboard.press("Space")
    page.wait_for_function("() => Number(document.querySelector('.compare-lanes').getAttribute('aria-valuenow')) > 20")
    page.keyboard.press("Space")
    page.wait_for_function(
        "() => { const [a, b] = document.querySelector('.compare-view').dataset.settled.split(','); return a && a === b && a > 20; }"
    )
    page.wait_for_function(f"() => {{ const [x, y] = ({READ})(); return x === y && x > 20; }}")


def test_the_difference_of_a_clip_and_itself_is_black(open_page: Callable[..., Any], pair: list[str]) -> None:
    from playwright.sync_api import expect

    page = compare(open_page, [pair[0], pair[0]], "&f=10")
    expect(page.locator(".compare-notes")).to_have_text("Both are the same clip.")
    page.keyboard.press("3")
    expect(page.locator(".compare-said")).to_have_text("They differ by 0.0 levels on average")
    page.keyboard.press("]")
    expect(page.locator(".compare-said")).not_to_have_text("They differ by 0.0 levels on average")
    peak = page.evaluate(
        """() => { const canvas = document.querySelector('.compare-difference');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return data.reduce((most, value, n) => (n % 4 < 3 ? Math.max(most, value) : most), 0); }"""
    )
    assert peak > 150


def test_the_wipe_follows_pointer_and_keyboard(open_page: Callable[..., Any], pair: list[str]) -> None:
    page = compare(open_page, pair)
    page.get_by_role("button", name="Wipe").click()
    stage = page.locator(".compare-stage").bounding_box()
    page.mouse.move(stage["x"] + stage["width"] * 0.25, stage["y"] + 100)
    page.mouse.down()
    page.mouse.move(stage["x"] + stage["width"] * 0.75, stage["y"] + 100)
    page.mouse.up()
    edge = page.locator(".compare-edge").bounding_box()
    assert abs(edge["x"] + 1 - stage["x"] - stage["width"] * 0.75) < 3
    page.get_by_label("Where the wipe divides A from B").focus()
    page.keyboard.press("Home")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.compare-box[data-side=B]')).clipPath") == "inset(0px 0px 0px 0%)"


def test_each_clip_has_its_coherence_and_a_press_on_it_goes_there(open_page: Callable[..., Any], pair: list[str]) -> None:
    page = compare(open_page, pair)
    drawn = """() => { const canvas = document.querySelector('.compare-lanes canvas'), ratio = canvas.width / canvas.clientWidth;
      const c = canvas.getContext('2d');
      return [12, 38].map((y) => [...c.getImageData(canvas.width - 20, y * ratio, 1, 1).data].join()); }"""
    before = page.evaluate("() => getComputedStyle(document.documentElement).getPropertyValue('--heat-low').trim()")
    red, green, blue = (int(before[n : n + 2], 16) for n in (1, 3, 5))
    page.wait_for_function(f"(heat) => ({drawn})().every((colour) => colour === heat)", arg=f"{red},{green},{blue},255")
    box = page.locator(".compare-lanes canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 60.5 / 96, box["y"] + 10)
    both_show(page, 60, 60)


def test_swapping_keeps_the_moment(open_page: Callable[..., Any], pair: list[str]) -> None:
    from playwright.sync_api import expect

    page = compare(open_page, pair, "&f=30&offset=4")
    both_show(page, 30, 34)
    page.get_by_role("button", name="Swap").click()
    both_show(page, 34, 30)
    expect(page.locator(".compare-name").first).to_have_text("A · right.mp4")


def test_other_rates_sizes_and_lengths_are_said_in_a_sentence(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path], pair: list[str]
) -> None:
    from playwright.sync_api import expect

    fast = studio.upload(coded_clip("fast.mp4", frames=120, fps="30", size=(480, 270)))["id"]
    page = compare(open_page, [pair[0], fast], "&f=24")
    notes = page.locator(".compare-notes")
    expect(notes).to_contain_text("The sizes differ: A is 384 × 216, B 480 × 270")
    expect(notes).to_contain_text("The frame rates differ: A has 24, B 30 frames a second")
    both_show(page, 24, 30)
    short = studio.upload(coded_clip("short.mp4", frames=60))["id"]
    page = compare(open_page, [pair[0], short], "&f=59")
    expect(page.locator(".compare-notes")).to_have_text("B is 36 frames shorter.")
    page.keyboard.press("ArrowRight")
    both_show(page, 60, 59)
    expect(page.locator(".compare-time").nth(1)).to_contain_text("over")


def test_what_cannot_be_compared_is_said(open_page: Callable[..., Any], pair: list[str]) -> None:
    from playwright.sync_api import expect

    page = open_page(f"/?tab=analyze&compare={pair[0]},a-0000000000000000", errors_expected=True)
    expect(page.locator(".compare-notes")).to_contain_text("B: ")
    expect(page.locator(".compare-name[data-side=A]")).to_contain_text("left.mp4")
    page.locator(".compare-view").get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Open a clip")).to_be_visible()
    assert "compare=" not in page.url
    alone = open_page(f"/?tab=analyze&compare={pair[0]}")
    expect(alone.locator(".toast")).to_contain_text("A comparison needs two clips.")


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits(open_page: Callable[..., Any], pair: list[str], width: int) -> None:
    page = compare(open_page, pair, width=width, height=800)
    assert re.search(r"compare=", page.url)
    assert page.evaluate("() => document.querySelector('.compare-view').scrollWidth <= innerWidth")
    tall = page.evaluate("() => document.querySelector('.compare-stage').clientHeight")
    assert tall > 300
