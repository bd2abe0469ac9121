"""Shots as cards: their words, filter, order, and how they seek."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def job(studio: Any, coded_clip: Callable[..., Path]) -> Any:
    return studio.analyzed(coded_clip())


@pytest.fixture
def page(open_page: Callable[..., Any], job: Any, shows_frame: Callable[..., None]) -> Any:
    page = open_page(f"/?clip={job['id']}")
    page.get_by_role("listbox", name="Shots", exact=True).get_by_role("option").nth(2).wait_for()
    shows_frame(page, 0)
    page.get_by_role("slider", name="Playhead").focus()
    page.keyboard.press("v")
    return page


def cards(page: Any) -> Any:
    return page.get_by_role("listbox", name="Shots as cards").get_by_role("option")


def test_a_card_says_what_was_measured(page: Any, job: Any) -> None:
    from playwright.sync_api import expect

    expect(cards(page)).to_have_count(3)
    second = cards(page).nth(1)
    expect(second).to_contain_text("00:00:01:00")
    expect(second).to_contain_text("1.5 s · 36 f")
    expect(second.locator("img")).to_be_visible()
    result = job["result"]
    expect(second).to_contain_text(result["camera"]["shots"][1]["label"])
    expect(second).to_contain_text(f"{round(result['coherence']['shots'][1]['score'] * 100)} %")
    expect(second).to_have_attribute("aria-label", re.compile(r"^Shot 2, 00:00:01:00, 36 frames"))


def test_a_click_seeks_and_enter_shows_the_picture(page: Any, shows_frame: Callable[..., None]) -> None:
    from playwright.sync_api import expect

    cards(page).nth(2).click()
    shows_frame(page, 60)
    expect(cards(page).nth(2)).to_have_attribute("aria-selected", "true")
    cards(page).nth(2).press("ArrowLeft")
    shows_frame(page, 24)
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Shot cards")).to_be_hidden()
    expect(page.get_by_role("slider", name="Playhead")).to_be_focused()
    page.keyboard.press("v")
    cards(page).first.dblclick()
    expect(page.get_by_role("region", name="Shot cards")).to_be_hidden()
    shows_frame(page, 0)


def test_cards_are_ordered_and_filtered(page: Any) -> None:
    from playwright.sync_api import expect

    def numbers() -> list[str]:
        return [text.strip() for text in cards(page).locator("strong").all_inner_texts()]

    assert numbers() == ["1", "2", "3"]
    page.get_by_label("Order of the shots").select_option("shortest")
    assert numbers()[0] == "1"
    page.get_by_label("Order of the shots").select_option("longest")
    assert numbers()[-1] == "1"
    chosen = page.evaluate(
        """async () => {
          const base = document.querySelector('link[href$="studio.css"]').href.replace('/studio.css', '');
          const { chosen } = await import(base + '/components/cards.js');
          const shot = (start, kind, coherence, edited = false) =>
            ({ scene: { start_frame: start, end_frame: start + 10, edited }, words: { cameraKind: kind, coherence, remarks: [] } });
          const shots = [shot(0, 'static', 0.9), shot(10, 'pan left', 0.4, true), shot(20, 'pan left', 0.3)];
          const starts = (...how) => chosen([...shots], ...how).map(({ scene }) => scene.start_frame);
          return [starts('all', 'coherence'), starts('camera:pan left', 'film'), starts('edited', 'film'), starts('remarks', 'film')];
        }"""
    )
    assert chosen == [[20, 10, 0], [10, 20], [10], []]
    expect(page.get_by_label("Which shots")).to_have_value("all")


def test_playing_and_escape_bring_the_picture_back(page: Any) -> None:
    from playwright.sync_api import expect

    region = page.get_by_role("region", name="Shot cards")
    expect(region).to_be_visible()
    page.keyboard.press("Escape")
    expect(region).to_be_hidden()
    page.get_by_role("button", name="Shots as cards").click()
    expect(region).to_be_visible()
    page.keyboard.press("Space")
    expect(region).to_be_hidden()
    page.keyboard.press("k")


def test_cards_fit_a_phone(open_page: Callable[..., Any], job: Any) -> None:
    page = open_page(f"/?clip={job['id']}", width=390, height=844)
    page.get_by_role("button", name="Shots as cards").click()
    cards(page).nth(2).wait_for()
    assert page.evaluate("document.querySelector('.cards').scrollWidth <= innerWidth")
    assert page.locator(".cards-list").bounding_box()["height"] > 250
