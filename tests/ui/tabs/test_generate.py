"""Generate Image in a real browser, on the built-in storyboard: a prompt becomes pictures, and nothing on the way is lost."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.app.imaging.cutout.scenes import scene
from ui.assets import load_assets
from ui.tabs.generate import TEMPLATE, build

pytestmark = pytest.mark.ui

SMALL = {"width": 256, "height": 144}


def generate(studio: Any, prompt: str, **request: Any) -> list[Any]:
    """Pictures made without the page; their artifacts, in order."""
    job = studio.finished(studio.post("/api/capabilities/image.generate", {"prompt": prompt, "model": "storyboard", **SMALL, **request}))
    assert job["state"] == "succeeded", job["error"]
    return [studio.get(f"/api/artifacts/{made['artifact_id']}") for made in job["result"]["images"]]


def small(page: Any, width: int = 256, height: int = 144) -> None:
    """Sets a size that is made at once."""
    page.get_by_label("Width", exact=True).fill(str(width))
    page.get_by_label("Height", exact=True).fill(str(height))


def strip(page: Any) -> Any:
    return page.get_by_role("listbox", name="Filmstrip").get_by_role("option")


def shown(page: Any) -> Any:
    return page.locator(".gen-picture:not(.live):not(.other)")


def test_the_panel_is_one_piece_of_markup() -> None:
    assert 'id="panel-generate"' in TEMPLATE
    assert 'aria-labelledby="tab-generate"' in TEMPLATE
    assert build(load_assets()).elem_id == "generate"


def test_a_prompt_becomes_pictures_and_a_refresh_keeps_everything(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/")  # the first tab
    expect(page.get_by_role("heading", name="Say what is to be seen.")).to_be_visible()
    expect(page.locator(".gen-model-note")).to_contain_text("no AI image")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_have_text("Say first what is to be seen.")
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()
    page.keyboard.type("A fox runs through tall grass at dawn")
    expect(page.locator("#gen-prompt-hint")).to_have_text("8 words, about 8 tokens")
    small(page)
    page.get_by_label("How many").fill("2")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("group", name="This job")).to_be_visible()
    expect(strip(page)).to_have_count(2)
    expect(shown(page)).to_have_attribute("alt", "A fox runs through tall grass at dawn")
    expect(page.locator(".gen-line .badge")).to_have_text("Storyboard, no AI image")
    expect(page.locator(".gen-line")).to_contain_text("256 × 144")
    assert re.search(r"picture=a-", page.url)
    seeds = []
    page.locator(".gen-caption").click()
    for _ in range(2):
        seeds.append(re.search(r"seed (\d+)", page.locator(".gen-line").inner_text()))
        page.keyboard.press("ArrowRight")
        expect(strip(page).nth(1)).to_have_attribute("aria-selected", "true")
    assert abs(int(seeds[0][1]) - int(seeds[1][1])) == 1  # type: ignore[index]
    page.reload()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A fox runs through tall grass at dawn")
    expect(page.get_by_label("Width", exact=True)).to_have_value("256")
    expect(page.get_by_label("How many")).to_have_value("2")
    expect(strip(page).nth(1)).to_have_attribute("aria-selected", "true")
    expect(shown(page)).to_be_visible()


def test_a_job_that_ends_before_its_submission_is_answered_is_shown(open_page: Callable[..., Any], studio: Any) -> None:
    (item,) = generate(studio, "An owl")
    page = open_page(f"/?tab=generate&picture={item['id']}")

    def late(route: Any) -> None:
        answer = route.fetch()
        studio.finished(answer.json())
        time.sleep(0.3)  # so that the page has heard of the end by the stream of events
        route.fulfill(response=answer)

    page.route("**/api/capabilities/image.generate?**", late)
    page.get_by_label("Prompt", exact=True).fill("a fox")
    page.get_by_role("button", name="Queue", exact=True).click()
    page.wait_for_function("(id) => ![null, id].includes(new URL(location).searchParams.get('picture'))", arg=item["id"])


def test_a_refresh_in_the_middle_of_a_job_loses_nothing(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    generate(studio, "the worker is there")
    before = studio.get("/api/pictures", limit=200)["items"]
    page = open_page("/?tab=generate")
    page.get_by_label("Prompt", exact=True).fill("Rain on a tin roof")
    small(page)
    studio.signal_workers(signal.SIGSTOP)
    try:
        page.get_by_role("button", name="Queue", exact=True).click()
        expect(page.get_by_role("group", name="This job")).to_be_visible()
        page.get_by_label("Prompt", exact=True).fill("Snow on a tin roof")
        page.get_by_role("button", name="Queue", exact=True).click()  # it stays clickable while the first one waits
        expect(page.locator(".gen-cell.job")).to_have_count(2)
        expect(page.locator(".gen-waits")).to_have_text("2 in the queue")
        page.wait_for_function("localStorage.getItem('studio.generate.settings')?.includes('Snow')")
        page.reload()
        expect(page.locator(".gen-cell.job")).to_have_count(2)
        expect(page.get_by_role("group", name="This job")).to_be_visible()
        expect(page.get_by_label("Prompt", exact=True)).to_have_value("Snow on a tin roof")
    finally:
        studio.signal_workers(signal.SIGCONT)
    expect(page.locator(".gen-cell.job")).to_have_count(0)
    for words in ("Snow on a tin roof", "Rain on a tin roof"):  # jobs of this lane run beside each other: either may end first
        expect(page.get_by_role("listbox", name="Filmstrip").get_by_role("option", name=words).first).to_be_visible()
    assert len(studio.get("/api/pictures", limit=200)["items"]) == len(before) + 2


def test_a_waiting_job_is_cancelled_in_the_strip(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    generate(studio, "the worker is there again")
    page = open_page("/?tab=generate")
    page.get_by_label("Prompt", exact=True).fill("Never drawn")
    small(page)
    studio.signal_workers(signal.SIGSTOP)
    try:
        for _ in range(2):
            page.get_by_role("button", name="Run next").click()
        expect(page.locator(".gen-cell.job")).to_have_count(2)
        page.locator(".gen-cell.job").first.get_by_role("button", name="Cancel").click()
        expect(page.locator(".gen-cell.job").filter(has_not_text="Stopping")).to_have_count(1)
    finally:
        studio.signal_workers(signal.SIGCONT)
    expect(page.locator(".gen-cell.job")).to_have_count(0)


def test_the_settings_of_a_picture_come_back_by_dropping_its_file(
    open_page: Callable[..., Any], studio: Any, drop: Callable[..., None], tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    (item,) = generate(studio, "A clockmaker's hands, close-up", negative="blur", seed=4711, clip_skip=2)
    path = tmp_path / "downloaded.png"
    path.write_bytes(httpx.get(f"{studio.url}/api/artifacts/{item['id']}/content").content)
    page = open_page("/?tab=generate")
    expect(strip(page).first).to_be_visible()
    drop(page, path)
    expect(page.locator(".toast")).to_contain_text("Settings of downloaded.png are in the form.")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A clockmaker's hands, close-up")
    expect(page.get_by_label("Negative")).to_have_value("blur")
    expect(page.get_by_label("Seed", exact=True)).to_have_value("4711")
    expect(page.get_by_label("CLIP skip")).to_have_value("2")  # set, so it is shown in the simple form too
    expect(page.get_by_label("Width", exact=True)).to_have_value("256")
    page.get_by_role("button", name="Queue", exact=True).click()
    page.wait_for_function("(id) => ![null, id].includes(new URL(location).searchParams.get('picture'))", arg=item["id"])
    expect(page.locator(".gen-line")).to_contain_text("seed 4711")
    again = studio.get("/api/pictures", limit=1)["items"][0]
    assert again["id"] != item["id"]
    pixels = [httpx.get(f"{studio.url}/api/artifacts/{one['id']}/content").content for one in (item, again)]
    assert same_pixels(*pixels)


def same_pixels(one: bytes, other: bytes) -> bool:
    import io

    from PIL import Image, ImageChops

    first, second = (Image.open(io.BytesIO(data)).convert("RGB") for data in (one, other))
    return first.size == second.size and ImageChops.difference(first, second).getbbox() is None


def test_a_broken_picture_is_refused_and_a_film_goes_where_it_belongs(
    open_page: Callable[..., Any], drop: Callable[..., None], coded_clip: Callable[..., Path], tmp_path: Path
) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=generate", errors_expected=True)  # the browser logs the refusal
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    drop(page, broken)
    expect(page.locator(".toast[data-tone=bad]")).to_contain_text("'broken.png' is not a picture that can be read")
    drop(page, coded_clip())
    expect(page.get_by_role("tab", name="Analyze Video")).to_have_attribute("aria-selected", "true")


def test_vary_rerun_favourite_compare_and_delete(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    first, second = generate(studio, "Two boats", seed=100, count=2)
    page = open_page(f"/?tab=generate&picture={second['id']}")
    expect(page.locator(".gen-line")).to_contain_text("seed 101")
    page.locator(".gen-caption").click()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Favourite", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"#gen-cell-{second['id']}")).to_have_attribute("aria-label", "Two boats, favourite")
    page.get_by_role("button", name="Details", exact=True).click()
    details = page.get_by_role("complementary", name="Details of the picture")
    expect(details).to_contain_text("Two boats")
    expect(details).to_contain_text("101")
    page.get_by_role("button", name="Close the details").click()
    page.get_by_role("button", name="Compare with another picture").click()
    page.locator(f"#gen-cell-{first['id']}").click()
    expect(page.locator(".gen-compared")).to_contain_text("B · seed 100")
    slider = page.get_by_label("Where the slider divides the two pictures")
    slider.focus()
    slider.press("Home")
    assert page.locator(".gen-frame").evaluate("(node) => node.style.getPropertyValue('--wipe')") == "0%"
    page.get_by_role("button", name="Compare with another picture").click()
    expect(slider).to_be_hidden()
    page.get_by_role("button", name="Rerun").click()
    expect(page.locator(".gen-line")).to_contain_text("seed 101")
    page.wait_for_function("(id) => new URL(location).searchParams.get('picture') !== id", arg=second["id"])
    page.get_by_role("button", name="Vary").click()
    expect(page.locator(".gen-line")).not_to_contain_text("seed 101")
    page.get_by_role("button", name="Delete", exact=True).click()
    gone = re.search(r"picture=(a-\w+)", page.url)
    page.get_by_role("dialog", name="Delete this picture?").get_by_role("button", name="Delete").click()
    assert gone
    expect(page.locator(f"#gen-cell-{gone[1]}")).to_have_count(0)
    assert httpx.get(f"{studio.url}/api/artifacts/{gone[1]}").status_code == 404


def test_a_doubtful_cut_out_says_so_and_keeps_it(open_page: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    scene("leaves", 128)[0].save(tmp_path / "leaves.png")
    with (tmp_path / "leaves.png").open("rb") as file:
        kept = httpx.post(f"{studio.url}/api/artifacts", data={"kind": "image"}, files={"file": ("leaves.png", file)}).json()
    page = open_page(f"/?tab=generate&picture={kept['id']}")
    page.get_by_role("button", name="Clean up").click()
    page.get_by_role("button", name="Remove the background").click()
    expect(page.locator(".toasts")).to_contain_text("look at the edges.")
    expect(page.locator(".toast")).to_have_count(1)
    page.get_by_role("button", name="Details", exact=True).click()
    expect(page.get_by_role("complementary", name="Details of the picture").locator(".gen-notes")).to_contain_text("look at the edges.")


def test_a_refused_request_says_why_where_it_was_asked(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=generate", errors_expected=True)
    page.get_by_label("Prompt", exact=True).fill("@nobody waits")
    expect(page.locator("#gen-prompt-hint")).to_have_text("There is no character @nobody.")
    page.get_by_role("button", name="Queue", exact=True).click()
    expect(page.locator(".gen-bar [role=alert]")).to_contain_text("nobody")
    expect(page.locator(".gen-cell.job")).to_have_count(0)


def test_a_picture_without_settings_leaves_the_form_alone(open_page: Callable[..., Any], tmp_path: Path) -> None:
    from PIL import Image
    from playwright.sync_api import expect

    path = tmp_path / "holiday.jpg"
    Image.new("RGB", (64, 64), "#336699").save(path)
    page = open_page("/?tab=generate")
    page.get_by_label("Prompt", exact=True).fill("Kept as it is")
    page.get_by_label("Picture whose settings are taken over").set_input_files(path)
    expect(page.locator(".toast")).to_contain_text("The form stays as it is. The picture carries no settings")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("Kept as it is")


def test_numbers_are_shown_as_they_are_used(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=generate", errors_expected=True)
    many, seed = page.get_by_label("How many"), page.get_by_label("Seed", exact=True)
    many.fill("99")
    many.blur()
    expect(many).to_have_value("16")
    seed.fill("-1")  # what A1111 calls chance
    seed.blur()
    expect(seed).to_have_value("")
    expect(page.get_by_role("button", name="A new seed by chance each time")).to_have_attribute("aria-pressed", "true")
    many.fill("1")
    page.get_by_label("Prompt", exact=True).fill("a fox " * 2000)
    page.get_by_role("button", name="Queue", exact=True).click()
    expect(page.locator(".gen-bar .form-error")).to_contain_text("8000")


@pytest.mark.parametrize("width", [660, 780, 900, 1000])
def test_the_tabs_and_the_buttons_beside_them_do_not_overlap(open_page: Callable[..., Any], width: int) -> None:
    page = open_page("/?tab=generate", width=width, height=700)
    page.get_by_role("tab", name="Models").wait_for()
    edge = page.locator(".tabs").bounding_box()
    assert edge["x"] + edge["width"] <= page.get_by_role("button", name="Sound when a job finishes").bounding_box()["x"] + 1
    assert page.locator(".tabs").evaluate("(node) => node.scrollWidth - node.clientWidth") <= 1
