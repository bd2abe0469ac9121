"""What was read of a file is kept as long as the file stays the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backends.adapter_cache import FactCache
from backends.adapter_files import places
from tests.backends.weights import safetensors

LORA = {"lora_te1_x.lora_down.weight": (4, 8)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    safetensors(tmp_path / "shelf" / "a.safetensors", LORA)
    safetensors(tmp_path / "shelf" / "b.safetensors", {"conv_first.weight": (8, 3)})
    return tmp_path / "shelf"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what is really read."""
    from backends.adapter_files import read_facts

    names: list[str] = []

    def counted(place: Any, ours: bool) -> Any:
        names.append(place.path.name)
        return read_facts(place, ours)

    monkeypatch.setattr("backends.adapter_cache.read_facts", counted)
    return names


def look(cache: FactCache, root: Path, ours: bool = True) -> list[str]:
    kinds = [cache.of(place, ours)["kind"] for place in places(root)]
    cache.keep()
    return kinds


def test_once_in_memory_and_once_for_all_processes(root: Path, tmp_path: Path, read: list[str]) -> None:
    file = tmp_path / "cache" / "seen.json"
    cache = FactCache(file)
    assert look(cache, root) == look(cache, root) == look(FactCache(file), root) == ["lora", "upscaler"]
    assert read == ["a.safetensors", "b.safetensors"]
    assert [path.name for path in file.parent.iterdir()] == ["seen.json"], "nothing half is left"


def test_what_changes_is_read_again_and_what_goes_is_forgotten(root: Path, tmp_path: Path, read: list[str]) -> None:
    cache = FactCache(tmp_path / "seen.json")
    look(cache, root)
    safetensors(root / "a.safetensors", {"conv_first.weight": (16, 3)})
    (root / "b.safetensors").unlink()
    assert look(cache, root) == ["upscaler"]
    assert read[2:] == ["a.safetensors"]
    assert list(json.loads((tmp_path / "seen.json").read_text())["files"]) == [str(root / "a.safetensors")]


def test_the_same_file_as_the_studios_own_is_another_question(root: Path, read: list[str]) -> None:
    cache = FactCache()
    look(cache, root)
    look(cache, root, ours=False)
    assert len(read) == 4


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 0}', '{"version": 2, "files": {"a": 3}}', '{"version": 2, "files": {"a": ["k", {"kind": "lora"}]}}'],
)
def test_a_damaged_file_is_as_good_as_none(root: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "seen.json").write_text(text, encoding="utf-8")
    assert look(FactCache(tmp_path / "seen.json"), root) == ["lora", "upscaler"]


def test_a_place_that_cannot_be_written_does_no_harm(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert look(FactCache(tmp_path / "file" / "seen.json"), root) == ["lora", "upscaler"]
