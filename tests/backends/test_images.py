"""The contract of engines for pictures: every task of it has an engine that keeps it, and calls come with sane defaults."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from backends.images import (
    KEEP_EVERY,
    DepthEngine,
    FeatureEngine,
    ImageCall,
    ImageEngine,
    ImageHooks,
    LoraInput,
    MatteEngine,
    UpscaleEngine,
)
from backends.registry import ENGINES, load_cards

METHODS = {
    "image": (ImageEngine, "generate"), "image-features": (FeatureEngine, "features"), "depth": (DepthEngine, "depth"),
    "upscale": (UpscaleEngine, "upscale"), "matting": (MatteEngine, "matte"),
}  # fmt: skip


class Idle:
    """Everything that any engine has, and nothing that one kind has."""

    scale = 1

    def _nothing(self, *_: object) -> None:
        return None

    load = activate = deactivate = close = working_bytes = relieve = _nothing


@pytest.mark.parametrize("task", METHODS)
def test_an_engine_is_of_a_kind_by_what_it_does(task: str) -> None:
    protocol, method = METHODS[task]
    made = type("Made", (Idle,), {method: Idle._nothing})()
    assert isinstance(made, protocol)
    assert not isinstance(Idle(), protocol)
    assert not any(isinstance(made, other) for name, (other, _) in METHODS.items() if name != task)


@pytest.mark.parametrize("task", METHODS)
def test_every_task_has_a_row_and_a_preset(task: str) -> None:
    engines = {kind.name for kind in ENGINES if task in kind.tasks}
    assert engines
    assert any(card.engine in engines for card in load_cards().values() if card.task == task)


def test_a_call_says_only_what_it_must() -> None:
    call = ImageCall(prompt="a fox", width=64, height=64, steps=4, guidance=5.0, seed=1)
    assert (call.image, call.mask, call.loras, call.controls, call.references) == (None, None, (), (), ())
    assert (call.clip_skip, call.tiling, call.compiled) == (1, None, False)
    with pytest.raises(FrozenInstanceError):
        call.seed = 2  # type: ignore[misc]
    assert LoraInput("ink", Path("ink.safetensors")).text_weight is None


def test_hooks_that_nobody_sets_do_nothing() -> None:
    hooks = ImageHooks()
    assert hooks.on_step(1, 4) is None  # type: ignore[func-returns-value]
    assert hooks.on_preview is None
    assert hooks.on_keep is None
    assert not hooks.is_cancelled()
    assert KEEP_EVERY == 5
