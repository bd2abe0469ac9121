"""Compiling once, for the calls that ask for it; swapping LoRAs compiles nothing anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from backends.diffusion.compiled import is_compilers  # noqa: E402
from backends.images import ImageHooks, LoraInput  # noqa: E402
from tests.backends.tiny import pictures  # noqa: E402
from tests.backends.tiny.painting import a_call, bits, loaded  # noqa: E402


class Eager:
    """Stands in for the compiler: the graphs are made, and run as they are."""

    def __init__(self, unet: Any) -> None:
        self._really, self._unet, self.times = type(unet).compile_repeated_blocks, unet, 0

    def __call__(self, **options: Any) -> None:
        self.times += 1
        self._really(self._unet, **options, backend="eager")


@pytest.fixture
def engine(tiny_pictures: dict[str, Path]) -> Iterator[Any]:
    torch._dynamo.reset()
    made = loaded(tiny_pictures["sdxl"])
    made.parts["unet"].compile_repeated_blocks = Eager(made.parts["unet"])
    yield made
    made.close()
    torch._dynamo.reset()


def graphs() -> int:
    return int(torch._dynamo.utils.counters["stats"]["unique_graphs"])


def test_it_is_done_once_and_swapping_loras_compiles_nothing_anew(engine: Any, tmp_path: Path) -> None:
    loras = [pictures.save_lora(tmp_path / f"{seed}.safetensors", seed=seed, rank=rank) for seed, rank in ((1, 4), (2, 8))]
    call = a_call(steps=2, compiled=True)
    plain = bits(engine, call)
    before = graphs()
    made = {bits(engine, a_call(steps=2, compiled=True, loras=(LoraInput(path.stem, path),))) for path in loras * 2}
    assert len(made) == 2
    assert bits(engine, call) == plain
    assert graphs() == before > 0
    assert engine.parts["unet"].compile_repeated_blocks.times == 1


def test_calls_that_do_not_ask_for_it_run_as_ever(engine: Any) -> None:
    usual = bits(engine, a_call(steps=1))
    bits(engine, a_call(steps=1, compiled=True))
    blocks = [block for block in engine.parts["unet"].modules() if block._compiled_call_impl is not None]
    assert blocks
    assert bits(engine, a_call(steps=1)) == usual
    assert all(block._compiled_call_impl is None for block in blocks)
    bits(engine, a_call(steps=1, compiled=True))
    assert all(block._compiled_call_impl is not None for block in blocks)


def test_without_a_compiler_the_picture_is_made_as_usual(engine: Any) -> None:
    def fail(**options: Any) -> None:
        raise torch._dynamo.exc.TorchDynamoException("no C++ compiler was found\nmore")

    engine.parts["unet"].compile_repeated_blocks = fail
    made = engine.generate(a_call(steps=1, compiled=True), ImageHooks())
    assert made.notes == ("The model could not be compiled (no C++ compiler was found), so it was used as it is.",)
    assert made.image.tobytes() == bits(engine, a_call(steps=1))


def test_only_the_compilers_failures_count() -> None:
    assert is_compilers(torch._dynamo.exc.TorchDynamoException("x"))
    assert not is_compilers(ValueError("x"))
