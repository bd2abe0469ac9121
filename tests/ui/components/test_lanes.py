"""The lanes under the shots, and what they say of the shot under the playhead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui

# How many colours stand in a strip of the canvas around a height in CSS pixels.
COLOURS = """(y) => {
  const canvas = document.querySelector('.timeline canvas'), ratio = canvas.width / canvas.clientWidth;
  const data = canvas.getContext('2d').getImageData(90 * ratio, y * ratio, (canvas.clientWidth - 95) * ratio, 1).data;
  const found = new Set();
  for (let n = 0; n < data.length; n += 4) found.add(data.slice(n, n + 4).join());
  return found.size;
}"""


@pytest.fixture
def page(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> Any:
    job = studio.analyzed(coded_clip())
    page = open_page(f"/?clip={job['id']}")
    page.get_by_role("listbox", name="Shots").get_by_role("option").nth(2).wait_for()
    return page


def test_lanes_are_drawn_once_the_analysis_is_there(page: Any) -> None:
    page.wait_for_function("() => document.querySelector('.timeline').clientHeight > 100")
    page.wait_for_function(f"() => ({COLOURS})(20 + 26 + 17 + 8) > 1", timeout=10_000)  # the heat of coherence


def test_the_stage_keeps_most_of_the_height(page: Any) -> None:
    page.wait_for_function("() => document.querySelector('.timeline').clientHeight > 100")
    share = page.evaluate("() => document.querySelector('.stage').clientHeight / innerHeight")
    assert share >= 0.55


def test_the_inspector_says_how_the_shot_was_made(page: Any) -> None:
    from playwright.sync_api import expect

    shot = page.get_by_role("region", name="Shot under the playhead")
    expect(shot).to_contain_text("Camera")
    expect(shot).to_contain_text("Drawn")
    expect(shot).to_contain_text("Coherence")
