"""A LoRA's file is read, or refused in one sentence before anything is changed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from backends.diffusion.lora_read import family_of, layers_of, read_lora, weights_of  # noqa: E402
from configs.errors import BadInput, BadMedia, StudioError  # noqa: E402


class StableDiffusionXLTiny:
    """As much of a pipeline as reading needs."""

    def __init__(self) -> None:
        self.unet = torch.nn.Module()
        self.unet.mid = torch.nn.Linear(6, 4)
        self.unet.config = SimpleNamespace(layers_per_block=2)
        self.text_encoder = torch.nn.Module()
        self.text_encoder.fc = torch.nn.Linear(3, 3)


def save(path: Path, tensors: dict[str, Any], **metadata: str) -> Path:
    from safetensors.torch import save_file

    save_file(tensors, path, metadata)
    return path


def lora(prefix: str = "lora_unet_mid", inward: int = 6, outward: int = 4) -> dict[str, Any]:
    return {f"{prefix}.lora_down.weight": torch.ones(2, inward), f"{prefix}.lora_up.weight": torch.ones(outward, 2)}


def read(path: Path) -> Any:
    pipe = StableDiffusionXLTiny()
    return read_lora(path, "luca", pipe, layers_of(pipe))


def test_changes_find_their_layers(tmp_path: Path) -> None:
    file = read(
        save(tmp_path / "a.safetensors", {**lora(), **lora("lora_te1_text_model_fc", 3, 3), "lora_unet_mid.alpha": torch.tensor(1.0)})
    )
    assert {(change.component, change.paths) for change in file.changes} == {("unet", ("mid",)), ("text_encoder", ("fc",))}
    assert file.has_text_parts
    assert file.notes == ()
    pipe = StableDiffusionXLTiny()
    change = next(one for one in file.changes if one.component == "unet")
    assert [module is pipe.unet.mid for module, _ in weights_of(change, pipe)] == [True]


def test_a_bias_is_a_change_of_its_own(tmp_path: Path) -> None:
    file = read(save(tmp_path / "a.safetensors", {**lora(), "lora_unet_mid.diff_b": torch.ones(4)}))
    assert [set(change.factors) for change in file.changes] == [{"down", "up"}, {"diff_b"}]


def test_layers_that_the_model_lacks_are_told(tmp_path: Path) -> None:
    file = read(save(tmp_path / "a.safetensors", {**lora(), **lora("lora_unet_other")}))
    assert file.notes == ("The LoRA luca speaks of 1 layers of 2 that this model does not have.",)


@pytest.mark.parametrize(
    ("tensors", "metadata", "said"),
    [
        (lora("lora_unet_elsewhere"), {}, "The LoRA luca was made for another model and does not fit a model of SDXL."),
        (lora("lora_unet_double_blocks_0_img_mlp_0"), {}, "The LoRA luca is for FLUX.1 and does not fit a model of SDXL."),
        (lora("lora_unet_x"), {"ss_base_model_version": "sd_v1"}, "The LoRA luca is for Stable Diffusion 1.5 and does not fit"),
        ({"lora_unet_mid.oft_blocks": torch.ones(2, 2)}, {}, "The LoRA luca is an OFT network, which"),
        ({**lora(), "lora_unet_mid.dora_scale": torch.ones(4, 1)}, {}, "The LoRA luca is a DoRA, whose"),
        ({"weight": torch.ones(2)}, {}, "The LoRA luca is of a format that no loader here reads."),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, tensors: dict[str, Any], metadata: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(save(tmp_path / "a.safetensors", tensors, **metadata))
    assert caught.value.message.startswith(said)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pt", b"\x80\x02.", "is a pickle"),
        ("a.safetensors", b"PK\x03\x04" + bytes(600), "is a pickle"),
        ("a.safetensors", b"words", "no whole safetensors file"),
        ("a.safetensors", b"", "no whole safetensors file"),
        ("gone.safetensors", None, "cannot be read"),
    ],
)
def test_damaged_files_and_pickles_are_refused(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadMedia) as caught:
        read(tmp_path / name)
    assert said in caught.value.message
    assert "\n" not in str(caught.value)


def test_a_file_that_was_cut_short(tmp_path: Path) -> None:
    path = save(tmp_path / "a.safetensors", lora())
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(StudioError, match="cut short"):
        read(path)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("StableDiffusionXLControlNetPipeline", "sdxl"), ("StableDiffusion3Pipeline", "sd3"), ("StableDiffusionPipeline", "sd15"),
        ("Flux2KleinPipeline", "flux2"), ("FluxPipeline", "flux"), ("ZImageImg2ImgPipeline", "z-image"), ("OtherPipeline", ""),
    ],
)  # fmt: skip
def test_families_by_pipeline(name: str, family: str) -> None:
    assert family_of(type(name, (), {})()) == family
