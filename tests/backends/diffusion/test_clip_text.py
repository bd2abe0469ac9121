"""What SDXL's text encoders make of prompts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from backends.diffusion.clip_text import Reader  # noqa: E402


@pytest.fixture(scope="module")
def pipe(tiny_pictures: dict[str, Path]) -> Any:
    from diffusers import StableDiffusionXLPipeline

    return StableDiffusionXLPipeline.from_pretrained(tiny_pictures["sdxl"])


@pytest.fixture
def reader(pipe: Any) -> Reader:
    return Reader(pipe, "cpu")


def test_a_plain_short_prompt_is_read_as_the_library_reads_it(pipe: Any, reader: Reader) -> None:
    wanted, unwanted = reader.read("a small fox, on a hill", "rain", 1)
    theirs = pipe.encode_prompt("a small fox, on a hill", negative_prompt="rain", device="cpu")
    for mine, other in zip((wanted.states, unwanted.states, wanted.pooled, unwanted.pooled), theirs, strict=True):
        assert torch.equal(mine, other)


def test_no_negative_prompt_is_nought_where_the_model_was_trained_so(pipe: Any, reader: Reader) -> None:
    _, unwanted = reader.read("a fox", "  ", 1)
    assert not unwanted.states.any()
    assert not unwanted.pooled.any()


@pytest.mark.parametrize(("clip_skip", "theirs"), [(1, None), (2, None), (3, 1), (4, 2)])
def test_clip_skip_counts_as_a1111_counts(pipe: Any, reader: Reader, clip_skip: int, theirs: int | None) -> None:
    wanted, _ = reader.read("a fox", "rain", clip_skip)
    assert torch.equal(wanted.states, pipe.encode_prompt("a fox", device="cpu", clip_skip=theirs)[0])


def test_long_prompts_are_read_to_their_end(reader: Reader) -> None:
    long = "x" * 90
    first, other = reader.read(long + " fox", "", 1)[0], reader.read(long + " dog", "", 1)[0]
    assert first.chunks == 2
    assert first.states.shape[1] == 154
    assert torch.equal(first.states[:, :77], other.states[:, :77])
    assert not torch.equal(first.states[:, 77:], other.states[:, 77:])
    assert torch.equal(first.pooled, other.pooled), "of the first part, as other programs take it"


def test_both_sides_are_of_one_length(reader: Reader) -> None:
    wanted, unwanted = reader.read("a fox", "x" * 200, 1)
    assert wanted.states.shape == unwanted.states.shape == (1, 231, 80)


def test_weights_turn_attention_and_keep_the_mean(reader: Reader) -> None:
    flat, told = reader.read("a red fox", "rain", 1)[0].states, reader.read("a (red:1.5) fox", "rain", 1)[0].states
    assert not torch.equal(flat, told)
    assert torch.allclose(told.mean(), flat.mean(), atol=1e-4)
    share = (told / flat)[0, :, 0]
    assert share[2] / share[1] == pytest.approx(1.5, rel=1e-3), "the second token is the first of the weighed word"


def test_a_break_keeps_two_things_apart(reader: Reader) -> None:
    together, apart = reader.read("red fox blue hill", "", 1)[0], reader.read("red fox BREAK blue hill", "", 1)[0]
    assert (together.chunks, apart.chunks) == (1, 2)
