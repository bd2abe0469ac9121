"""Files on the disk: whole, damaged, of another kind, and what is said of each."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from backends.base import Device  # noqa: E402
from backends.diffusion.load import load_parts, vae_dtype  # noqa: E402
from configs.errors import BadMedia  # noqa: E402
from tests.backends.tiny.models import installed  # noqa: E402
from tests.backends.tiny.painting import a_call, bits, loaded  # noqa: E402


@pytest.fixture
def folder(tiny_pictures: dict[str, Path], tmp_path: Path) -> Path:
    """A copy to be broken."""
    return shutil.copytree(tiny_pictures["sdxl"], tmp_path / "broken")


def refused(folder: Path) -> str:
    with pytest.raises(BadMedia) as caught:
        load_parts(installed(folder, "image", "diffusers-image", family="sdxl"), Device(), lambda *_: None, [])
    assert caught.value.remedy
    return caught.value.message


def test_files_of_the_half_width_are_found_by_their_ending(folder: Path) -> None:
    for path in [*folder.glob("*/*.safetensors")]:
        path.rename(path.with_name(path.name.replace(".safetensors", ".fp16.safetensors")))
    engine = loaded(folder, variant="fp16")
    assert {str(part.dtype) for name, part in engine.modules().items() if name != "vae"} == {"torch.bfloat16"}, "a processor has no fp16"
    assert engine.parts["vae"].dtype == torch.float32
    assert len(bits(engine, a_call(steps=1))) == 64 * 64 * 3
    engine.close()


def test_the_vae_is_never_in_fp16(tiny_pictures: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    model = installed(tiny_pictures["sdxl"], "image", "diffusers-image", variant="fp16", family="sdxl")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert vae_dtype(model, Device("cuda:0")) == torch.bfloat16
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    assert vae_dtype(model, Device("cuda:0")) == torch.float32
    assert vae_dtype(model, Device()) == torch.float32


def test_a_part_that_is_missing(folder: Path) -> None:
    shutil.rmtree(folder / "text_encoder_2")
    assert "has no text_encoder_2" in refused(folder)


def test_weights_that_are_missing(folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    assert "no .safetensors file" in refused(folder)


def test_weights_that_were_cut_short(folder: Path) -> None:
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    assert "cut short" in refused(folder)


def test_tensors_that_are_missing(folder: Path) -> None:
    from safetensors.torch import load_file, save_file

    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(path)
    del tensors["decoder.conv_out.weight"]
    save_file(tensors, path)
    assert "not whole: 1 tensors are missing, decoder.conv_out.weight" in refused(folder)


def test_pickles_are_refused(folder: Path) -> None:
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(pickle.dumps({"a": 1}))
    assert "is a pickle" in refused(folder)


def test_a_pickle_instead_of_a_checkpoint(tmp_path: Path) -> None:
    made = tmp_path / "model"
    made.mkdir()
    (made / "model.ckpt").write_bytes(pickle.dumps({"a": 1}))
    assert "is a pickle" in refused(made)


def test_a_folder_of_nothing(tmp_path: Path) -> None:
    made = tmp_path / "empty"
    made.mkdir()
    assert "neither a model_index.json nor one .safetensors file" in refused(made)


@pytest.mark.parametrize(("index", "said"), [("{", "cannot be read"), (json.dumps({"_class_name": "FluxPipeline"}), "is a FluxPipeline")])
def test_another_kind_of_pipeline(folder: Path, index: str, said: str) -> None:
    (folder / "model_index.json").write_text(index)
    assert said in refused(folder)


@pytest.mark.parametrize("name", ["os.system", "StableDiffusionXLPipeline", "NoSuchScheduler"])
def test_a_scheduler_that_is_none(folder: Path, name: str) -> None:
    path = folder / "scheduler" / "scheduler_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "_class_name": name}))
    assert f"wants the scheduler {name!r}" in refused(folder)


def test_a_config_that_does_not_fit_its_weights(folder: Path) -> None:
    path = folder / "unet" / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "cross_attention_dim": 96}))
    assert "unet of Broken cannot be loaded" in refused(folder)


def test_what_a_pipeline_is_built_with_beside_its_parts(folder: Path) -> None:
    def settings() -> dict[str, object]:
        return dict(load_parts(installed(folder, "image", "diffusers-image", family="sdxl"), Device(), lambda *_: None, []).settings)

    assert settings() == {"force_zeros_for_empty_prompt": True}
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "force_zeros_for_empty_prompt": False}))
    assert settings() == {"force_zeros_for_empty_prompt": False}
