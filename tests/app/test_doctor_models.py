"""What the doctor says of torch and of models."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.doctor_models import examine_models, examine_torch, judge_models, judge_torch
from app.models.builds import Gpu
from app.models.forms import ImportModel
from app.models.importing import import_model
from configs.settings import Settings
from tests.app.models.shelf import Shelf, card, chat_folder

RTX_5080 = Gpu("NVIDIA GeForce RTX 5080", "580.65.06", (12, 0))
OLD_DRIVER = Gpu("NVIDIA GeForce RTX 5080", "550.1", (12, 0))


@pytest.mark.parametrize(
    ("version", "cards", "level", "said"),
    [
        (None, [], "ok", "Not installed yet; it comes with the first model that needs it (cpu build)."),
        (None, [RTX_5080], "ok", "(cu130 build)"),
        ("2.13.0+cpu", [], "ok", "torch 2.13.0+cpu for the processor."),
        ("2.13.0+cu130", [RTX_5080], "ok", "torch 2.13.0+cu130 for NVIDIA GeForce RTX 5080."),
        ("2.13.0", [RTX_5080], "ok", "torch 2.13.0 for"),
        ("2.13.0+cpu", [RTX_5080], "warn", "computes on the processor although there is NVIDIA GeForce RTX 5080"),
        ("2.8.0+cu126", [RTX_5080], "warn", "may not know NVIDIA GeForce RTX 5080, which wants cu130 or cu128"),
        ("2.13.0", [OLD_DRIVER], "bad", "needs driver 570 or newer"),
    ],
)
def test_torch_beside_card_and_driver(version: str | None, cards: list[Gpu], level: str, said: str) -> None:
    found = judge_torch(version, cards, "linux")
    assert (found.name, found.level) == ("Torch", level)
    assert said in found.sentence
    assert bool(found.remedy) is (level != "ok")


def test_this_machine_is_examined() -> None:
    assert examine_torch(None).name == "Torch"


def test_models_are_counted(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "data", card())
    assert examine_models(shelf.settings).sentence.startswith("None installed yet")
    import_model(ImportModel(path=str(chat_folder(tmp_path / "mine")), card="tiny"), shelf.job)  # type: ignore[arg-type]
    assert examine_models(shelf.settings).sentence.startswith("1 installed, 0.0 GiB in ")


def test_a_named_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    found = examine_models(Settings(data_dir=tmp_path, model_folders=(tmp_path / "gone",)))
    assert (found.level, str(tmp_path / "gone") in found.sentence) == ("warn", True)


def test_other_programs_models_are_counted(tmp_path: Path) -> None:
    assert (
        judge_models(tmp_path, [], 3, []).sentence
        == "None installed yet; 3 more in folders of other programs; `models list` shows what there is."
    )
    assert (
        judge_models(tmp_path, [2**30, 2**30], 1, []).sentence
        == f"2 installed, 2.0 GiB in {tmp_path}; 1 more in folders of other programs."
    )
