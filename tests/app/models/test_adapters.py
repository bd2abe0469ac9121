"""Adapters as every face shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.adapters import list_adapters, preview_of
from backends.adapters import AdapterShelf
from configs.errors import NotFound
from tests.backends.test_adapters import LORA, UNION, with_metadata
from tests.backends.weights import safetensors


@pytest.fixture
def shelf(tmp_path: Path) -> AdapterShelf:
    with_metadata(tmp_path / "a/luca boy.safetensors", LORA, **{"modelspec.trigger_phrase": "luca, smiling"})
    safetensors(tmp_path / "b/luca boy.safetensors", LORA)
    safetensors(tmp_path / "union.safetensors", UNION)
    (tmp_path / "a/luca boy.png").write_bytes(b"png")
    (tmp_path / "broken.safetensors").write_bytes(b"x")
    return AdapterShelf(tmp_path)


def test_everything_a_person_decides_by(shelf: AdapterShelf, tmp_path: Path) -> None:
    found = list_adapters(shelf)
    assert found.folder == str(tmp_path)
    by_name = {entry.name: entry for entry in found.items}
    assert set(by_name) == {"a/luca boy", "b/luca boy", "union", "broken"}
    luca = by_name["a/luca boy"]
    assert (luca.kind, luca.family, luca.triggers, luca.trouble) == ("lora", "sdxl", ["luca", "smiling"], "")
    assert luca.preview == "/api/adapters/lora/a/luca%20boy/preview"
    assert by_name["b/luca boy"].preview is None
    assert "pose" in by_name["union"].controls
    assert by_name["broken"].trouble


def test_of_a_kind_and_with_words(shelf: AdapterShelf) -> None:
    assert [entry.name for entry in list_adapters(shelf, "controlnet").items] == ["union"]
    assert [entry.name for entry in list_adapters(shelf, "lora", "LUCA smil").items] == ["a/luca boy"]
    assert list_adapters(shelf, query="nobody").items == []


def test_pictures(shelf: AdapterShelf, tmp_path: Path) -> None:
    assert preview_of(shelf, "lora", "a/luca boy") == tmp_path / "a/luca boy.png"
    for name in ("b/luca boy", "nobody"):
        with pytest.raises(NotFound, match="There is no picture"):
            preview_of(shelf, "lora", name)
