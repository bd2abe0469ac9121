"""Batches, grids and guides in Generate Image, and how the tab stands on small screens, in both themes, with a name for everything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.backends.test_adapters import LORA, with_metadata
from tests.backends.weights import safetensors

pytestmark = pytest.mark.ui

UNNAMED = """() => {
  const kinds = 'button, input, select, textarea, a[href], [role=slider], [role=listbox], [role=option], iframe';
  const named = (node) => node.getAttribute('aria-label') || node.title || node.textContent.trim() || node.labels?.length;
  const shown = [...document.querySelectorAll(kinds)].filter((node) => node.offsetParent !== null);
  return shown.filter((node) => !named(node)).map((node) => node.outerHTML.slice(0, 120));
}"""
TOO_WIDE = """() => document.scrollingElement.scrollWidth > innerWidth
  || [...document.querySelectorAll('.panel:not([hidden])')].some((node) => node.scrollWidth > node.clientWidth + 1)"""
FAINT = """() => {
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const light = ([r, g, b]) => { const part = (v) => { const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); };
  const over = (top, under) => top.slice(0, 3).map((v, n) => v * top[3] + under[n] * (1 - top[3]));
  const ground = (node) => { const seen = []; for (let at = node; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); if (c[3]) seen.push(c); if (c[3] === 1) break; }
    return seen.reverse().reduce((under, top) => over(top, under), [0, 0, 0]); };
  const faint = [];
  for (const node of document.querySelectorAll('#panel-generate *')) {
    if (!node.offsetParent || node.disabled || node.closest('[disabled], .gen-frame, .gen-cell, .gen-tile') || ![...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
    const under = ground(node), ink = over(parse(getComputedStyle(node).color), under);
    const [a, b] = [light(ink), light(under)].sort((x, y) => y - x), contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${node.outerHTML.slice(0, 100)}`);
  }
  return faint;
}"""  # noqa: E501


def small(page: Any) -> None:
    """Sets a size that is made at once."""
    page.get_by_label("Width", exact=True).fill("256")
    page.get_by_label("Height", exact=True).fill("144")


def strip(page: Any) -> Any:
    return page.get_by_role("listbox", name="Filmstrip").get_by_role("option")


def newest(studio: Any, capability: str) -> Any:
    job = studio.get("/api/jobs", capability=capability, limit=1)["items"][0]
    return studio.get(f"/api/jobs/{job['id']}")


def test_a_list_of_prompts_is_counted_previewed_and_made(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=generate")
    page.get_by_role("button", name="Batch", exact=True).click()
    page.get_by_role("button", name="Queue", exact=True).click()
    expect(page.locator(".gen-bar [role=alert]")).to_have_text("Write the prompts first, one a line.")
    page.get_by_label("Prompts, one a line").fill("A fox at dawn\n\nAn owl at {midnight|noon}\n")
    page.get_by_label("How many").fill("2")
    small(page)
    total = page.locator(".gen-batch [role=status]").last
    expect(total).to_have_text("4 pictures: 2 × 2")
    page.get_by_role("button", name="Preview the list").click()
    planned = page.get_by_role("list", name="Pictures it would be").get_by_role("listitem")
    expect(planned).to_have_count(4)
    expect(planned.nth(2)).to_contain_text(re.compile("An owl at (midnight|noon)"))
    expect(strip(page)).to_have_count(0)  # nothing was made yet
    seed = re.search(r"(?i)seed (\d+)", planned.first.inner_text())
    page.get_by_role("button", name="Queue", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("4 of 4 made")
    expect(strip(page)).to_have_count(4)
    made = newest(studio, "image.batch")
    assert made["result"]["made"] == 4
    assert seed
    assert made["result"]["settings"]["seed"] == int(seed[1])  # what was looked at is what was made
    page.reload()
    expect(page.get_by_label("Prompts, one a line")).to_have_value("A fox at dawn\n\nAn owl at {midnight|noon}\n")


def test_a_table_comes_from_a_file_and_faults_are_set_aside(open_page: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    path = tmp_path / "shots.csv"
    path.write_text('prompt,seed\n"A fox, running",7\n"A fox, running",7\n')
    page = open_page("/?tab=generate")
    page.get_by_role("button", name="Batch", exact=True).click()
    page.get_by_role("button", name="Table", exact=True).click()
    page.get_by_label("List or table from a file").set_input_files(path)
    small(page)
    expect(page.locator(".gen-batch [role=status]").last).to_have_text("2 pictures")
    page.locator("summary", has_text="Quality filter").click()
    page.get_by_label("Set faulty pictures aside").check()
    page.get_by_label("Blurred").uncheck()
    page.get_by_role("button", name="Queue", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("2 of 2 made. 1 set aside")
    job = newest(studio, "image.batch")
    assert job["request"]["filter"]["checks"]["sharpness"] is False
    assert [picture["kept"] for picture in job["result"]["pictures"]] == [True, False]


def test_wildcards_lead_from_the_prompt_to_a_batch(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=generate")
    page.get_by_label("Prompt", exact=True).fill("A {red|green|blue} door")
    page.get_by_role("button", name="1 wildcard: make a batch").click()
    expect(page.get_by_role("button", name="Wildcards")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Every combination, instead of one by chance").check()
    page.get_by_role("button", name="Preview the list").click()
    planned = page.get_by_role("list", name="Pictures it would be").get_by_role("listitem")
    expect(planned).to_have_text([re.compile(f"^A {colour} door") for colour in ("red", "green", "blue")])
    page.get_by_role("button", name="__colours__").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(re.compile("__colours__"))


def test_a_grid_varies_one_thing_along_each_axis(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=generate")
    page.get_by_role("button", name="Grid", exact=True).click()
    page.get_by_label("Prompt", exact=True).fill("A fox waits")
    small(page)
    page.get_by_role("combobox", name="From left to right").select_option("seed")
    page.get_by_label("Values, from left to right").fill("1-2")
    page.get_by_role("combobox", name="From top to bottom").select_option("replace")
    page.get_by_label("Values, from top to bottom").fill("fox, owl")
    expect(page.locator(".gen-batch [role=status]").last).to_have_text("4 pictures: 2 × 2")
    page.get_by_role("button", name="Queue", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("4 of 4 made")
    grid = newest(studio, "image.batch")["result"]["grids"][0]
    page.wait_for_function("(id) => new URL(location).searchParams.get('picture') === id", arg=grid)
    expect(page.get_by_role("button", name="Vary")).to_be_hidden()  # a grid is no picture of one prompt


def test_the_map_of_a_guide_is_looked_at_before(open_page: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    from PIL import Image, ImageDraw
    from playwright.sync_api import expect

    image = Image.new("RGB", (128, 96), "white")
    ImageDraw.Draw(image).rectangle((32, 24, 96, 72), fill="black")
    image.save(tmp_path / "box.png")
    page = open_page("/?tab=generate")
    page.locator("summary", has_text="Guide the composition").click()
    page.get_by_role("button", name="Add a guide").click()
    row = page.get_by_role("listitem", name="Guide 1")
    row.get_by_role("button", name="Preview the map").click()
    expect(row.locator("[role=status]")).to_have_text("Give it a picture first.")
    row.locator("input[type=file]").set_input_files(tmp_path / "box.png")
    expect(row.locator(".gen-slot img")).to_be_visible()
    row.get_by_role("button", name="Preview the map").click()
    shown = row.get_by_role("img", name="Control map: Canny edges")
    expect(shown).to_be_visible()
    address = shown.get_attribute("src")
    assert address
    grey = Image.open(_file(tmp_path, studio.url + address)).convert("L")
    assert grey.getextrema() == (0, 255)
    row.get_by_label("From", exact=True).fill("0.9")
    row.get_by_label("Until").fill("0.5")  # it stays above the beginning
    kept = page.evaluate("new Promise((done) => setTimeout(() => done(localStorage.getItem('studio.generate.settings')), 500))")
    use = json.loads(kept)["controls"][0]
    assert use["start"] < use["end"] == 0.5
    expect(page.locator(f"#gen-cell-{address.split('/')[3]}")).to_have_count(0)  # a map is a working drawing


def test_a_lora_goes_by_its_name_with_its_title_beside_it(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    own = Path(studio.get("/api/adapters")["folder"])
    with_metadata(own / "ink.safetensors", LORA, ss_output_name="Ink and wash v3")
    safetensors(own / "plain.safetensors", LORA)
    page = open_page("/?tab=generate")
    page.locator("summary", has_text="LoRA").click()
    page.get_by_role("button", name="Use ink").click()
    expect(page.locator(".gen-lora", has_text="ink").locator(".card-name")).to_have_text("ink")
    expect(page.locator(".gen-lora", has_text="ink").locator(".card-line")).to_contain_text("Ink and wash v3 · ")
    row = page.get_by_role("list", name="LoRAs in use").get_by_role("listitem", name="ink")
    expect(row.locator("strong")).to_have_text("ink")
    expect(row.locator(".muted").first).to_have_text("Ink and wash v3")
    page.get_by_role("button", name="Use plain").click()
    expect(page.get_by_role("list", name="LoRAs in use").get_by_role("listitem", name="plain").locator(".muted").first).to_have_text("")


def _file(folder: Path, url: str) -> Path:
    path = folder / "fetched.png"
    path.write_bytes(httpx.get(url).content)
    return path


@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1280, 720, "dark"), (1280, 720, "light"), (400, 850, "dark"), (400, 850, "light")]
)
def test_everything_fits_has_a_name_and_can_be_read(
    open_page: Callable[..., Any], studio: Any, width: int, height: int, scheme: str
) -> None:
    from playwright.sync_api import expect

    if not studio.get("/api/characters")["items"]:
        studio.post("/api/characters", {"handle": "mara", "title": "Mara", "description": "an old woman in a green coat"})
        body = {"prompt": "@mara reads", "model": "storyboard", "width": 256, "height": 144}
        studio.finished(studio.post("/api/capabilities/image.generate", body))
    page = open_page("/?tab=generate", width=width, height=height, color_scheme=scheme, has_touch=width < 500)
    expect(strip(page).first).to_be_visible()
    page.get_by_role("button", name="Advanced", exact=True).click()
    page.evaluate("document.querySelectorAll('.generate details').forEach((fold) => { fold.open = true; })")
    for mode in ("Batch", "Grid", "Picture"):
        page.get_by_role("button", name=mode, exact=True).click()
        assert page.evaluate(UNNAMED) == [], mode
        assert page.evaluate(TOO_WIDE) is False, mode
        assert page.evaluate(FAINT) == [], mode
        expect(page.get_by_role("button", name="Queue", exact=True)).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Details", exact=True).click()
    assert page.evaluate(FAINT) == []
    page.get_by_role("button", name="Close the details").click()
    page.get_by_role("button", name="History", exact=True).click()
    expect(page.get_by_role("list", name="History").get_by_role("listitem").first).to_be_visible()
    assert (page.evaluate(UNNAMED), page.evaluate(TOO_WIDE), page.evaluate(FAINT)) == ([], False, [])
    page.get_by_role("button", name="Characters", exact=True).click()
    page.get_by_role("button", name="Open Mara").click()
    expect(page.get_by_role("heading", name="@mara")).to_be_visible()
    assert (page.evaluate(UNNAMED), page.evaluate(TOO_WIDE), page.evaluate(FAINT)) == ([], False, [])


def test_nothing_is_counted_before_there_is_something_to_make(open_page: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=generate")
    page.get_by_label("Prompt", exact=True).fill("A fox at dawn")
    page.get_by_label("How many").fill("2")
    page.get_by_role("button", name="Grid", exact=True).click()
    total = page.locator(".gen-batch [role=status]").last
    expect(total).to_have_text("Choose what differs")
    page.get_by_role("button", name="Batch", exact=True).click()
    page.get_by_role("button", name="Table", exact=True).click()
    expect(total).to_have_text("No prompts yet")
    page.get_by_role("button", name="List", exact=True).click()
    page.get_by_label("Prompts, one a line").fill("A fox at dawn")
    expect(total).to_have_text("2 pictures")
