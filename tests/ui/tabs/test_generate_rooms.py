"""The rooms beside the form of Generate Image: the painted mask, the history with its boards, and the characters."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.ui

SMALL = {"width": 256, "height": 144}


def generate(studio: Any, prompt: str, **request: Any) -> list[Any]:
    """Pictures made without the page; their artifacts, in order."""
    job = studio.finished(studio.post("/api/capabilities/image.generate", {"prompt": prompt, "model": "storyboard", **SMALL, **request}))
    assert job["state"] == "succeeded", job["error"]
    return [studio.get(f"/api/artifacts/{made['artifact_id']}") for made in job["result"]["images"]]


def picture(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (96, 64)) -> Path:
    from PIL import Image

    Image.new("RGB", size, colour).save(path)
    return path


def pixels(studio: Any, artifact_id: str) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(httpx.get(f"{studio.url}/api/artifacts/{artifact_id}/content").content))


def masked(page: Any) -> str:
    """The id of the mask that the form holds."""
    page.wait_for_function("JSON.parse(localStorage.getItem('studio.generate.settings') ?? '{}').mask")
    return str(page.evaluate("JSON.parse(localStorage.getItem('studio.generate.settings')).mask"))


@pytest.fixture
def painting(open_page: Callable[..., Any], studio: Any) -> Callable[..., Any]:
    """`painting()` -> a page on which a mask can be painted over a picture of 256 x 144, and the box of the paper."""

    def make(**options: Any) -> Any:
        (item,) = generate(studio, "A wall", seed=5)
        page = open_page(f"/?tab=generate&picture={item['id']}", **options)
        page.get_by_role("button", name="Send to").click()
        page.get_by_role("button", name="Inpaint: paint a mask").click()
        page.get_by_role("img", name="Painted mask").wait_for()
        page.source = item["id"]
        return page

    return make


def stroke(page: Any, *points: tuple[float, float]) -> None:
    """Draws through points given as parts of the picture's width and height."""
    box = page.locator(".gen-mask-paper").bounding_box()
    places = [(box["x"] + across * box["width"], box["y"] + down * box["height"]) for across, down in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def test_a_painted_mask_is_white_where_it_was_painted(painting: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = painting()
    undo = page.get_by_role("button", name="Undo a stroke")
    expect(undo).to_be_disabled()
    stroke(page, (0.25, 0.5), (0.75, 0.5))
    stroke(page, (0.5, 0.05), (0.5, 0.2))
    undo.click()  # the second stroke goes
    expect(page.locator(".gen-mask-said")).to_contain_text("% is made anew")
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator(".gen-mask-zoom")).to_have_text("1.5 ×")
    page.get_by_role("button", name="Use this mask").click()
    mask = pixels(studio, masked(page))
    assert mask.size == (256, 144)
    grey = mask.convert("L")
    assert [grey.getpixel(at) for at in ((64, 72), (128, 72), (190, 72))] == [255, 255, 255]
    assert [grey.getpixel(at) for at in ((20, 72), (128, 15), (240, 72), (128, 120))] == [0, 0, 0, 0]
    expect(page.get_by_role("button", name="Change the mask")).to_be_visible()
    expect(page.locator("summary", has_text="Start from a picture")).to_contain_text("inpaint")
    page.reload()  # the mask is part of the settings
    expect(page.get_by_role("img", name="Mask: white is made anew")).to_be_visible()


def test_a_mask_is_erased_inverted_and_taken_up_again(painting: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = painting()
    stroke(page, (0.25, 0.5), (0.75, 0.5))
    page.get_by_role("button", name="Eraser").click()
    stroke(page, (0.6, 0.3), (0.6, 0.7))
    page.get_by_role("button", name="Invert the mask").click()
    page.get_by_role("button", name="Use this mask").click()
    grey = pixels(studio, masked(page)).convert("L")
    assert [grey.getpixel(at) for at in ((20, 20), (154, 72), (80, 72))] == [255, 255, 0]
    page.get_by_role("button", name="Change the mask").click()
    page.get_by_role("img", name="Painted mask").wait_for()
    expect(page.locator(".gen-mask-said")).to_contain_text("% is made anew")  # what was painted is there again
    page.keyboard.press("x")
    page.get_by_role("button", name="Clear the mask").click()
    expect(page.locator(".gen-mask-said")).to_have_text("Paint over what shall be made anew.")
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")  # left: the mask stays as it was
    expect(page.get_by_role("img", name="Painted mask")).to_be_hidden()
    expect(page.get_by_role("button", name="Change the mask")).to_be_visible()
    page.get_by_role("button", name="No mask").click()
    page.wait_for_function("!JSON.parse(localStorage.getItem('studio.generate.settings')).mask")


def test_who_leaves_the_mask_finds_the_form_as_it_was(painting: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page = painting()
    source = page.get_by_role("group", name="Picture to start from").locator("img")
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("img", name="Painted mask")).to_be_hidden()
    expect(source).to_be_hidden()
    page.locator("summary", has_text="Start from a picture").click()
    mine = picture(tmp_path / "mine.png", (20, 90, 60))
    page.get_by_role("group", name="Picture to start from").locator("input[type=file]").set_input_files(mine)
    expect(source).to_have_attribute("alt", "mine.png")
    before = page.get_by_label("Width", exact=True).input_value()
    page.get_by_role("button", name="Send to").click()
    page.get_by_role("button", name="Inpaint: paint a mask").click()
    page.get_by_role("img", name="Painted mask").wait_for()
    page.get_by_role("button", name="Use this mask").click()
    expect(page.locator(".toasts")).to_contain_text("Nothing was painted; the form stays as it was.")
    expect(source).to_have_attribute("alt", "mine.png")
    assert page.get_by_label("Width", exact=True).input_value() == before


def test_a_finger_paints(painting: Callable[..., Any], studio: Any) -> None:
    page = painting(width=400, height=850, has_touch=True)
    page.evaluate(
        """() => {
          const paper = document.querySelector('.gen-mask-paper'), box = paper.getBoundingClientRect();
          const at = (type, across) => paper.dispatchEvent(new PointerEvent(type, { bubbles: true, cancelable: true, isPrimary: true,
            pointerType: 'touch', pointerId: 7, buttons: 1, clientX: box.left + across * box.width, clientY: box.top + box.height / 2 }));
          at('pointerdown', 0.3); at('pointermove', 0.5); at('pointermove', 0.7); at('pointerup', 0.7);
        }"""
    )
    page.get_by_role("button", name="Use this mask").click()
    grey = pixels(studio, masked(page)).convert("L")
    assert [grey.getpixel(at) for at in ((90, 72), (128, 72), (20, 72))] == [255, 255, 0]
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_the_history_is_searched_and_kept_on_boards(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    boat, house = generate(studio, "A red boat")[0], generate(studio, "A blue house")[0]
    page = open_page(f"/?tab=generate&picture={boat['id']}")
    page.get_by_role("button", name="Add to a board").click()
    page.get_by_label("Name of a new board").fill("Sea")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("It lies on the board Sea.")
    page.locator(f"#gen-cell-{house['id']}").click()
    page.get_by_role("button", name="Favourite", exact=True).click()
    page.get_by_role("button", name="History", exact=True).click()
    tiles = page.get_by_role("list", name="History").get_by_role("listitem")
    assert "view=history" in page.url
    expect(tiles.filter(has_text="A blue house")).to_have_count(1)
    page.get_by_label("Search the history").fill("red boat")
    expect(tiles).to_have_count(1)
    page.get_by_label("Search the history").fill("")
    boards = page.get_by_role("group", name="Boards")
    boards.get_by_role("button", name=re.compile("Sea")).click()
    expect(tiles).to_have_count(1)
    expect(tiles.first).to_contain_text("A red boat")
    boards.get_by_role("button", name="Favourites").click()
    expect(tiles).to_have_count(1)
    expect(tiles.first).to_contain_text("A blue house")
    boards.get_by_role("button", name=re.compile("Sea")).click()
    page.get_by_role("button", name="Rename this board").click()
    page.get_by_role("dialog", name="Rename the board").get_by_label("Name").fill("Coast")
    page.keyboard.press("Enter")
    expect(boards).to_contain_text("Coast")
    page.get_by_role("button", name="Delete this board; its pictures stay").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(boards).not_to_contain_text("Coast")
    tiles.filter(has_text="A red boat").get_by_role("button").click()
    expect(page.locator(".gen-caption")).to_have_text("A red boat")


def test_a_picture_of_the_history_becomes_a_reference(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    (item,) = generate(studio, "A green door")
    page = open_page("/?tab=generate")
    page.locator("summary", has_text="Reference pictures").click()
    page.get_by_role("button", name="Add a reference").click()
    page.get_by_role("group", name="Reference 1").get_by_role("button", name="From history").click()
    choice = page.get_by_role("dialog", name="Choose a picture")
    choice.get_by_label("Search the history").fill("green door")
    expect(choice.get_by_role("listitem")).to_have_count(1)
    choice.get_by_role("listitem").get_by_role("button").click()
    page.wait_for_function("JSON.parse(localStorage.getItem('studio.generate.settings') ?? '{}').references?.length === 1")
    kept = page.evaluate("JSON.parse(localStorage.getItem('studio.generate.settings')).references")
    assert kept == [{"image": item["id"], "weight": 0.6}]
    page.reload()
    expect(page.get_by_role("group", name="Reference 1").locator("img")).to_be_visible()


def test_a_character_is_made_named_exported_and_imported(open_page: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=generate&view=characters", errors_expected=True)  # the browser logs the refusal of the second handle
    page.get_by_role("button", name="New character").first.click()
    form = page.get_by_role("dialog", name="New character")
    form.get_by_label("Name", exact=True).fill("Luca Rossi")
    expect(form.get_by_label("Handle")).to_have_value("luca-rossi")
    form.get_by_label("Handle").fill("luca")
    form.get_by_label("Looks, in a few words").fill("a boy of ten, red raincoat")
    form.get_by_role("button", name="Make it").click()
    sheet = page.get_by_role("article", name="Character", exact=True)
    expect(sheet.get_by_role("heading", name="@luca")).to_be_visible()
    sheet.get_by_label("Reference pictures").set_input_files(
        [picture(tmp_path / "red.png", (200, 40, 40)), picture(tmp_path / "blue.png", (40, 40, 200))]
    )
    expect(sheet.get_by_role("list", name="References").get_by_role("listitem")).to_have_count(2)
    sheet.get_by_role("button", name="Make it the first").click()
    sheet.get_by_role("button", name="From the first reference").click()
    expect(sheet.get_by_label(re.compile("^Colour 1: #2828c8"))).to_be_visible()
    sheet.get_by_label("Voice it speaks with").fill("bright")
    sheet.get_by_label("Alike from").fill("0.7")
    with page.expect_download() as download:
        sheet.get_by_role("link", name="Export").click()  # waits until what was typed a moment ago is kept
    expect(sheet.locator("header [role=status]")).to_have_text("Kept")
    assert download.value.suggested_filename == "luca.character"
    path = tmp_path / "luca.character"
    download.value.save_as(path)
    sheet.get_by_role("button", name="Use in the prompt").click()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value(re.compile("^@luca"))
    page.get_by_role("button", name="Characters", exact=True).click()
    page.get_by_label("Character file", exact=True).set_input_files(path)
    page.get_by_role("dialog", name="There is such a character already").get_by_role("button", name=re.compile("^Import as @luca-")).click()
    expect(page.get_by_role("list", name="Characters").get_by_role("listitem")).to_have_count(2)
    copy = studio.get("/api/characters/luca-2")
    assert (copy["title"], copy["voice"], len(copy["references"])) == ("Luca Rossi", "bright", 2)
    sheet.get_by_role("button", name="Delete this character").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("list", name="Characters").get_by_role("listitem")).to_have_count(1)


def test_a_character_is_named_while_typing(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    studio.post("/api/characters", {"handle": "mara", "title": "Mara", "description": "an old woman in a green coat"})
    page = open_page("/?tab=generate")
    prompt = page.get_by_label("Prompt", exact=True)
    prompt.click()
    page.keyboard.type("@ma")
    expect(page.get_by_role("listbox", name="Characters").get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(prompt).to_have_value("@mara ")
    page.keyboard.type("feeds pigeons")
    chip = page.get_by_role("group", name="Characters in the prompt").get_by_role("button", name="@mara")
    expect(chip).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Width", exact=True).fill("256")
    page.get_by_label("Height", exact=True).fill("144")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".gen-caption")).to_have_text("@mara feeds pigeons")
    made = studio.get("/api/pictures", limit=1, character="mara")["items"]
    assert [item["meta"]["picture"]["request"]["prompt"] for item in made] == ["@mara feeds pigeons"]
    chip.click()
    expect(prompt).to_have_value("feeds pigeons")


def test_pictures_go_on_to_the_film_and_come_back_from_the_library(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    (item,) = generate(studio, "A bridge")
    page = open_page(f"/?tab=generate&picture={item['id']}")

    def send(where: str) -> None:
        page.get_by_role("tab", name="Generate Image").click()
        page.get_by_role("button", name="Send to").click()
        page.get_by_role("button", name=where).click()

    send("Edit/Parody")
    rows = page.locator(".plan-row")
    expect(rows).to_have_count(1)  # a film that begins with it
    send("Edit/Parody")
    expect(rows).to_have_count(2)
    page.wait_for_function("() => /edit=e-/.test(location.search)")
    send("Show in the Library")
    page.get_by_role("dialog", name="File").get_by_role("button", name="Send to Generate").click()
    expect(page.get_by_role("group", name="Picture to start from").locator("img")).to_be_visible()
    expect(page.locator("summary", has_text="Start from a picture")).to_contain_text("image to image")
