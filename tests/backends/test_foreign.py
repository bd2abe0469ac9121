"""Models in folders of other programs are found and used in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from backends.cards import ModelCard
from backends.checkpoint import read_header
from backends.foreign import ForeignFolders, cached_repositories, main_dtype, program_of, slug, snapshot_of, walk
from backends.registry import load_cards
from tests.backends.weights import headers_only, safetensors

SDXL = ("model.diffusion_model.input_blocks.0.0.weight", "conditioner.embedders.1.model.ln_final.weight", "first_stage_model.x")
LORA = ("lora_te2_x.lora_down.weight",)
COMMIT = "a" * 40
CARDS = load_cards()


@pytest.fixture
def comfy(tmp_path: Path) -> Path:
    folder = tmp_path / "ComfyUI"
    (folder / "comfy").mkdir(parents=True)
    headers_only(folder / "models/checkpoints/Dream Shaper XL.safetensors", SDXL)
    headers_only(folder / "models/loras/style.safetensors", LORA)
    (folder / "models/vae").mkdir()
    (folder / "models/vae/broken.safetensors").write_bytes(b"nothing")
    (folder / "models/checkpoints/old.ckpt").write_bytes(b"\x80\x02.")
    return folder


@pytest.mark.parametrize(
    ("marks", "program"),
    [
        (["comfy"], "ComfyUI"),
        (["checkpoints", "loras", "vae"], "ComfyUI"),
        (["webui.py"], "A1111"),
        (["Stable-diffusion", "Lora"], "A1111"),
        (["webui.py", "modules_forge"], "Forge"),
        (["wgp.py"], "Wan2GP"),
        (["models--a--b"], "hub cache"),
        (["anything"], "folder"),
    ],
)
def test_a_programs_folder_is_known_by_what_lies_in_it(tmp_path: Path, marks: list[str], program: str) -> None:
    for mark in marks:
        (tmp_path / mark).mkdir()
    assert program_of(tmp_path) == program


def test_files_are_listed_with_what_they_are(comfy: Path) -> None:
    listed = {file.path.name: file for file in ForeignFolders([comfy], {}).files()}
    assert set(listed) == {"Dream Shaper XL.safetensors", "style.safetensors", "broken.safetensors"}
    assert listed["style.safetensors"].found.kind == "lora"
    assert listed["style.safetensors"].found.family == "sdxl"
    assert listed["style.safetensors"].program == "ComfyUI"
    assert "no whole safetensors file" in listed["broken.safetensors"].trouble


def test_a_checkpoint_becomes_a_card_and_stays_where_it_is(comfy: Path) -> None:
    [entry] = ForeignFolders([comfy], CARDS).installed()
    assert entry.in_place
    assert entry.folder == comfy / "models/checkpoints/Dream Shaper XL.safetensors"
    assert (entry.card.name, entry.card.title, entry.card.family, entry.card.task) == (
        "dream-shaper-xl",
        "Dream Shaper XL",
        "sdxl",
        "image",
    )
    assert not entry.card.commercial, "of its licence nothing is known"


def test_two_files_of_one_name_are_two_models(comfy: Path) -> None:
    headers_only(comfy / "models/checkpoints/more/Dream Shaper XL.safetensors", SDXL)
    headers_only(comfy / "models/checkpoints/sdxl-base.safetensors", SDXL)
    names = [entry.card.name for entry in ForeignFolders([comfy], CARDS).installed()]
    assert len(set(names)) == 3
    assert "sdxl-base" not in names, "a preset keeps its name"
    again = [entry.card.name for entry in ForeignFolders([comfy], CARDS).installed()]
    assert names == again


def test_a_changed_file_is_read_again(comfy: Path) -> None:
    folders = ForeignFolders([comfy], {})
    folders.files()
    headers_only(comfy / "models/vae/broken.safetensors", LORA)
    assert {file.path.name: file.trouble for file in folders.files()}["broken.safetensors"] == ""


def test_links_are_followed_once(tmp_path: Path) -> None:
    elsewhere = tmp_path / "disk"
    safetensors(elsewhere / "far.safetensors")
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "linked").symlink_to(elsewhere)
    (folder / "loop").symlink_to(folder)
    assert [path.name for path in walk(folder)] == ["far.safetensors"]


def test_an_absent_folder_is_empty(tmp_path: Path) -> None:
    folders = ForeignFolders([tmp_path / "gone"], CARDS)
    assert folders.installed() == []
    assert program_of(tmp_path / "gone") == "folder"


def cached(cache: Path, card: ModelCard, files: dict[str, int], revision: str = "main") -> Path:
    place = cache / ("models--" + str(card.source.repo).replace("/", "--"))
    snapshot = place / "snapshots" / COMMIT
    for name in files:
        safetensors(snapshot / name) if name.endswith(".safetensors") else (snapshot / name).parent.mkdir(parents=True, exist_ok=True)
        if not name.endswith(".safetensors"):
            (snapshot / name).write_text("{}")
    (place / "refs").mkdir()
    (place / "refs" / revision).write_text(COMMIT)
    return snapshot


def test_the_hubs_cache_is_used_in_place(tmp_path: Path) -> None:
    card = CARDS["smollm2-1.7b-instruct"]
    snapshot = cached(tmp_path, card, {"config.json": 1, "model.safetensors": 1})
    found = ForeignFolders([tmp_path], CARDS).installed()
    assert [(entry.card.name, entry.variant.name) for entry in found] == [(card.name, "bf16"), (card.name, "nf4")]
    assert all(entry.folder == snapshot and entry.in_place for entry in found)


def test_a_cached_repository_without_its_weights_is_absent(tmp_path: Path) -> None:
    cached(tmp_path, CARDS["smollm2-1.7b-instruct"], {"config.json": 1})
    assert cached_repositories(tmp_path, CARDS) == []


def test_a_pinned_commit_must_be_the_cached_one(tmp_path: Path) -> None:
    card = CARDS["qwen3-0.6b"]
    cached(tmp_path, card, {"config.json": 1, "model.safetensors": 1})
    assert cached_repositories(tmp_path, CARDS) == [], "another commit lies there"


@pytest.mark.parametrize("text", ["", "../../elsewhere", "b" * 40])
def test_a_strange_reference_is_no_snapshot(tmp_path: Path, text: str) -> None:
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "main").write_text(text)
    assert snapshot_of(tmp_path, "main") is None
    assert snapshot_of(tmp_path, "other") is None


@pytest.mark.parametrize(("dtype", "name"), [("F16", "fp16"), ("BF16", "bf16"), ("F32", "fp32"), ("F8_E4M3", "fp8")])
def test_a_form_is_named_by_the_type_of_most_of_it(tmp_path: Path, dtype: str, name: str) -> None:
    assert main_dtype(read_header(safetensors(tmp_path / "x.safetensors", {"w": (8, 8)}, dtype))) == name


@pytest.mark.parametrize(
    ("text", "name"), [("Juggernaut XL v9 (RunDiffusion)", "juggernaut-xl-v9-rundiffusion"), ("日本", "model"), ("a__b", "a-b")]
)
def test_names_are_made_of_letters_and_figures(text: str, name: str) -> None:
    assert slug(text) == name
