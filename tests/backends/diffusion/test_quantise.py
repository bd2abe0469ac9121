"""Smaller weights: which layers get them, and that every family paints with them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytest.importorskip("bitsandbytes")

from backends.diffusion.quantise import quantise  # noqa: E402
from backends.images import ImageHooks  # noqa: E402
from tests.backends.tiny.painting import a_call, bits, kept_states, loaded  # noqa: E402

LAYERS = {"nf4": "Linear4bit", "int8": "Linear8bitLt"}


def kinds(module: Any) -> Counter[str]:
    return Counter(type(part).__name__ for part in module.modules())


@pytest.mark.parametrize("wanted", LAYERS)
@pytest.mark.parametrize("family", ["sdxl", "flux2", "z-image"])
def test_every_family_paints_with_every_quantiser(tiny_pictures: dict[str, Path], family: str, wanted: str) -> None:
    engine = loaded(tiny_pictures[family], family, variant=wanted, quantise=wanted)
    assert engine.notes == []
    assert kinds(engine.parts[engine.kind.denoiser])[LAYERS[wanted]] >= 2
    assert kinds(engine.parts["vae"])[LAYERS[wanted]] == 0
    call = a_call(family, steps=6)
    whole, states = kept_states(engine, call)
    assert bits(engine, call, resume=states[0]) == whole
    engine.close()


@pytest.mark.parametrize("wanted", LAYERS)
def test_what_is_large_is_packed_and_what_decides_much_is_spared(wanted: str) -> None:
    from torch import nn

    model = nn.ModuleDict(
        {
            "to_q": nn.Linear(128, 64), "proj_out": nn.Linear(128, 64), "time_embed": nn.Linear(128, 64), "lm_head": nn.Linear(128, 64),
            "odd": nn.Linear(72, 64), "narrow": nn.Linear(64, 40), "block": nn.ModuleList([nn.Linear(64, 32, bias=False)]),
        }
    )  # fmt: skip
    held = torch.randn(3, 128)
    exact = model["to_q"](held)
    assert quantise(model, wanted, torch.float32, "cpu") == 2
    assert type(model["to_q"]).__name__ == type(model["block"][0]).__name__ == LAYERS[wanted]
    assert {type(model[name]).__name__ for name in ("proj_out", "time_embed", "lm_head", "odd", "narrow")} == {"Linear"}
    near = model["to_q"](held)
    assert float((near - exact).abs().mean() / exact.abs().mean()) < 0.15
    weight = model["to_q"].weight
    assert weight.element_size() == 1
    assert not weight.requires_grad


def test_a_library_that_does_not_work_is_told_and_the_wide_form_serves(
    tiny_pictures: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> int:
        raise RuntimeError("libbitsandbytes_cuda: cannot open\nmore")

    monkeypatch.setattr("backends.diffusion.load.quantise", broken)
    engine = loaded(tiny_pictures["sdxl"], variant="nf4", quantise="nf4")
    (note,) = engine.generate(a_call(steps=1), ImageHooks()).notes
    assert note == "NF4 could not be used (libbitsandbytes_cuda: cannot open); the wider form was loaded instead."
    engine.close()
