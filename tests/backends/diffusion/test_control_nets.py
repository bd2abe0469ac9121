"""ControlNets are loaded from folders and single files, or refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from backends.diffusion.control_nets import load_net, weights_file  # noqa: E402
from configs.errors import BadInput, BadMedia  # noqa: E402
from tests.backends.tiny import pictures  # noqa: E402
from tests.backends.weights import safetensors  # noqa: E402


@pytest.fixture(scope="module")
def unet() -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(**pictures.UNET)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("nets")
    pictures.save_controlnet(made / "plain")
    pictures.save_controlnet(made / "plain.safetensors")
    pictures.save_controlnet(made / "union", union=True)
    pictures.save_controlnet(made / "union.safetensors", union=True)
    return made


def same(one: Any, other: Any) -> bool:
    first, second = one.state_dict(), other.state_dict()
    return first.keys() == second.keys() and all(torch.equal(value, second[name]) for name, value in first.items())


@pytest.mark.parametrize(("name", "kind"), [("plain", "ControlNetModel"), ("union", "ControlNetUnionModel")])
def test_one_file_is_the_same_net_as_the_folder(unet: Any, folder: Path, name: str, kind: str) -> None:
    whole, single = load_net(folder / name, unet, "cpu"), load_net(folder / f"{name}.safetensors", unet, "cpu")
    assert type(whole).__name__ == type(single).__name__ == kind
    assert same(whole, single)
    assert not any(weight.requires_grad or weight.is_meta for weight in whole.parameters())


def test_it_is_of_the_models_precision(folder: Path) -> None:
    from diffusers import UNet2DConditionModel

    assert load_net(folder / "plain", UNet2DConditionModel(**pictures.UNET).to(torch.bfloat16), "cpu").dtype == torch.bfloat16


def test_the_hubs_second_form_has_its_own_config(unet: Any, folder: Path, tmp_path: Path) -> None:
    promax = tmp_path / "promax"
    promax.mkdir()
    (promax / "diffusion_pytorch_model_promax.safetensors").write_bytes((folder / "union.safetensors").read_bytes())
    config = json.loads((folder / "union" / "config.json").read_text(encoding="utf-8"))
    (promax / "config_promax.json").write_text(json.dumps(config), encoding="utf-8")
    assert same(load_net(promax, unet, "cpu"), load_net(folder / "union", unet, "cpu"))


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (
            {"controlnet_cond_embedding.conv_in.weight": (1,), "x.attn2.to_k.weight": (1, 768)},
            "is for Stable Diffusion 1.5 and does not fit",
        ),
        ({"controlnet_cond_embedding.conv_in.weight": (4, 3)}, "does not fit this model"),
        ({"control_model.input_blocks.0.0.weight": (1,)}, "is in the layout of the first ControlNet code"),
        ({"lora_te1_x.lora_down.weight": (1, 2)}, "is no ControlNet but a lora"),
        ({"lora_controlnet": (1,), "input_hint_block.0.weight": (1,)}, "is no ControlNet"),
    ],
)
def test_what_is_none_of_this_model_is_refused(unet: Any, tmp_path: Path, shapes: dict[str, tuple[int, ...]], said: str) -> None:
    path = safetensors(tmp_path / "net.safetensors", shapes)
    with pytest.raises(BadInput) as caught:
        load_net(path, unet, "cpu")
    assert said in caught.value.message
    assert caught.value.remedy


def test_pickles_and_damage(unet: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"\x80\x02.")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x02.")
    (tmp_path / "empty").mkdir()
    short = tmp_path / "short.safetensors"
    short.write_bytes((folder / "plain.safetensors").read_bytes()[:-10])
    for name, said in (
        ("net.pth", "is a pickle"),
        ("old", "is a pickle"),
        ("empty", "has no weights"),
        ("gone", "has no weights"),
        ("short.safetensors", "cut short"),
    ):
        with pytest.raises(BadMedia, match=said):
            load_net(tmp_path / name, unet, "cpu")


def test_the_file_that_is_meant(folder: Path) -> None:
    assert weights_file(folder / "plain") == folder / "plain" / "diffusion_pytorch_model.safetensors"
    assert weights_file(folder / "plain.safetensors") == folder / "plain.safetensors"
