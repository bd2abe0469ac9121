"""The loop that makes tokens, against the library's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from backends.base import Cancelled, OutOfMemory  # noqa: E402
from backends.sampling import Sampler  # noqa: E402
from backends.token_loop import Prompt, TokenLoop, within_memory  # noqa: E402


@pytest.fixture(scope="module")
def model(tiny_qwen: Path) -> Any:
    return transformers.AutoModelForCausalLM.from_pretrained(tiny_qwen, dtype=torch.float32).eval()


@pytest.fixture
def loop(model: Any) -> TokenLoop:
    return TokenLoop(model)


PROMPT = Prompt(torch.tensor([[1, 50, 60, 70, 80, 90, 100, 2]]), {})


def greedy() -> Sampler:
    return Sampler(0, 1.0, None, torch.device("cpu"))


def run(loop: TokenLoop, limit: int = 24, prompt: Prompt = PROMPT, **more: Any) -> Iterator[int]:
    return loop.run(prompt, more.pop("sampler", None) or greedy(), more.pop("is_cancelled", lambda: False), limit=limit, **more)


@pytest.mark.parametrize("piece", [1, 3, 8, 512])
def test_its_tokens_are_those_of_the_library(loop: TokenLoop, model: Any, piece: int) -> None:
    theirs = model.generate(PROMPT.tokens, do_sample=False, max_new_tokens=24, eos_token_id=None)[0, 8:].tolist()
    loop.piece = piece
    assert list(run(loop)) == theirs


def test_no_more_than_the_limit(loop: TokenLoop) -> None:
    assert len(list(run(loop, limit=5))) == 5


def passes(loop: TokenLoop, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Tokens of each pass from now on."""
    seen: list[int] = []
    original = loop._model.forward

    def forward(**inputs: Any) -> Any:
        seen.append(inputs["input_ids"].shape[1])
        return original(**inputs)

    monkeypatch.setattr(loop._model, "forward", forward)
    return seen


def test_nothing_is_made_ahead_of_the_reader(loop: TokenLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = passes(loop, monkeypatch)
    tokens = run(loop)
    assert seen == []
    next(tokens)
    next(tokens)
    assert seen == [8, 1]


def test_giving_up_comes_before_the_next_token(loop: TokenLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, gone = passes(loop, monkeypatch), threading.Event()
    tokens = run(loop, is_cancelled=gone.is_set)
    next(tokens)
    gone.set()
    with pytest.raises(Cancelled):
        next(tokens)
    assert seen == [8]


def test_giving_up_while_the_prompt_is_read(loop: TokenLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = passes(loop, monkeypatch)
    loop.piece = 2
    with pytest.raises(Cancelled):
        next(run(loop, is_cancelled=lambda: len(seen) >= 2))
    assert seen == [2, 2]


def test_calls_take_turns_and_do_not_mix(loop: TokenLoop) -> None:
    prompts = [Prompt(torch.tensor([[1, 40 + number, 2]]), {}) for number in range(4)]
    alone = [list(run(loop, 12, prompt)) for prompt in prompts]
    together = [run(loop, 12, prompt) for prompt in prompts]
    mixed: list[list[int]] = [[] for _ in prompts]
    for _ in range(12):
        for made, tokens in zip(mixed, together, strict=True):
            made.append(next(tokens))
    assert mixed == alone


def test_calls_on_several_threads(loop: TokenLoop) -> None:
    alone = list(run(loop, 12))
    made: list[list[int]] = []
    threads = [threading.Thread(target=lambda: made.append(list(run(loop, 12)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert made == [alone] * 4


def test_memory_that_ran_out_is_told_without_its_frames(loop: TokenLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    def forward(**inputs: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB\nmore")

    monkeypatch.setattr(loop._model, "forward", forward)
    with pytest.raises(OutOfMemory, match=r"Tried to allocate 2 GiB$") as caught:
        next(run(loop))
    assert caught.value.__context__ is None


def test_the_allocator_of_the_cpu_is_understood() -> None:
    def fail() -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes.")

    with pytest.raises(OutOfMemory):
        within_memory(fail)


def test_other_errors_stay_what_they_are() -> None:
    def fail() -> None:
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        within_memory(fail)
    assert within_memory(lambda: 3) == 3
