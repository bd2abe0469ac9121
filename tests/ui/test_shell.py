"""The frame of the page: tabs, sidebar, dark and light, help, narrow screens, names for everything, and silence on the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ui import assets
from ui.shell import build_page, shell_template
from ui.tabs import TABS

UNNAMED = """() => {
  const kinds = 'button, input, select, textarea, a[href], [role=slider], [role=listbox], [role=option], iframe';
  const named = (node) => node.getAttribute('aria-label') || node.title || node.textContent.trim() || node.labels?.length;
  const shown = [...document.querySelectorAll(kinds)].filter((node) => node.offsetParent !== null);
  return shown.filter((node) => !named(node)).map((node) => node.outerHTML.slice(0, 120));
}"""
TOO_WIDE = """() => document.scrollingElement.scrollWidth > innerWidth
  || [...document.querySelectorAll('.panel:not([hidden])')].some((node) => node.scrollWidth > node.clientWidth + 1)"""
CUT_OFF = """() => {
  const inside = (node) => node.getBoundingClientRect().right <= node.closest('.panel, .topbar').getBoundingClientRect().right + 1;
  const all = [...document.querySelectorAll('.transport button, .topbar button, .page-head select')];
  const shown = all.filter((node) => node.offsetParent !== null);
  return shown.filter((node) => !inside(node)).map((node) => node.outerHTML.slice(0, 120));
}"""
SMALL_TARGETS = """() => {
  const kinds = '.topbar button, .transport button, .welcome button, .tabs [role=tab], .segment, .inspector .button';
  const shown = [...document.querySelectorAll(kinds)].filter((node) => node.offsetParent !== null);
  const small = shown.filter((node) => node.getBoundingClientRect().height < 43.5 || node.getBoundingClientRect().width < 43.5);
  return small.map((node) => node.outerHTML.slice(0, 120));
}"""


def test_the_page_has_no_events_of_gradios_and_sleeps() -> None:
    page = build_page(assets.load_assets())
    assert len(page.fns) == 0
    assert page._queue.sleep_when_free >= 1.0
    assert page.analytics_enabled is False


def test_every_tab_of_the_table_is_in_the_bar() -> None:
    template = shell_template()
    for tab in TABS:
        assert f'data-tab="{tab.id}"' in template
        assert tab.title in template
    assert "${" not in template
    assert "{{" not in template


@pytest.mark.ui
def test_nothing_is_asked_of_any_other_host_and_nothing_complains(open_page: Callable[..., Any], studio: Any) -> None:
    page = open_page()
    page.get_by_role("button", name="Try the sample").wait_for()
    page.wait_for_load_state("load")
    assert page.watched.problems == []
    own = urlsplit(studio.url).netloc
    assert [
        url for url in page.watched.requests if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc != own
    ] == []


@pytest.mark.ui
def test_tabs_follow_click_keys_and_address(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=library")
    expect(page.get_by_role("tab", name="Library")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="Library")).to_be_visible()
    page.get_by_role("tab", name="Library").focus()
    for _ in TABS[[tab.id for tab in TABS].index("library") :]:
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Generate Image")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Generate Image")).to_be_visible()
    page.get_by_role("tab", name="Jobs").click()
    assert "tab=jobs" in page.url
    page.reload()
    expect(page.get_by_role("tabpanel", name="Jobs")).to_be_visible()


@pytest.mark.ui
def test_dark_and_light_follow_the_system_until_chosen(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    ground = "getComputedStyle(document.body).backgroundColor"
    page = open_page(color_scheme="light")
    page.wait_for_function(f"() => {ground} === 'rgb(244, 241, 234)'")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"() => {ground} === 'rgb(20, 22, 26)'")
    page.get_by_role("button", name="Change to light").click()
    page.wait_for_function(f"() => {ground} === 'rgb(244, 241, 234)'")
    page.reload()
    expect(page.get_by_role("button", name="Change to dark")).to_be_visible()
    assert page.evaluate(ground) == "rgb(244, 241, 234)"


@pytest.mark.ui
def test_projects_are_drawers_of_their_own(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    studio.upload(coded_clip())
    page = open_page("/?tab=library")
    expect(page.get_by_role("list", name="Files")).to_contain_text("coded.mp4")
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name of the new project").fill("Pilot <1>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Project")).to_contain_text("Pilot <1>")
    expect(page.get_by_text("The clips you drop will lie here.")).to_be_visible()
    page.get_by_role("tab", name="Analyze Video").click()
    page.get_by_label("Clip file").set_input_files(coded_clip())
    expect(page.get_by_role("listbox", name="Shots").get_by_role("option")).to_have_count(3)
    page.get_by_role("tab", name="Library").click()
    expect(page.get_by_role("list", name="Files")).to_contain_text("coded.mp4")
    page.reload()
    expect(page.get_by_role("combobox", name="Project").locator("option:checked")).to_have_text("Pilot <1>")


@pytest.mark.ui
def test_what_finished_while_you_were_away_is_told(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    from playwright.sync_api import expect

    page = open_page()
    page.goto("about:blank")
    studio.analyzed(coded_clip("away.mp4", frames=60, cuts=(30,)))
    page.goto(studio.url)
    away = page.get_by_role("region", name="While you were away")
    expect(away).to_contain_text("away.mp4")
    away.get_by_role("button").first.click()
    expect(page.get_by_role("listbox", name="Shots").get_by_role("option")).to_have_count(2)


@pytest.mark.ui
def test_machine_and_queue_are_at_a_glance(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page()
    machine = page.get_by_role("region", name="Machine")
    for name in ("CPU", "Memory", "Disk"):
        expect(machine).to_contain_text(name)
    expect(page.get_by_role("region", name="Queue")).to_contain_text("Nothing is running.")
    page.get_by_role("button", name="Sidebar").click()
    expect(machine).to_be_hidden()
    page.reload()
    expect(machine).to_be_hidden()


@pytest.mark.ui
def test_help_opens_with_a_question_mark(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Previous, next frame")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


@pytest.mark.ui
def test_the_sound_can_be_turned_off_for_good(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page()
    sound = page.get_by_role("button", name="Sound when a job finishes")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(sound).to_have_attribute("aria-pressed", "false")


@pytest.mark.ui
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 640), (400, 850)])
def test_everything_fits_and_has_a_name(
    open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path], width: int, height: int
) -> None:
    job = studio.analyzed(coded_clip())
    page = open_page(width=width, height=height)
    page.get_by_role("button", name="Try the sample").wait_for()
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate(TOO_WIDE) is False
    page.goto(f"{studio.url}/?clip={job['id']}")
    page.get_by_role("listbox", name="Shots").get_by_role("option").nth(2).wait_for()
    for tab in ("Analyze Video", "Jobs", "Library"):
        page.get_by_role("tab", name=tab).click()
        page.get_by_role("tabpanel", name=tab).wait_for()
        assert page.evaluate(UNNAMED) == [], tab
        assert page.evaluate(TOO_WIDE) is False, tab
        assert page.evaluate(SMALL_TARGETS) == [] or width > 640, tab
        assert page.evaluate(CUT_OFF) == [], tab


@pytest.mark.ui
def test_one_button_is_filled(open_page: Callable[..., Any], studio: Any, coded_clip: Callable[..., Path]) -> None:
    job = studio.analyzed(coded_clip())
    filled = "[...document.querySelectorAll('.primary')].filter((node) => node.offsetParent !== null).length"
    page = open_page()
    page.get_by_role("button", name="Try the sample").wait_for()
    assert page.evaluate(filled) == 1
    page.goto(f"{studio.url}/?clip={job['id']}")
    page.get_by_role("link", name="Report").wait_for()
    assert page.evaluate(filled) == 1


@pytest.mark.ui
def test_focus_can_be_seen_and_reaches_everything(open_page: Callable[..., Any]) -> None:
    page = open_page()
    seen = set()
    for _ in range(16):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        seen.add(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 100)")
    assert {"Sidebar", "Analyze Video", "Open a clip", "Try the sample"} <= seen


@pytest.mark.ui
def test_on_a_phone_the_sidebar_slides_over(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page(width=400, height=850)
    queue = page.get_by_role("region", name="Queue")
    expect(queue).to_be_hidden()
    page.get_by_role("button", name="Sidebar").click()
    expect(queue).to_be_visible()
    page.keyboard.press("Escape")
    expect(queue).to_be_hidden()
