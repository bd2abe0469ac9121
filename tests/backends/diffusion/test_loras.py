"""LoRAs in whole pipelines: what they change, that they leave no trace, and that swapping them compiles nothing anew."""

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
from configs.errors import BadInput, BadMedia  # noqa: E402
from tests.backends.tiny import pictures, pipes  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("loras")
    pictures.save_sdxl(made / "sdxl")
    pictures.save_lora(made / "luca.safetensors")
    pictures.save_lora(made / "style.safetensors", text=True, seed=5, rank=8)
    return made


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return pipes.sdxl(folder / "sdxl")


@pytest.fixture
def loras(pipe: Any) -> Any:
    made = Loras(pipe, Device())
    yield made
    made.clear()


def lora(folder: Path, name: str, weight: float = 1.0, text_weight: float | None = None) -> LoraInput:
    return LoraInput(name, folder / f"{name}.safetensors", weight, text_weight)


def test_they_change_the_picture_and_leave_no_trace(pipe: Any, loras: Loras, folder: Path) -> None:
    before, weights = pipes.paint(pipe), pipes.weights(pipe)
    assert loras.use([lora(folder, "luca")]) == []
    whole = pipes.paint(pipe)
    assert abs(whole - before).max() > 0.01
    loras.use([lora(folder, "luca", 0.4)])
    assert abs(pipes.paint(pipe) - whole).max() > 0.01, "the weight counts"
    loras.use([lora(folder, "luca"), lora(folder, "style", 0.7)])
    assert abs(pipes.paint(pipe) - whole).max() > 0.01
    loras.clear()
    assert pipes.changed(weights, pipes.weights(pipe)) == set()
    assert bool((pipes.paint(pipe) == before).all()), "bit for bit as if never loaded"
    loras.use([lora(folder, "luca")])
    assert bool((pipes.paint(pipe) == whole).all()), "and the same again"


def test_weight_0_is_none_and_none_is_clear(pipe: Any, loras: Loras, folder: Path) -> None:
    before = pipes.weights(pipe)
    loras.use([lora(folder, "luca", 0.0), lora(folder, "style", 0.0, 0.0)])
    assert loras.active == ()
    assert pipes.changed(before, pipes.weights(pipe)) == set()
    loras.use([lora(folder, "luca")])
    assert len(loras.active) == 1
    loras.use([])
    assert pipes.changed(before, pipes.weights(pipe)) == set()


def test_two_commute_bit_for_bit(pipe: Any, loras: Loras, folder: Path) -> None:
    one, other = lora(folder, "luca", 0.8), lora(folder, "style", -0.5)
    loras.use([one, other])
    first = pipes.weights(pipe)
    loras.clear()
    loras.use([other, one])
    assert pipes.changed(first, pipes.weights(pipe)) == set()
    loras.use([lora(folder, "luca", 0.5), other, lora(folder, "luca", 0.3)])
    assert pipes.changed(first, pipes.weights(pipe)) == set(), "twice the same file counts as the sum"


def test_the_weights_are_those_that_diffusers_merges(pipe: Any, loras: Loras, folder: Path) -> None:
    loras.use([lora(folder, "luca")])
    ours = {name: value for name, value in pipes.weights(pipe).items() if name.startswith("unet.")}
    loras.clear()
    pipe.load_lora_weights(str(folder / "luca.safetensors"), adapter_name="theirs")
    pipe.unet.fuse_lora()
    theirs = {f"unet.{name.replace('.base_layer', '')}": value for name, value in pipe.unet.state_dict().items() if "lora_" not in name}
    try:
        assert max(float((value - theirs[name]).abs().max()) for name, value in ours.items()) < 1e-6
    finally:
        pipe.unet.unfuse_lora()
        pipe.unload_lora_weights()
        pipe.unet.load_state_dict({name.removeprefix("unet."): value for name, value in ours.items()})
        fresh = pipes.sdxl(folder / "sdxl")
        pipe.unet.load_state_dict(fresh.unet.state_dict())


def test_text_encoders_are_changed_by_their_own_weight(pipe: Any, loras: Loras, folder: Path) -> None:
    def embedded() -> Any:
        return pipe.encode_prompt("luca", device="cpu", do_classifier_free_guidance=False)[0]

    before, weights = embedded(), pipes.weights(pipe)
    loras.use([lora(folder, "style", 1.0, 0.0)])
    assert torch.equal(embedded(), before)
    loras.use([lora(folder, "style", 0.0, 1.0)])
    assert not torch.equal(embedded(), before)
    touched = pipes.changed(weights, pipes.weights(pipe))
    assert {name.split(".")[0] for name in touched} == {"text_encoder", "text_encoder_2"}
    assert len(touched) == len(pictures.LORA_TEXT), "every layer it names"
    told = loras.use([lora(folder, "luca", 1.0, 0.5)])
    assert told == ["The LoRA luca has nothing for the text encoders; its weight for them does nothing."]
    assert loras.use([lora(folder, "luca", 1.0, 0.5)]) == told, "told again, though nothing is done again"


def test_the_text_encoders_weights_are_those_of_the_formula(pipe: Any, loras: Loras, folder: Path) -> None:
    from safetensors.torch import load_file

    file = load_file(folder / "style.safetensors")
    layer = "lora_te2_text_model_encoder_layers_1_mlp_fc1"
    root = getattr(pipe.text_encoder_2, "text_model", pipe.text_encoder_2)
    weight = root.encoder.layers[1].mlp.fc1.weight
    wanted = weight + 0.5 * (file[f"{layer}.alpha"] / 8) * file[f"{layer}.lora_up.weight"] @ file[f"{layer}.lora_down.weight"]
    loras.use([lora(folder, "style", 1.0, 0.5)])
    assert torch.allclose(weight, wanted, atol=1e-6)


def test_what_fails_leaves_what_was_there(pipe: Any, loras: Loras, folder: Path, tmp_path: Path) -> None:
    loras.use([lora(folder, "luca")])
    before, active = pipes.weights(pipe), loras.active
    (tmp_path / "broken.safetensors").write_bytes((folder / "luca.safetensors").read_bytes()[:-100])
    (tmp_path / "old.safetensors").write_bytes(b"\x80\x02.")
    for name, said in (("broken", "cut short"), ("old", "pickle"), ("gone", "cannot be read")):
        with pytest.raises(BadMedia, match=said):
            loras.use([lora(folder, "style"), lora(tmp_path, name)])
    from safetensors.torch import save_file

    narrow = {f"{name}.lora_down.weight": torch.ones(2, 3) for name in pictures.LORA_UNET}
    narrow |= {f"{name}.lora_up.weight": torch.ones(3, 2) for name in pictures.LORA_UNET}
    save_file(narrow, tmp_path / "other.safetensors", {"ss_base_model_version": "sd_v1"})
    with pytest.raises(BadInput, match=r"is for Stable Diffusion 1\.5 and does not fit a model of SDXL"):
        loras.use([lora(folder, "style"), lora(tmp_path, "other")])
    assert loras.active == active
    assert pipes.changed(before, pipes.weights(pipe)) == set()


def test_a_file_that_was_replaced_is_another(pipe: Any, loras: Loras, tmp_path: Path) -> None:
    pictures.save_lora(tmp_path / "luca.safetensors", seed=1)
    loras.use([lora(tmp_path, "luca")])
    before = pipes.weights(pipe)
    pictures.save_lora(tmp_path / "luca.safetensors", seed=2, rank=8)
    loras.use([lora(tmp_path, "luca")])
    assert pipes.changed(before, pipes.weights(pipe))


def test_ten_swaps_compile_nothing_anew(folder: Path, tmp_path: Path) -> None:
    import torch._dynamo as dynamo

    pipe = pipes.sdxl(folder / "sdxl")
    compiled: list[int] = []

    def backend(graph: Any, inputs: Any) -> Any:
        compiled.append(len(inputs))
        return graph.forward

    dynamo.reset()
    pipe.unet.compile_repeated_blocks(backend=backend)  # as the engine compiles
    loras = Loras(pipe, Device())
    loras.use([lora(folder, "luca")])
    pipes.paint(pipe)
    built = len(compiled)
    assert built > 0
    seen = []
    for number in range(10):
        path = pictures.save_lora(tmp_path / f"{number}.safetensors", text=number % 2 == 0, seed=number, rank=2 + number)
        loras.use([LoraInput(str(number), path, 0.3 + 0.1 * number), lora(folder, "style")][: 1 + number % 2])
        seen.append(pipes.paint(pipe).tobytes())
    loras.clear()
    pipes.paint(pipe)
    assert len(compiled) == built, "ranks, weights, numbers of LoRAs: all without compiling"
    assert len(set(seen)) == 10, "and every one was in the picture"
    dynamo.reset()
