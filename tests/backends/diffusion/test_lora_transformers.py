"""LoRAs for FLUX.2 and Z-Image in the names that their trainers write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytest.importorskip("peft")

from backends.base import Device  # noqa: E402
from backends.diffusion.loras import Loras  # noqa: E402
from backends.images import LoraInput  # noqa: E402
from configs.errors import BadInput  # noqa: E402
from tests.backends.tiny import pictures, pipes  # noqa: E402


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from diffusers import Flux2KleinPipeline

    return Flux2KleinPipeline.from_pretrained(pictures.save_flux2(tmp_path_factory.mktemp("flux") / "flux"), local_files_only=True)


@pytest.fixture(scope="module")
def zimage(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from diffusers import ZImagePipeline

    return ZImagePipeline.from_pretrained(pictures.save_zimage(tmp_path_factory.mktemp("z") / "z"), local_files_only=True)


def pair(layer: str, inward: int, outward: int, names: tuple[str, str] = ("lora_A", "lora_B")) -> dict[str, Any]:
    torch.manual_seed(len(layer))
    return {f"{layer}.{names[0]}.weight": torch.randn(2, inward), f"{layer}.{names[1]}.weight": torch.randn(outward, 2)}


def applied(pipe: Any, path: Path, tensors: dict[str, Any]) -> dict[str, Any]:
    """What each weight gained."""
    from safetensors.torch import save_file

    save_file(tensors, path)
    before = pipes.weights(pipe)
    loras = Loras(pipe, Device())
    loras.use([LoraInput("luca", path)])
    after = pipes.weights(pipe)
    loras.clear()
    assert pipes.changed(before, pipes.weights(pipe)) == set()
    return {name: after[name] - before[name] for name in pipes.changed(before, after)}


BLOCK = "transformer.transformer_blocks.0.attn"


def test_flux2_in_the_names_of_diffusers(flux: Any, tmp_path: Path) -> None:
    tensors = pair(f"{BLOCK}.to_q", 32, 32)
    gained = applied(flux, tmp_path / "a.safetensors", tensors)
    assert set(gained) == {f"{BLOCK}.to_q.weight"}
    wanted = tensors[f"{BLOCK}.to_q.lora_B.weight"] @ tensors[f"{BLOCK}.to_q.lora_A.weight"]
    assert torch.allclose(gained[f"{BLOCK}.to_q.weight"], wanted, atol=1e-5)


def test_flux2_in_the_names_of_its_makers(flux: Any, tmp_path: Path) -> None:
    """Queries, keys and values are one layer there."""
    tensors = pair("diffusion_model.double_blocks.0.img_attn.qkv", 32, 96)
    gained = applied(flux, tmp_path / "a.safetensors", tensors)
    assert set(gained) == {f"{BLOCK}.to_{part}.weight" for part in "qkv"}
    layer = "diffusion_model.double_blocks.0.img_attn.qkv"
    whole = tensors[f"{layer}.lora_B.weight"] @ tensors[f"{layer}.lora_A.weight"]
    for place, part in enumerate("qkv"):
        assert torch.allclose(gained[f"{BLOCK}.to_{part}.weight"], whole[32 * place : 32 * place + 32], atol=1e-5)


def test_flux2_lokr_over_all_three(flux: Any, tmp_path: Path) -> None:
    layer = "diffusion_model.double_blocks.0.img_attn.qkv"
    torch.manual_seed(1)
    first, second = torch.randn(12, 4), torch.randn(8, 8)
    gained = applied(flux, tmp_path / "a.safetensors", {f"{layer}.lokr_w1": first, f"{layer}.lokr_w2": second})
    whole = torch.kron(first, second)
    assert set(gained) == {f"{BLOCK}.to_{part}.weight" for part in "qkv"}
    for place, part in enumerate("qkv"):
        assert torch.allclose(gained[f"{BLOCK}.to_{part}.weight"], whole[32 * place : 32 * place + 32], atol=1e-5)


@pytest.mark.parametrize("names", [("lora_A", "lora_B"), ("lora_down", "lora_up")])
def test_z_image_as_trainers_write_it(zimage: Any, tmp_path: Path, names: tuple[str, str]) -> None:
    outward, inward = zimage.transformer.layers[1].attention.to_k.weight.shape
    tensors = pair("diffusion_model.layers.1.attention.to_k", inward, outward, names)
    gained = applied(zimage, tmp_path / "a.safetensors", tensors)
    assert set(gained) == {"transformer.layers.1.attention.to_k.weight"}


def test_a_lora_of_another_family_is_refused(flux: Any, zimage: Any, tmp_path: Path) -> None:
    path = pictures.save_lora(tmp_path / "sdxl.safetensors", text=True)
    for pipe, title in ((flux, r"FLUX\.2"), (zimage, "Z-Image")):
        with pytest.raises(BadInput, match=rf"The LoRA luca is for SDXL and does not fit a model of {title}\."):
            Loras(pipe, Device()).use([LoraInput("luca", path)])
