"""An IP-Adapter and the image encoder that fits it are found wherever programs put them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from backends.diffusion.ip_adapter_files import read_adapter, read_encoder, sizes_of
from configs.errors import BadInput, BadMedia
from tests.backends.weights import safetensors

WIDE = 80
PLAIN = {"ip_adapter.1.to_k_ip.weight": (16, WIDE), "image_proj.proj.weight": (320, 24)}
PLUS = {"ip_adapter.1.to_k_ip.weight": (16, WIDE), "image_proj.proj_in.weight": (32, 16)}


def encoder(folder: Path, projection: int = 24, hidden: int = 16) -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"projection_dim": projection, "hidden_size": hidden}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("place", ["image_encoder", "models/image_encoder", "clip_vision/ViT-H"])
@pytest.mark.parametrize("shapes", [PLAIN, PLUS])
def test_the_encoder_is_found(tmp_path: Path, place: str, shapes: dict[str, tuple[int, ...]]) -> None:
    safetensors(tmp_path / "sdxl_models" / "ip-adapter_sdxl.safetensors", shapes)
    wanted = encoder(tmp_path / place)
    by_folder = read_adapter(tmp_path, WIDE)
    by_file = read_adapter(tmp_path / "sdxl_models" / "ip-adapter_sdxl.safetensors", WIDE)
    assert by_folder.encoder == by_file.encoder == wanted
    assert by_folder.file == by_file.file
    assert (by_folder.name, by_file.name) == (tmp_path.name, "ip-adapter_sdxl")


def test_of_several_the_one_that_fits(tmp_path: Path) -> None:
    safetensors(tmp_path / "ip-adapter_sdxl.safetensors", PLAIN)
    encoder(tmp_path / "image_encoder", projection=99)
    wanted = encoder(tmp_path / "models" / "image_encoder")
    assert read_adapter(tmp_path, WIDE).encoder == wanted
    shutil.rmtree(wanted)
    with pytest.raises(BadInput, match="needs another image encoder"):
        read_adapter(tmp_path, WIDE)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (PLAIN, "has no image encoder beside it"),
        ({"ip_adapter.1.to_k_ip.weight": (16, 768)}, "is for another model: it speaks 768 wide, this one 80"),
        ({**PLAIN, "ip_adapter.0.to_q_lora.down.weight": (4, 4)}, "needs a face recogniser"),
        ({"lora_te1_x.lora_down.weight": (1, 2)}, "is no IP-Adapter but a lora"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, shapes: dict[str, tuple[int, ...]], said: str) -> None:
    file = safetensors(tmp_path / "ip-adapter.safetensors", shapes)
    with pytest.raises(BadInput) as caught:
        read_adapter(file, WIDE)
    assert said in caught.value.message
    assert caught.value.remedy


def test_pickles_damage_and_nothing(tmp_path: Path) -> None:
    (tmp_path / "ip-adapter.bin").write_bytes(b"\x80\x02.")
    (tmp_path / "ip-adapter.safetensors").write_bytes(b"words")
    for path, said in (
        (tmp_path / "ip-adapter.bin", "is a pickle"),
        (tmp_path / "ip-adapter.safetensors", "no whole safetensors"),
        (tmp_path / "gone", "has no weights"),
    ):
        with pytest.raises(BadMedia, match=said):
            read_adapter(path, WIDE)


def test_a_damaged_encoder_is_named(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    folder = encoder(tmp_path / "image_encoder")
    with pytest.raises(BadMedia, match=r"image encoder .* cannot be loaded"):
        read_encoder(folder, torch.float32, "cpu")
    (folder / "model.safetensors").write_bytes(b"words")
    with pytest.raises(BadMedia, match="no whole safetensors file"):
        read_encoder(folder, torch.float32, "cpu")


def test_an_encoder_in_one_file_is_told_from_its_tensors(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from safetensors.torch import save_file
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(1)
    config = CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=16,
        image_size=24,
        patch_size=8,
        projection_dim=24,
        hidden_act="gelu",
    )
    wanted = CLIPVisionModelWithProjection(config).eval()
    wanted.save_pretrained(tmp_path / "saved")
    single = tmp_path / "clip_vision" / "ViT-H.safetensors"
    single.parent.mkdir()
    single.write_bytes((tmp_path / "saved" / "model.safetensors").read_bytes())
    save_file({"vision_model.other": torch.zeros(1)}, tmp_path / "clip_vision" / "A.safetensors")
    safetensors(tmp_path / "ipadapter" / "ip-adapter_sdxl.safetensors", PLAIN)
    found = read_adapter(tmp_path / "ipadapter" / "ip-adapter_sdxl.safetensors", WIDE).encoder
    assert found == single
    encoder, extractor = read_encoder(found, torch.float32, "cpu")
    picture = torch.randn(1, 3, 24, 24)
    assert torch.equal(encoder(picture).image_embeds, wanted(picture).image_embeds)
    assert extractor.crop_size["height"] == 24


def test_what_is_no_encoder_has_no_sizes() -> None:
    assert sizes_of({}) == {}
    assert sizes_of({"visual_projection.weight": (4,)}) == {}
