"""Files that join models are brought into the folder of adapters, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.models.adapter_import import adapter_at
from app.models.forms import ImportModel, InstalledModel
from app.models.importing import import_model
from backends.adapters import AdapterShelf
from configs.errors import BadInput, Conflict
from jobs.context import JobCancelled
from tests.app.models.shelf import Shelf, card
from tests.backends.test_adapters import IP, LORA, PLAIN_NET
from tests.backends.weights import safetensors


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data", card())


def run(shelf: Shelf, path: Path, name: str | None = None) -> InstalledModel:
    return import_model(ImportModel(path=str(path), name=name), shelf.job)  # type: ignore[arg-type]


def adapters(shelf: Shelf) -> AdapterShelf:
    return AdapterShelf(shelf.settings.models / "adapters")


def test_a_lora_goes_into_its_folder_with_what_lies_beside_it(shelf: Shelf, tmp_path: Path) -> None:
    given = safetensors(tmp_path / "given" / "Luca V2.safetensors", LORA)
    given.with_name("Luca V2.preview.png").write_bytes(b"png")
    given.with_suffix(".civitai.info").write_text(json.dumps({"trainedWords": ["luca"]}), encoding="utf-8")
    given.with_name("other.png").write_bytes(b"not ours")
    made = run(shelf, given)
    assert (made.model, made.variant, made.downloaded_bytes) == ("Luca V2", "lora", 0)
    assert made.folder == str(shelf.settings.models / "adapters/lora/Luca V2.safetensors")
    found = adapters(shelf).find("lora", "Luca V2")
    assert (found.triggers, found.preview is not None, found.trouble) == (("luca",), True, "")
    assert os.path.samefile(given, found.path), "no byte was copied"
    assert shelf.catalogue.store().installed() == [], "it is no model"
    assert sorted(path.name for path in (shelf.settings.models / "adapters").iterdir()) == ["lora"], "nothing half is left"


@pytest.mark.parametrize(("shapes", "kind"), [(PLAIN_NET, "controlnet"), (IP, "ip-adapter"), ({"conv_first.weight": (8, 3)}, "upscaler")])
def test_every_kind_has_its_folder(shelf: Shelf, tmp_path: Path, shapes: dict[str, tuple[int, ...]], kind: str) -> None:
    made = run(shelf, safetensors(tmp_path / "x.safetensors", shapes), name="mine")
    assert (made.model, made.variant) == ("mine", kind)
    assert adapters(shelf).find(kind, "mine").path == shelf.settings.models / "adapters" / kind / "mine.safetensors"


def test_a_controlnet_of_the_hub_stays_one_folder(shelf: Shelf, tmp_path: Path) -> None:
    folder = tmp_path / "my-canny"
    safetensors(folder / "diffusion_pytorch_model.safetensors", PLAIN_NET)
    (folder / "config.json").write_text(json.dumps({"_class_name": "ControlNetModel"}), encoding="utf-8")
    (folder / "README.md").write_text("words", encoding="utf-8")
    made = run(shelf, folder)
    assert sorted(path.name for path in Path(made.folder).iterdir()) == ["config.json", "diffusion_pytorch_model.safetensors"]
    assert adapters(shelf).find("controlnet", "my-canny").path == Path(made.folder)


def test_the_same_file_again_changes_nothing_and_another_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    first = safetensors(tmp_path / "a" / "luca.safetensors", LORA)
    run(shelf, first)
    assert run(shelf, first).model == "luca"
    other = safetensors(tmp_path / "b" / "luca.safetensors", {**LORA, "lora_te2_y.alpha": ()})
    with pytest.raises(Conflict, match="another lora named luca"):
        run(shelf, other)
    assert adapters(shelf).find("lora", "luca").size_bytes == first.stat().st_size
    assert run(shelf, other, name="luca-2").model == "luca-2"


def test_what_cannot_be_used_is_refused_before_anything_is_written(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="OFT"):
        run(shelf, safetensors(tmp_path / "odd.safetensors", {"lora_te1_x.oft_blocks": (4, 4)}))
    assert not (shelf.settings.models / "adapters").exists()


def test_cancelling_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    given = safetensors(tmp_path / "luca.safetensors", LORA)
    shelf.job.cancelled = True
    with pytest.raises(JobCancelled):
        run(shelf, given)
    assert not [path for path in shelf.settings.models.rglob("*") if path.is_file()]


def test_all_else_is_left_to_models(tmp_path: Path) -> None:
    assert adapter_at(tmp_path) is None
    assert adapter_at(tmp_path / "gone.safetensors") is None
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"words")
    assert adapter_at(damaged) is None
    checkpoint = safetensors(tmp_path / "t.safetensors", {"text_model.encoder.layers.0.mlp.fc1.weight": (4,)})
    assert adapter_at(checkpoint) is None
