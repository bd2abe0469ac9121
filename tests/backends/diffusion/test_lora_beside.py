"""LoRAs beside weights that cannot be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytest.importorskip("peft")

from backends.base import Device  # noqa: E402
from backends.diffusion.lora_beside import Beside  # noqa: E402
from backends.diffusion.loras import Loras  # noqa: E402
from backends.images import LoraInput  # noqa: E402
from configs.errors import BadInput  # noqa: E402
from tests.backends.tiny import pictures, pipes  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("beside")
    pictures.save_sdxl(made / "sdxl")
    pictures.save_lora(made / "luca.safetensors")
    pictures.save_lora(made / "style.safetensors", seed=5, rank=8)
    return made


@pytest.fixture
def pipe(folder: Path) -> Any:
    return pipes.sdxl(folder / "sdxl")


def beside(pipe: Any) -> Loras:
    made = Loras(pipe, Device())
    made._way = Beside(pipe)
    return made


def test_they_count_and_leave_no_trace(pipe: Any, folder: Path) -> None:
    before, weights = pipes.paint(pipe), pipes.weights(pipe)
    loras = beside(pipe)
    one, other = (LoraInput(name, folder / f"{name}.safetensors") for name in ("luca", "style"))
    [told] = loras.use([one])
    assert "beside" in told
    first = pipes.paint(pipe)
    assert abs(first - before).max() > 0.01
    loras.use([one, other])
    both = pipes.paint(pipe)
    assert abs(both - first).max() > 0.01
    loras.use([other])
    assert abs(pipes.paint(pipe) - both).max() > 0.01
    loras.clear()
    assert pipes.changed(weights, pipes.weights(pipe)) == set()
    assert bool((pipes.paint(pipe) == before).all())


def test_what_stays_is_not_loaded_again(pipe: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    real = type(pipe).load_lora_weights
    monkeypatch.setattr(type(pipe), "load_lora_weights", lambda self, *a, **k: (loaded.append(k["adapter_name"]), real(self, *a, **k))[1])
    loras = beside(pipe)
    one, other = (LoraInput(name, folder / f"{name}.safetensors") for name in ("luca", "style"))
    loras.use([one])
    loras.use([one, other])
    loras.use([LoraInput("luca", one.path, 0.2), other])
    assert loaded == ["lora1", "lora2"]


def test_formats_that_are_not_computed_beside_are_refused(pipe: Any, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    name, (inward, outward) = next(iter(pictures.LORA_UNET.items()))
    factors = {"w1_a": (outward, 2), "w1_b": (2, inward), "w2_a": (outward, 2), "w2_b": (2, inward)}
    save_file({f"{name}.hada_{part}": torch.ones(size) for part, size in factors.items()}, tmp_path / "loha.safetensors")
    loras = beside(pipe)
    with pytest.raises(BadInput, match="cannot be used with a quantised model"):
        loras.use([LoraInput("loha", tmp_path / "loha.safetensors")])
    assert not loras.active


def test_one_that_does_not_fit_leaves_nothing_behind(pipe: Any, folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    narrow = {f"{name}.lora_down.weight": torch.ones(2, 3) for name in pictures.LORA_UNET}
    narrow |= {f"{name}.lora_up.weight": torch.ones(3, 2) for name in pictures.LORA_UNET}
    save_file(narrow, tmp_path / "other.safetensors")
    loras, weights = beside(pipe), pipes.weights(pipe)
    loras.use([LoraInput("luca", folder / "luca.safetensors")])
    with pytest.raises(BadInput, match="other was made for another model"):
        loras.use([LoraInput("other", tmp_path / "other.safetensors")])
    assert loras.active == ()
    assert pipes.changed(weights, pipes.weights(pipe)) == set()


def test_a_quantised_model_takes_them(folder: Path) -> None:
    packed = pytest.importorskip("bitsandbytes").nn
    pipe = pipes.sdxl(folder / "sdxl")
    for block in (pipe.unet.down_blocks[1], pipe.unet.mid_block):
        for path, layer in list(block.named_modules()):
            if isinstance(layer, torch.nn.Linear) and "attn" in path:
                small = packed.Linear4bit(layer.in_features, layer.out_features, layer.bias is not None, quant_type="nf4")
                small.load_state_dict(layer.state_dict())
                block.set_submodule(path, small.to("cpu"))
    before = pipes.paint(pipe)
    loras = Loras(pipe, Device())
    [told] = loras.use([LoraInput("luca", folder / "luca.safetensors")])
    assert "quantised" in told
    assert abs(pipes.paint(pipe) - before).max() > 0.01
    loras.clear()
    assert bool((pipes.paint(pipe) == before).all())
