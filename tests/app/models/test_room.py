"""The room that the model process makes of what it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.models.desk import start_data
from app.models.learned import Learned
from app.models.library import open_store
from app.models.room import StartData, find_model, make_room, make_shelf
from configs.errors import NotFound
from configs.settings import Settings
from tests.backends.weights import safetensors


def told(tmp_path: Path, **more: Any) -> Any:
    settings = Settings(data_dir=tmp_path, device="cpu", **more)
    return start_data(settings, Learned(tmp_path / "learned.jsonl"))


def test_what_the_studio_tells_is_plain_json_and_understood(tmp_path: Path) -> None:
    Learned(tmp_path / "learned.jsonl").add({"kind": "load", "key": "a", "seconds": 1.0, "host_bytes": 1, "device_bytes": 0})
    found = StartData.model_validate(told(tmp_path, model_folders=(tmp_path / "comfy",), ram_limit_bytes=2**30))
    assert found.folders == (str(tmp_path / "comfy"),)
    assert found.host_bytes == 2**30
    assert len(found.learned) == 1


def test_a_room_knows_its_device_and_finds_only_what_is_installed(tmp_path: Path) -> None:
    notices: list[tuple[str, Any]] = []
    room = make_room(told(tmp_path, ram_limit_bytes=2**30), lambda name, data: notices.append((name, data)))
    try:
        assert room.status()["device"] == "cpu"
        with pytest.raises(NotFound, match="not installed"):
            room.load("smollm2-135m")
    finally:
        room.close()


def test_an_upscaler_without_a_card_is_found_among_the_adapters(tmp_path: Path) -> None:
    data = told(tmp_path)
    safetensors(Path(data["models"]) / "adapters" / "4x Sharp.safetensors", {"model.0.weight": (4, 3, 3, 3)})
    shelf = make_shelf(data)
    store = open_store(tmp_path, Path(data["models"]), (), ())
    found = find_model(store, shelf, "4x sharp")
    assert (found.card.title, found.card.engine, found.card.task) == ("4x Sharp", "upscaler", "upscale")
    assert found.folder.name == "4x Sharp.safetensors"
    with pytest.raises(NotFound, match="nothing"):
        find_model(store, shelf, "nothing")


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValidationError):
        StartData.model_validate({"data_dir": "/x", "models": "/y", "colour": "red"})
