"""One checkpoint file, as A1111 and civitai have them, loaded offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from backends.base import Device  # noqa: E402
from backends.diffusion.load import load_parts  # noqa: E402
from backends.images import ControlInput, ImageHooks  # noqa: E402
from configs.errors import BadInput, BadMedia  # noqa: E402
from tests.backends.tiny import pictures  # noqa: E402
from tests.backends.tiny.ldm import save_sdxl_file  # noqa: E402
from tests.backends.tiny.models import installed  # noqa: E402
from tests.backends.tiny.painting import HALF, SIDE, a_call, left_half, loaded, ramp  # noqa: E402


@pytest.fixture
def small(tiny_pictures: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped configs are of the full size; here those of the tiny model take their place."""
    monkeypatch.setattr("backends.diffusion.single_file.config_folder", lambda family, cache: tiny_pictures["sdxl"])
    return tiny_pictures["sdxl"]


def parts_of(path: Path, family: str = "sdxl") -> dict[str, Any]:
    return load_parts(installed(path, "image", "diffusers-image", family=family), Device(), lambda *_: None, [])


def test_it_holds_the_same_as_the_folder(small: Path, tmp_path: Path) -> None:
    file = save_sdxl_file(tmp_path / "luca" / "luca.safetensors", small)
    one, many = parts_of(file), parts_of(small)
    for name in ("unet", "vae", "text_encoder", "text_encoder_2"):
        mine, theirs = one[name].state_dict(), many[name].state_dict()
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(mine[key], theirs[key]) for key in mine)
    assert one["tokenizer"]("a fox").input_ids == many["tokenizer"]("a fox").input_ids
    assert parts_of(tmp_path / "luca")["unet"] is not None, "or the folder in which it lies"


def test_it_paints(small: Path, tmp_path: Path) -> None:
    engine = loaded(save_sdxl_file(tmp_path / "luca.safetensors", small))
    assert engine.generate(a_call(), ImageHooks()).image.size == (SIDE, SIDE)
    engine.close()


def test_what_it_was_trained_to_foresee_is_told_by_marks(small: Path, tmp_path: Path) -> None:
    file = save_sdxl_file(tmp_path / "v.safetensors", small, v_pred=torch.zeros(0), ztsnr=torch.zeros(0))
    config = parts_of(file)["scheduler"].config
    assert (config.prediction_type, config.rescale_betas_zero_snr, config.timestep_spacing) == ("v_prediction", True, "trailing")
    assert parts_of(save_sdxl_file(tmp_path / "e.safetensors", small))["scheduler"].config.get("prediction_type", "epsilon") == "epsilon"


def test_a_checkpoint_for_inpainting_sees_the_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pictures.save_sdxl(tmp_path / "inpaint", in_channels=9)
    usual = pictures.save_sdxl(tmp_path / "usual")
    monkeypatch.setattr("backends.diffusion.single_file.config_folder", lambda family, cache: usual)
    engine = loaded(save_sdxl_file(tmp_path / "inpaint.safetensors", folder))
    assert engine.parts["unet"].config.in_channels == 9
    made = [engine.generate(a_call(**start), ImageHooks()) for start in ({}, {"image": ramp()}, {"image": ramp(), "mask": left_half()})]
    assert len({picture.image.tobytes() for picture in made}) == 3
    right = (HALF, 0, SIDE, SIDE)
    assert made[2].image.crop(right).tobytes() == ramp().crop(right).tobytes()
    net = pictures.save_controlnet(tmp_path / "net")
    with pytest.raises(BadInput, match="ControlNets do not guide checkpoints for inpainting"):
        engine.generate(a_call(image=ramp(), controls=(ControlInput("canny", ramp(), net),)), ImageHooks())
    engine.close()


def refused(path: Path, family: str = "sdxl") -> str:
    with pytest.raises(BadMedia) as caught:
        parts_of(path, family)
    assert caught.value.remedy
    return caught.value.message


def without(path: Path, prefix: str) -> Path:
    from safetensors.torch import load_file, save_file

    tensors = load_file(path)
    save_file({name: tensor for name, tensor in tensors.items() if not name.startswith(prefix)}, path)
    return path


@pytest.mark.parametrize(("prefix", "said"), [("first_stage_model.", "no VAE"), ("conditioner.embedders.1.", "no second text encoder")])
def test_a_file_without_a_part_is_refused(small: Path, tmp_path: Path, prefix: str, said: str) -> None:
    assert said in refused(without(save_sdxl_file(tmp_path / "luca.safetensors", small), prefix))


def test_a_file_of_the_unet_alone_is_refused(small: Path, tmp_path: Path) -> None:
    file = without(without(save_sdxl_file(tmp_path / "lightning.safetensors", small), "first_stage_model."), "conditioner.")
    message = refused(file)
    assert "is no whole checkpoint but a diffusion model" in message
    assert "no VAE, no first text encoder" in message


def test_a_tensor_that_is_missing(small: Path, tmp_path: Path) -> None:
    file = without(save_sdxl_file(tmp_path / "luca.safetensors", small), "first_stage_model.decoder.conv_out.weight")
    assert "VAE in luca.safetensors is not whole" in refused(file)


def test_one_file_of_a_family_that_is_never_whole_is_refused(small: Path, tmp_path: Path) -> None:
    message = refused(save_sdxl_file(tmp_path / "klein.safetensors", small), "flux2")
    assert "is one file of FLUX.2 klein, which lacks the text encoder" in message
