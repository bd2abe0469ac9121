"""Files of adapters are found, with what lies beside them, and told apart."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from backends.adapter_files import Place, places, read_facts, why_not
from tests.backends.weights import safetensors

LORA = {"lora_te1_x.lora_down.weight": (4, 8)}


def found(root: Path) -> dict[str, Place]:
    return {place.path.relative_to(root).as_posix(): place for place in places(root)}


def test_what_is_looked_at(tmp_path: Path) -> None:
    for name in (
        "a.safetensors",
        "deep/er/B.SAFETENSORS",
        "c.pt",
        "d.bin",
        "pytorch_model.bin",
        ".hidden.safetensors",
        ".dir/e.safetensors",
        "half.part/f.safetensors",
        "ip/image_encoder/model.safetensors",
        "clip_vision/h.safetensors",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "dangling.safetensors").symlink_to(tmp_path / "gone")
    assert sorted(found(tmp_path)) == ["a.safetensors", "c.pt", "deep/er/B.SAFETENSORS", "pytorch_model.bin"]


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    safetensors(tmp_path / "other" / "x.safetensors", LORA)
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "other")
    (tmp_path / "other" / "loop").symlink_to(tmp_path / "root")
    assert list(found(tmp_path / "root")) == ["link/x.safetensors"]


def test_notes_and_pictures_beside(tmp_path: Path) -> None:
    safetensors(tmp_path / "luca.v2.safetensors", LORA)
    for name in ("luca.v2.json", "luca.v2.civitai.info", "luca.v2.jpg", "luca.v2.preview.png", "luca.png", "config.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    [place] = places(tmp_path)
    assert [path.name for path in place.notes] == ["luca.v2.civitai.info", "luca.v2.json"]
    assert place.preview == tmp_path / "luca.v2.preview.png"
    assert place.has_config
    key = place.key
    os.utime(tmp_path / "luca.v2.json", (1, 1))
    assert next(iter(places(tmp_path))).key != key


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("luca.safetensors", "luca", ""),
        ("Lora/luca.fp16.safetensors", "luca", "lora"),
        ("controlnet/mine/x.safetensors", "x", "controlnet"),
        ("loras/luca/pytorch_lora_weights.safetensors", "luca", "lora"),
        ("upscale_models/x4.pth", "x4", "upscaler"),
        ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model", ""),
        ("vae/loras/x.safetensors", "x", "lora"),
    ],
)
def test_names_and_what_folders_are_for(tmp_path: Path, path: str, name: str, kind: str) -> None:
    place = Place(tmp_path / path, tmp_path, (1, 1))
    assert (place.plain_name, place.folder_kind) == (name, kind)


def facts(root: Path, ours: bool = False) -> dict[str, object]:
    return read_facts(next(iter(places(root))), ours)


def test_another_programs_other_weights_are_none_of_ours(tmp_path: Path) -> None:
    safetensors(tmp_path / "x.safetensors", {"model.layers.0.self_attn.q_proj.weight": (4, 4)})
    assert facts(tmp_path)["kind"] == ""
    assert facts(tmp_path, ours=True)["trouble"] == "x.safetensors is a language model and no lora."


def test_unknown_and_damaged_files_count_as_what_their_folder_is_for(tmp_path: Path) -> None:
    (tmp_path / "loras").mkdir()
    (tmp_path / "loras" / "x.safetensors").write_bytes(b"words")
    assert facts(tmp_path)["kind"] == "lora"
    safetensors(tmp_path / "loras" / "x.safetensors", {"odd": (2,)})
    assert facts(tmp_path) == {**facts(tmp_path), "kind": "lora", "trouble": "x.safetensors is of a kind that is not known and no lora."}


def test_the_family_is_taken_from_notes_where_tensors_do_not_tell(tmp_path: Path) -> None:
    safetensors(tmp_path / "x.safetensors", {"lora_unet_x.lora_down.weight": (4, 8)})
    assert facts(tmp_path)["family"] == ""
    (tmp_path / "x.civitai.info").write_text('{"baseModel": "Illustrious"}', encoding="utf-8")
    assert facts(tmp_path)["family"] == "sdxl"


def test_whatever_lies_there_a_look_never_fails(tmp_path: Path) -> None:
    """Damaged files, by flipping, cutting and writing over bytes of a whole one."""
    chance = random.Random(4)
    shapes = {
        **LORA,
        "lora_te1_x.alpha": (),
        "task_embedding": (6,),
        "x.attn2.to_k.weight": (),
        "controlnet_cond_embedding.conv_in.weight": (1,),
    }
    whole = safetensors(tmp_path / "x.safetensors", shapes).read_bytes()
    usable = 0
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        (tmp_path / "x.safetensors").write_bytes(content[: chance.randint(0, len(content))] if chance.random() < 0.3 else content)
        found = facts(tmp_path, ours=True)
        usable += not found["trouble"]
        assert found["kind"]
        assert str(found["trouble"]).count("\n") == 0
    assert 0 < usable < 270, "flips in the weights are not seen, those in the header are"


@pytest.mark.parametrize(
    ("kind", "names", "said"),
    [
        ("lora", ["x.lora_down.weight"], ""),
        ("lora", ["x.oft_blocks"], "is an OFT network"),
        ("controlnet", ["controlnet_cond_embedding.conv_in.weight"], ""),
        ("controlnet", ["control_model.input_blocks.0.0.weight"], "is in the layout of the first ControlNet code"),
        ("controlnet", ["lora_controlnet", "input_hint_block.0.weight"], "is a Control-LoRA"),
        ("ip-adapter", ["ip_adapter.1.to_k_ip.weight"], ""),
        ("ip-adapter", ["ip_adapter.0.to_q_lora.down.weight"], "is a FaceID adapter"),
        ("vae", ["decoder.conv_in.weight"], ""),
    ],
)
def test_what_keeps_a_whole_file_from_being_used(kind: str, names: list[str], said: str) -> None:
    found = why_not(kind, names)
    assert found.startswith(said)
    assert bool(found) == bool(said)
