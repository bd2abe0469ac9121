"""The Models tab: from the card to an answer, with engines that are stand-ins and a hub on this machine."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.models.fake_hub import FakeHub, serving
from tests.backends.weights import safetensors
from tests.ui import stand_in_models as stand_ins

pytestmark = pytest.mark.ui
ENTRY = "tests.ui.stand_in_models"
PICTURE_SIZE = """async (url) => {
  const picture = await createImageBitmap(await (await fetch(url)).blob());
  return [picture.width, picture.height];
}"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeHub]:
    weights = safetensors(tmp_path_factory.mktemp("hub") / "model.safetensors", {"weight": (64, 64)})
    with serving(FakeHub(files={"config.json": b'{"model_type": "qwen2"}', "model.safetensors": weights.read_bytes()})) as opened:
        yield opened


@pytest.fixture(scope="module")
def make_studio(tmp_path_factory: pytest.TempPathFactory, hub: FakeHub) -> Iterator[Callable[..., Any]]:
    from tests.ui.conftest import StudioProcess

    made: list[Any] = []

    def start(**environ: str) -> Any:
        data_dir = tmp_path_factory.mktemp("models") / "data"
        stand_ins.write_cards(data_dir)
        made.append(StudioProcess(data_dir, environ={"STUDIO_HUB_ENDPOINT": hub.url, **environ}, entry=ENTRY).start())
        return made[-1]

    yield start
    for process in made:
        process.stop()


@pytest.fixture(scope="module")
def studio(make_studio: Callable[..., Any]) -> Any:
    return make_studio()


def card(page: Any, title: str) -> Any:
    return page.get_by_role("list", name="Models").get_by_role("listitem", name=title, exact=True)


def installed(studio: Any, *names: str) -> None:
    """Installs what is not installed yet, without the page."""
    for name in names:
        studio.finished(studio.post("/api/capabilities/model.install?reuse=false", {"model": name, "accept_licence": True}))


def emptied(studio: Any) -> None:
    studio.post("/api/models/free")


def test_install_load_chat_unload_remove(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=models")
    expect(card(page, "Parrot 1B")).to_contain_text("Not installed")
    expect(card(page, "Parrot 1B")).to_contain_text("≈ 3.0 MB to download")
    expect(card(page, "Parrot 1B")).to_contain_text("Apache-2.0, commercial")
    card(page, "Parrot 1B").get_by_role("button", name="Install").click()
    question = page.get_by_role("dialog", name="Install Parrot 1B?")
    expect(question).to_contain_text("commercial use allowed")
    question.get_by_role("button", name="Install").click()
    expect(page.locator(".toast")).to_contain_text("Parrot 1B is installed.")
    expect(page.get_by_role("list", name="Models").get_by_role("listitem").first).to_have_attribute("aria-label", "Parrot 1B")

    card(page, "Parrot 1B").get_by_role("button", name=re.compile("^Load")).click()
    expect(card(page, "Parrot 1B").get_by_role("button", name="Stop loading")).to_be_visible()
    expect(card(page, "Parrot 1B")).to_contain_text("Loaded")
    memory = page.get_by_role("complementary", name="Memory of models")
    expect(memory.get_by_role("list", name="In memory")).to_contain_text("Parrot 1B")
    expect(memory.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile(r"RAM: Parrot 1B 1\.2 GB, other programs 5\.4 GB, .* free of")
    )
    expect(memory.get_by_role("list", name="Last decisions")).to_contain_text("Loads Parrot 1B")
    expect(memory.get_by_role("list", name="Last decisions")).to_contain_text("is asked for and not in memory")

    card(page, "Parrot 1B").get_by_role("button", name="Try it").click()
    sheet = page.get_by_role("dialog", name="Model")
    expect(sheet.get_by_label("Message to the model")).to_be_focused()
    page.keyboard.type("one two three four five six seven eight nine ten")
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("log")).to_contain_text("six seven eight nine ten")
    expect(sheet.locator(".try-line")).to_have_text(
        re.compile(r"10 tokens · [\d.]+ tokens/s · first after [\d.]+ s · Parrot 1B \(bf16\), engine transformers-chat")
    )
    assert "model=parrot" in page.url
    sheet.get_by_role("button", name="Unload").click()
    expect(page.locator(".toast").filter(has_text="is unloaded; 1.2 GB are free again.")).to_be_attached()
    sheet.get_by_role("button", name="Close").click()
    expect(card(page, "Parrot 1B").get_by_role("button", name=re.compile("^Load"))).to_be_visible()

    card(page, "Parrot 1B").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog", name="Remove Parrot 1B?").get_by_role("button", name="Remove").click()
    expect(card(page, "Parrot 1B")).to_contain_text("Not installed")
    assert studio.get("/api/models/parrot")["state"] == "absent"


def test_an_answer_is_stopped_and_the_next_one_comes(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    installed(studio, "parrot")
    page = open_page("/?tab=models&model=parrot")
    sheet = page.get_by_role("dialog", name="Model")
    sheet.get_by_label("Message to the model").fill("word " * 400)
    sheet.get_by_role("button", name="Send").click()
    expect(sheet.locator(".try-turn[data-who=model]")).to_contain_text("word word")
    sheet.get_by_role("button", name="Stop").click()
    expect(sheet.locator(".try-line")).to_contain_text("Stopped after")
    expect(page.locator(".memory-users")).not_to_contain_text("Chat,")  # the model is free again
    sheet.get_by_label("Message to the model").fill("and now")
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("log")).to_contain_text("and now")
    expect(sheet.get_by_role("button", name="Send")).to_be_visible()
    sheet.get_by_role("button", name="New chat").click()
    expect(sheet.get_by_text("Say something, or try:")).to_be_visible()


def test_what_is_not_commercial_has_to_be_confirmed(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=models")
    expect(card(page, "Scholar 3B")).to_contain_text("CC-BY-NC-4.0, not commercial")
    card(page, "Scholar 3B").get_by_role("button", name="Install").click()
    question = page.get_by_role("dialog", name="Install Scholar 3B?")
    expect(question).to_contain_text("not for commercial use")
    expect(question.get_by_role("button", name="Install")).to_be_disabled()
    question.get_by_label("I have read the licence").check()
    question.get_by_role("button", name="Install").click()
    expect(card(page, "Scholar 3B").get_by_role("button", name=re.compile("^Load"))).to_be_visible()
    job = studio.get("/api/jobs", capability="model.install", limit=1)["items"][0]
    assert (job["request"]["model"], job["request"]["accept_licence"]) == ("scholar", True)


def test_an_installation_is_cancelled_and_goes_on_where_it_stopped(open_page: Callable[..., Any], studio: Any, hub: FakeHub) -> None:
    from playwright.sync_api import expect

    hub.hold = threading.Event()
    try:
        page = open_page("/?tab=models")
        card(page, "Patient 1B").get_by_role("button", name="Install").click()
        page.get_by_role("dialog").get_by_role("button", name="Install").click()
        expect(card(page, "Patient 1B")).to_contain_text("Installing")
        expect(card(page, "Patient 1B").get_by_role("progressbar")).to_be_visible()
        card(page, "Patient 1B").get_by_role("button", name="Cancel").click()
        expect(card(page, "Patient 1B")).to_contain_text(re.compile("Stopping|Not installed"))
        hub.hold.set()
        expect(card(page, "Patient 1B")).to_contain_text("Not installed")
    finally:
        hub.hold.set()
        hub.hold = None
    expect(card(page, "Patient 1B").get_by_role("button", name="Go on installing")).to_be_visible()
    card(page, "Patient 1B").get_by_role("button", name="Go on installing").click()
    page.get_by_role("dialog").get_by_role("button", name="Install").click()
    expect(card(page, "Patient 1B").get_by_role("button", name=re.compile("^Load"))).to_be_visible()


def test_a_loading_is_watched_and_stopped(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    installed(studio, "patient")
    page = open_page("/?tab=models", errors_expected=True)  # the request that loads ends with a conflict
    card(page, "Patient 1B").get_by_role("button", name=re.compile("^Load")).click()
    expect(card(page, "Patient 1B")).to_contain_text(re.compile(r"[1-9]0 % · Loading patient"))
    assert card(page, "Patient 1B").get_by_role("progressbar").evaluate("(bar) => bar.value") > 0
    expect(page.get_by_role("list", name="In memory")).to_contain_text(re.compile(r"Loading, \d+ %"))
    card(page, "Patient 1B").get_by_role("button", name="Stop loading").click()
    expect(card(page, "Patient 1B").get_by_role("button", name=re.compile("^Load"))).to_be_visible()
    expect(card(page, "Patient 1B").get_by_role("alert")).to_have_count(0)


def test_memory_is_freed_pinned_or_not_and_seen_by_every_browser(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    installed(studio, "parrot", "counter")
    emptied(studio)
    one, two = open_page("/?tab=models"), open_page("/?tab=models")
    card(one, "Parrot 1B").get_by_role("button", name=re.compile("^Load")).click()
    card(one, "Counter").get_by_role("button", name=re.compile("^Load")).click()
    pin = card(one, "Counter").get_by_role("button", name="Pin: keep it in memory (Counter)")
    pin.click()
    expect(card(two, "Counter")).to_contain_text("Loaded, pinned")
    expect(card(two, "Parrot 1B")).to_contain_text("Loaded")
    expect(two.get_by_role("list", name="In memory")).to_contain_text("pinned")
    two.get_by_role("button", name="Free the memory").click()
    expect(two.locator(".toast")).to_contain_text("1.3 GB are free again.")
    for page in (one, two):
        expect(card(page, "Parrot 1B").get_by_role("button", name=re.compile("^Load"))).to_be_visible()
    card(one, "Counter").get_by_role("button", name="Unpin (Counter)").click()
    expect(one.get_by_text("No model is in memory.")).to_be_visible()


def test_two_texts_are_compared(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    installed(studio, "counter")
    page = open_page("/?tab=models")
    card(page, "Counter").get_by_role("button", name="Try it").click()
    sheet = page.get_by_role("dialog", name="Model")
    sheet.get_by_label("One text").fill("the cat")
    sheet.get_by_label("Another").fill("a dog")
    sheet.get_by_role("button", name="Compare").click()
    expect(sheet.get_by_role("status")).to_contain_text("0.600")
    sheet.get_by_label("Another").fill("the end")
    sheet.get_by_role("button", name="Compare").click()
    expect(sheet.get_by_role("status")).to_contain_text("1.000")
    expect(sheet.locator(".try-line")).to_contain_text("4 dimensions")
    expect(sheet.locator(".try-line")).to_contain_text("engine sentence-embeddings")


def test_a_dropped_picture_is_asked_about(open_page: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    from PIL import Image
    from playwright.sync_api import expect

    installed(studio, "seer")
    picture = tmp_path / "wide.png"
    Image.new("RGB", (3000, 600), (200, 90, 40)).save(picture)
    (tmp_path / "no picture.png").write_text("nothing", encoding="utf-8")
    page = open_page("/?tab=models")
    card(page, "Seer 2B").get_by_role("button", name="Try it").click()
    sheet = page.get_by_role("dialog", name="Model")
    sheet.get_by_label("Picture file").set_input_files(tmp_path / "no picture.png")
    expect(page.locator(".toast")).to_contain_text("no picture.png is no picture this browser can open.")
    dropped(page, picture)
    expect(sheet.get_by_alt_text("The picture to ask about")).to_be_visible()
    with page.expect_request("**/v1/chat/completions") as asked:
        sheet.get_by_role("button", name="Ask").click()
    parts = asked.value.post_data_json["messages"][0]["content"]
    assert parts[0] == {"type": "text", "text": "Describe this picture."}
    assert parts[1]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert page.evaluate(PICTURE_SIZE, parts[1]["image_url"]["url"]) == [1024, 205]
    expect(sheet.get_by_role("log")).to_contain_text("I see 1 picture. Describe this picture.")


def dropped(page: Any, path: Path) -> None:
    import base64

    page.evaluate(
        """async ([name, data]) => {
          const bytes = await (await fetch('data:image/png;base64,' + data)).arrayBuffer();
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name, { type: 'image/png' }));
          document.querySelector('.try').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer }));
        }""",
        [path.name, base64.b64encode(path.read_bytes()).decode()],
    )


def test_the_list_is_narrowed_and_says_what_it_leaves_out(open_page: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=models")
    expect(card(page, "Counter")).to_be_visible()
    expect(card(page, "Giant 200B")).to_have_count(0)
    expect(page.get_by_text(re.compile(r"\d+ models more: too large for this machine"))).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(card(page, "Giant 200B")).to_contain_text("Too large: Giant 200B needs 400.3 GB")
    page.get_by_label("Search models").fill("counter")
    expect(page.get_by_role("list", name="Models").get_by_role("listitem")).to_have_count(1)
    page.get_by_label("Search models").fill("")
    page.get_by_label("Filter by task").select_option("embedding")
    expect(card(page, "Counter")).to_be_visible()
    expect(card(page, "Parrot 1B")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Filter by task")).to_have_value("embedding")
    page.get_by_label("Search models").fill("no such thing")
    expect(page.get_by_text("No model answers this search.")).to_be_visible()


def test_a_folder_is_imported(open_page: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    folder = tmp_path / "own-words"
    safetensors(folder / "model.safetensors", {"model.embed_tokens.weight": (8, 8)})
    (folder / "config.json").write_text('{"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"]}', encoding="utf-8")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    page = open_page("/?tab=models", errors_expected=True)
    page.get_by_role("button", name="Import").click()
    form = page.get_by_role("dialog", name="Import a model")
    expect(form.get_by_role("button", name="Import")).to_be_disabled()
    form.get_by_label("Folder or file").fill(str(tmp_path / "nowhere"))
    form.get_by_role("button", name="Import").click()
    expect(page.locator(".toast").filter(has_text="nowhere")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    form.get_by_label("Folder or file").fill(str(folder))
    form.get_by_role("button", name="Import").click()
    expect(card(page, "own-words")).to_contain_text("Installed")
    card(page, "own-words").get_by_role("button", name="own-words", exact=True).click()
    sheet = page.get_by_role("dialog", name="Model")
    expect(sheet).to_contain_text("not for commercial use")
    sheet.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog", name="Remove own-words?").get_by_role("button", name="Remove").click()
    expect(sheet).to_be_hidden()
    expect(card(page, "own-words")).to_have_count(0)


def test_before_the_first_model_the_page_says_what_comes_with_it(open_page: Callable[..., Any], make_studio: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    from app.models.runtime import missing

    if not missing(("torch",)):
        pytest.skip("torch is here already")
    bare = make_studio(STAND_IN_NO_TORCH="1")
    page = open_page("/?tab=models", url=bare.url)
    memory = page.get_by_role("complementary", name="Memory of models")
    expect(memory).to_contain_text("they run on the processor")
    expect(memory).to_contain_text("about 450 MB to download, once")
    expect(memory).to_contain_text("No model is in memory.")
    expect(memory.get_by_role("button", name="Free the memory")).to_be_disabled()
    card(page, "Parrot 1B").get_by_role("button", name="Install").click()
    expect(page.get_by_role("dialog")).to_contain_text("once about 450 MB for torch and the libraries beside it")


def test_on_a_gpu_there_are_two_bars_and_parked_models(open_page: Callable[..., Any], make_studio: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    studio = make_studio(STAND_IN_GPU="1")
    installed(studio, "parrot")
    page = open_page("/?tab=models", url=studio.url)
    card(page, "Parrot 1B").get_by_role("button", name=re.compile("^Load")).click()
    memory = page.get_by_role("complementary", name="Memory of models")
    expect(memory.get_by_role("img", name=re.compile("^GPU: Parrot 1B 1.2 GB, other programs"))).to_be_visible()
    expect(memory.get_by_role("img", name=re.compile("^RAM: Parrot 1B 1.2 GB"))).to_be_visible()
    memory.get_by_role("button", name="Free the GPU").click()
    expect(card(page, "Parrot 1B")).to_contain_text("Parked in RAM")
    memory.get_by_role("button", name="and RAM").click()
    expect(card(page, "Parrot 1B").get_by_role("button", name=re.compile("^Load"))).to_be_visible()
    expect(card(page, "Parrot 1B").get_by_text("Parked")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_phone_shows_all_of_it(open_page: Callable[..., Any], studio: Any, scheme: str) -> None:
    from playwright.sync_api import expect

    installed(studio, "parrot")
    page = open_page("/?tab=models", width=390, height=844, color_scheme=scheme, has_touch=True)
    expect(card(page, "Parrot 1B")).to_be_visible()
    assert page.evaluate("() => document.querySelector('#panel-models').scrollWidth <= 390 && document.scrollingElement.scrollWidth <= 390")
    above = page.get_by_role("complementary", name="Memory of models").bounding_box()
    assert above["y"] + above["height"] <= card(page, "Parrot 1B").bounding_box()["y"]
    card(page, "Parrot 1B").get_by_role("button", name="Try it").click()
    sheet = page.get_by_role("dialog", name="Model")
    assert sheet.get_by_role("button", name="Send").bounding_box()["height"] >= 43.5
    assert sheet.evaluate("(node) => node.scrollWidth <= node.clientWidth")
