"""A person makes a character, gets its sheet and eight pictures of it, and takes it to another machine, where the same handle works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.cast import LoraUse
from app.characters.pack import Pack
from app.studio import JobDetail, Studio
from configs.settings import Settings
from tests.app.characters.packs import Desk

SHEET = {"character": "@luca", "views": ["front", "side"], "expressions": ["happy"], "cell_px": 64, "seed": 3, "keep": True}
EIGHT = {"prompt": "@luca waves from a boat", "count": 8, "width": 64, "height": 64, "seed": 40}
LOOKS = Pack(title="Luca", description="a boy with dark curls", trigger="lcboy", negative="beard", palette=["#c83232", "#2846b4"])


def open_studio(folder: Path) -> Studio:
    return Studio.open(Settings(data_dir=folder, headless=True, cpu_workers=1, device="cpu"), keep_spare=False)


def done(studio: Studio, capability: str, request: dict[str, Any]) -> JobDetail:
    detail = studio.wait(studio.submit(capability, request, allow_paths=True).job.id, 240)
    assert detail.job.state == "succeeded", detail.job.error
    return detail


def pixels(studio: Studio, detail: JobDetail) -> list[bytes]:
    found = []
    for image in detail.result["images"]:
        with Image.open(studio.artifact(image["artifact_id"]).path) as opened:
            found.append(opened.tobytes())
    return found


def test_without_a_model_by_storyboard(tmp_path: Path) -> None:
    with open_studio(tmp_path / "here") as here:
        here.characters.create("luca", LOOKS)
        done(here, "character.sheet", SHEET)
        made = done(here, "image.generate", EIGHT)
        assert len({image["seed"] for image in made.result["images"]}) == 8
        assert "no AI image" in made.result["engine"]
        assert made.job.request["cast"][0]["palette"] == ["#c83232", "#2846b4"]
        here.characters.export("luca", tmp_path / "luca.character")
        first = pixels(here, made)
    with open_studio(tmp_path / "there") as there:
        found, remarks = there.characters.take(tmp_path / "luca.character", "luca.character")
        assert (found.title, remarks, found.missing) == ("Luca", [], [])
        assert found.sheet is not None
        assert pixels(there, done(there, "image.generate", EIGHT)) == first


@pytest.mark.slow
def test_with_a_model_its_lora_and_its_likeness(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    from tests.backends.tiny.pictures import save_lora, save_sdxl

    model = save_sdxl(tmp_path / "tiny")
    steps = {"model": "tiny", "steps": 2}
    with open_studio(tmp_path / "here") as here:
        done(here, "model.import", {"path": str(model)})
        here.adapters.own.mkdir(parents=True, exist_ok=True)
        save_lora(here.adapters.own / "luca-v2.safetensors")
        here.characters.create("luca", LOOKS.model_copy(update={"loras": [LoraUse(name="luca-v2", weight=0.8)]}))
        sheet = done(here, "character.sheet", {**SHEET, **steps})
        pack = here.characters.get("luca")
        assert [len(cell["likeness"]) for cell in sheet.result["cells"]] == [0, 1, 1]
        assert (pack.sheet, len(pack.references)) == (sheet.result["artifact_id"], 3)
        made = done(here, "image.generate", {**EIGHT, **steps})
        for image in made.result["images"]:
            assert [one["character"] for one in image["likeness"]] == ["luca"]
            assert 0 <= image["likeness"][0]["similarity"] <= 1
        assert "lcboy, a boy with dark curls" in made.result["prompt"]
        assert [lora["name"] for lora in made.job.request["loras"]] == ["luca-v2"]
        here.characters.export("luca", tmp_path / "luca.character", loras=True)
        first = pixels(here, made)
    with open_studio(tmp_path / "there") as there:
        done(there, "model.import", {"path": str(model)})
        found, remarks = there.characters.take(tmp_path / "luca.character", "luca.character")
        assert (found.missing, remarks, len(found.references)) == ([], [], 3)
        again = done(there, "image.generate", {**EIGHT, **steps, "count": 2})
        assert pixels(there, again) == first[:2]


def test_a_pack_travels_a_third_time_as_the_same_file(open_desk: Any, tmp_path: Path) -> None:
    here: Desk = open_desk("here")
    here.characters.create("luca", LOOKS.model_copy(update={"references": [here.add("one.png")]}))
    here.characters.export("luca", tmp_path / "first.character")
    there: Desk = open_desk("there")
    there.characters.take(tmp_path / "first.character", "first.character")
    there.characters.export("luca", tmp_path / "second.character")
    assert (tmp_path / "second.character").read_bytes() == (tmp_path / "first.character").read_bytes()
