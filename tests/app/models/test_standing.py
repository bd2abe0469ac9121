"""What is said of a machine before the first model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.models.builds import Gpu
from app.models.standing import CPU_BYTES, CUDA_BYTES, ModelsMachine, standing
from backends.fit import Machine
from configs.settings import Settings

CARD = Gpu("NVIDIA GeForce RTX 4080", "570.10", (8, 9))


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., ModelsMachine]:
    def ask(
        lacking: Sequence[str] = (), cards: Sequence[Gpu] = (), owner: bool = True, on_gpu: bool | None = None, **settings: str
    ) -> ModelsMachine:
        on_gpu = bool(cards) if on_gpu is None else on_gpu
        machine = Machine("the GPU" if on_gpu else "memory", 16_000_000_000, 9_000_000_000)
        return standing(
            Settings(data_dir=tmp_path, **settings), machine, owner,
            missing=lambda names: [name for name in names if name in lacking], find_gpus=lambda: cards,
        )  # fmt: skip

    return ask


def test_without_a_gpu_the_processor_is_named_and_the_small_build(told: Callable[..., ModelsMachine]) -> None:
    found = told(lacking=("torch", "transformers"))
    assert (found.gpu, found.build, found.libraries, found.libraries_bytes) == ("", "cpu", False, CPU_BYTES)
    assert found.sentence == (
        "There is no GPU for models here: they run on the processor, and 16 GB of the memory are for models. "
        "The first model brings torch (cpu build) and the libraries beside it: about 450 MB to download, once."
    )


def test_with_a_card_its_name_and_the_large_build(told: Callable[..., ModelsMachine]) -> None:
    found = told(lacking=("torch",), cards=(CARD,))
    assert found.gpu == CARD.name
    assert found.build.startswith("cu")
    assert found.libraries_bytes == CUDA_BYTES
    assert "3.6 GB to download" in found.sentence


def test_nothing_is_said_of_what_is_there(told: Callable[..., ModelsMachine]) -> None:
    found = told(owner=False)
    assert (found.libraries, found.libraries_bytes, found.build, found.owner) == (True, 0, "", False)
    assert found.sentence.endswith("16 GB of the memory are for models.")


def test_only_what_is_beside_torch_may_be_missing(told: Callable[..., ModelsMachine]) -> None:
    found = told(lacking=("sentence_transformers",))
    assert found.build == ""
    assert 0 < found.libraries_bytes < CPU_BYTES
    assert "The first model brings the libraries beside torch" in found.sentence


def test_a_card_that_is_not_to_be_used_is_not_named(told: Callable[..., ModelsMachine]) -> None:
    found = told(cards=(CARD,), on_gpu=False, device="cpu")
    assert found.gpu == ""
    assert found.sentence.startswith("There is no GPU for models here")


def test_a_card_whose_name_nobody_tells_is_a_gpu_all_the_same(told: Callable[..., ModelsMachine]) -> None:
    assert told(on_gpu=True).sentence == "Models run on the GPU; 16 GB of its memory are for models."


def test_a_driver_too_old_for_any_build_is_no_reason_to_say_nothing(told: Callable[..., ModelsMachine]) -> None:
    found = told(lacking=("torch",), cards=(Gpu("NVIDIA GeForce RTX 5090", "525.1", (12, 0)),))
    assert found.build == "default"
