"""Weights that come to the device in groups, all at once or one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from backends.base import Cancelled, Device, OutOfMemory  # noqa: E402
from backends.diffusion import memory  # noqa: E402
from backends.diffusion.memory import Groups, working_bytes  # noqa: E402
from backends.images import ImageHooks, LoraInput  # noqa: E402
from tests.backends.tiny import pictures  # noqa: E402
from tests.backends.tiny.painting import a_call, bits, kept_states, loaded  # noqa: E402

if TYPE_CHECKING:
    from backends.diffusion.engine import DiffusersImage


class Desk:
    """A device that is host memory: copies of slabs lie on it while they are placed."""

    def __init__(self) -> None:
        self.copies = 0

    def place(self, slab: Any, device: str) -> Any:
        self.copies += 1
        return slab.clone()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    really = memory.Groups

    def groups(*arguments: Any, **options: Any) -> Groups:
        return really(*arguments, **options, place=made.place)

    monkeypatch.setattr("backends.diffusion.engine.Groups", groups)
    return made


@pytest.mark.parametrize("family", ["sdxl", "flux2", "z-image"])
def test_streamed_weights_paint_the_same_picture(tiny_pictures: dict[str, Path], desk: Desk, family: str) -> None:
    engine = loaded(tiny_pictures[family], family)
    assert engine._groups is not None
    assert engine._groups.placed
    call = a_call(family, steps=6)
    whole, states = kept_states(engine, call)
    before = desk.copies
    assert (engine.relieve(2), engine.relieve(2)) == (True, False)
    assert not any(slabs.placed for _, slabs in engine._groups._groups)
    assert bits(engine, call) == whole
    assert desk.copies > before + 6, "they came for every step"
    assert not any(slabs.placed for _, slabs in engine._groups._groups), "and left again"
    assert bits(engine, call, resume=states[0]) == whole
    engine.deactivate()
    engine.activate()
    assert bits(engine, call) == whole
    engine.close()


def test_cancelling_leaves_nothing_on_the_device(tiny_pictures: dict[str, Path], desk: Desk) -> None:
    engine = loaded(tiny_pictures["sdxl"])
    engine.relieve(2)
    assert engine._groups is not None

    def give_up(done: int, steps: int) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        engine.generate(a_call(), ImageHooks(on_step=give_up))
    assert not any(slabs.placed for _, slabs in engine._groups._groups)
    engine.close()


def test_a_lora_joins_placed_and_streamed_weights_and_leaves_both(tiny_pictures: dict[str, Path], desk: Desk, tmp_path: Path) -> None:
    engine = loaded(tiny_pictures["sdxl"])
    lora = (LoraInput("luca", pictures.save_lora(tmp_path / "luca.safetensors", text=True)),)
    plain, joined = bits(engine, a_call()), bits(engine, a_call(loras=lora))
    assert plain != joined
    engine.relieve(2)
    assert bits(engine, a_call()) == plain
    assert bits(engine, a_call(loras=lora)) == joined
    assert bits(engine, a_call()) == plain
    engine.close()


def test_what_does_not_fit_leaves_nothing_behind(tiny_pictures: dict[str, Path]) -> None:
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel.from_pretrained(tiny_pictures["sdxl"] / "unet")
    placed = 0

    def full(slab: Any, device: str) -> Any:
        nonlocal placed
        placed += 1
        if placed > 2:
            raise torch.OutOfMemoryError("out of memory")
        return slab.clone()

    groups = Groups({"unet": unet}, Device(), ("unet",), place=full)
    with pytest.raises(OutOfMemory):
        groups.place()
    assert not groups.placed
    assert not any(slabs.placed for _, slabs in groups._groups)
    groups.close()


def test_every_weight_is_in_exactly_one_group(engines: dict[str, DiffusersImage]) -> None:
    for engine in engines.values():
        copied: list[int] = []
        modules = dict(engine.modules())
        wanted = sum(tensor.nbytes for module in modules.values() for tensor in {id(t): t for t in _tensors(module)}.values())
        groups = Groups(
            {name: _copy(module) for name, module in modules.items()}, Device(), (engine.kind.denoiser, "vae"), place=_count(copied)
        )
        groups.place()
        assert wanted <= sum(copied) <= wanted * 1.5 + 512 * 1000  # each begins at a multiple of 512 bytes
        assert groups.footprint.device_bytes == sum(copied)
        groups.close()


def _tensors(module: Any) -> list[Any]:
    return [*module.parameters(), *module.buffers()]


def _copy(module: Any) -> Any:
    import copy

    return copy.deepcopy(module)


def _count(copied: list[int]) -> Callable[[Any, str], Any]:
    def place(slab: Any, device: str) -> Any:
        copied.append(slab.nbytes)
        return slab.clone()

    return place


def test_on_a_processor_streaming_saves_nothing(sdxl: DiffusersImage) -> None:
    assert not sdxl.relieve(2)


def test_first_guesses() -> None:
    usual = {"width": 1024, "height": 1024}
    assert working_bytes("sdxl", usual, tiled=True) < working_bytes("sdxl", usual)
    assert working_bytes("sdxl", {**usual, "references": 1}) > working_bytes("sdxl", usual)
    assert working_bytes("sdxl", {}) == working_bytes("sdxl", usual)
