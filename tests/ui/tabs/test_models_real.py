"""The Models tab over real engines: a tiny model with random weights is downloaded, loaded, talked to and unloaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.app.models.fake_hub import FakeHub, serving

pytestmark = pytest.mark.ui
for name in ("torch", "transformers"):
    pytest.importorskip(name)
SIZES = {"download_bytes": 500_000, "weights_bytes": 1 << 20, "working_bytes": 8 << 20}
CARD = {
    "name": "tiny-words", "title": "Tiny words", "summary": "A hundred thousand random weights.", "task": "chat",
    "engine": "transformers-chat", "source": {"repo": "someone/model"},
    "variants": [{"name": "fp32", "files": ["*.json", "*.safetensors", "*.jinja", "*.txt"], **SIZES}],
    "licences": [{"component": "weights", "name": "MIT", "commercial": True}],
}  # fmt: skip


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from tests.backends.tiny.models import save_qwen
    from tests.ui.conftest import StudioProcess

    folder = save_qwen(tmp_path_factory.mktemp("tiny") / "qwen")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    data_dir = tmp_path_factory.mktemp("real") / "data"
    data_dir.mkdir()
    (data_dir / "models.local.yaml").write_text(yaml.safe_dump({"models": [CARD]}), encoding="utf-8")
    with serving(FakeHub(files=files)) as hub:
        process = StudioProcess(data_dir, environ={"STUDIO_HUB_ENDPOINT": hub.url, "STUDIO_DEVICE": "cpu"}).start()
        yield process
        process.stop()


def test_a_real_model_from_the_hub_to_its_first_words_and_out_again(open_page: Callable[..., Any], studio: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page = open_page("/?tab=models")
    card = page.get_by_role("list", name="Models").get_by_role("listitem", name="Tiny words")
    card.get_by_role("button", name="Install").click()
    page.get_by_role("dialog", name="Install Tiny words?").get_by_role("button", name="Install").click()
    card.get_by_role("button", name=re.compile("^Load")).click()
    expect(card).to_contain_text("Loaded", timeout=90_000)  # torch is imported on the way
    expect(page.get_by_role("list", name="In memory")).to_contain_text("Tiny words")
    card.get_by_role("button", name="Try it").click()
    sheet = page.get_by_role("dialog", name="Model")
    sheet.get_by_label("Message to the model").fill("hello")
    sheet.get_by_role("button", name="Send").click()
    expect(sheet.locator(".try-turn[data-who=model] .try-words")).not_to_be_empty(timeout=90_000)
    if sheet.get_by_role("button", name="Stop").is_visible():
        sheet.get_by_role("button", name="Stop").click()
    expect(sheet.locator(".try-line")).to_contain_text("Tiny words (fp32), engine transformers-chat")
    sheet.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Free the memory").click()
    expect(card.get_by_role("button", name=re.compile("^Load"))).to_be_visible()
    assert [model["state"] for model in studio.get("/api/models/memory")["models"]] == ["installed"]
