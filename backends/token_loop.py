"""The loop that makes tokens: prompt in pieces, then one token at a time; pulled by its reader, so it stops when the reader does.

The library's own `generate` runs to its end once started and takes its random numbers from the process; here a call can be given up
between two tokens or two pieces of its prompt, several calls may take turns on one model, and each has its own seed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from backends.base import Cancelled, IsCancelled, OutOfMemory

if TYPE_CHECKING:
    import torch

    from backends.constrained import Constraint
    from backends.sampling import Sampler

T = TypeVar("T")
PIECE = 512  # tokens of the prompt in one pass


@dataclass(frozen=True)
class Prompt:
    """What a model reads.

    Attributes:
        tokens: int64 [1, n].
        extras: further inputs of the first pass (pictures); a prompt with extras is read in one pass.
    """

    tokens: torch.Tensor
    extras: Mapping[str, Any]


class TokenLoop:
    """Makes tokens with one model; calls on several threads take turns, pass by pass."""

    def __init__(self, model: Any, piece: int = PIECE) -> None:
        self._model, self.piece = model, piece
        self._turn = threading.Lock()

    def run(
        self, prompt: Prompt, sampler: Sampler, is_cancelled: IsCancelled, constraint: Constraint | None = None, limit: int = 1
    ) -> Iterator[int]:
        """Up to ``limit`` tokens, ends of answers among them: the reader decides when to stop.

        Raises:
            Cancelled: between two passes, once ``is_cancelled``.
            OutOfMemory: the device had no room for a pass.
        """
        state = _State()
        scores = self._read(prompt, state, is_cancelled)
        for made in range(limit):
            token = sampler.pick(scores, None if constraint is None else constraint.allowed())
            if constraint is not None:
                constraint.accept(token)
            yield token
            if made + 1 == limit or (constraint is not None and constraint.done):
                return
            if is_cancelled():
                raise Cancelled("between two tokens")
            scores = self._next(token, prompt, state)

    def _read(self, prompt: Prompt, state: _State, is_cancelled: IsCancelled) -> torch.Tensor:
        tokens = prompt.tokens
        if prompt.extras:
            return self._pass(state, input_ids=tokens, **prompt.extras)
        scores = None
        for start in range(0, tokens.shape[1], self.piece):
            if is_cancelled():
                raise Cancelled("while reading the prompt")
            scores = self._pass(state, input_ids=tokens[:, start : start + self.piece])
        assert scores is not None, "a prompt has at least one token"
        return scores

    def _next(self, token: int, prompt: Prompt, state: _State) -> torch.Tensor:
        import torch

        return self._pass(state, input_ids=torch.tensor([[token]], device=prompt.tokens.device))

    def _pass(self, state: _State, **inputs: Any) -> torch.Tensor:
        """Scores of the next token, float [vocabulary]."""
        import torch

        def forward() -> torch.Tensor:
            with self._turn, torch.inference_mode():
                state.enter(self._model)
                out = self._model(**inputs, past_key_values=state.cache, use_cache=True, logits_to_keep=1)
                state.leave(self._model, out)
                scores: torch.Tensor = out.logits[0, -1]
                return scores

        return within_memory(forward)


class _State:
    """What a model remembers of one call: the keys and values, and what some models keep in themselves between passes."""

    def __init__(self) -> None:
        self.cache: Any = None
        self._deltas: Any = None

    def enter(self, model: Any) -> None:
        inner: Any = getattr(model, "model", None)
        if inner is not None and hasattr(inner, "rope_deltas"):  # Qwen-VL: how far a picture shifts the positions after it
            inner.rope_deltas = self._deltas

    def leave(self, model: Any, out: Any) -> None:
        self.cache = out.past_key_values
        self._deltas = getattr(getattr(model, "model", None), "rope_deltas", None)


def within_memory(work: Callable[[], T]) -> T:
    """What ``work`` returns; raises `OutOfMemory` outside the `except` block, so that the error's frames hold no tensors."""
    import torch

    try:
        return work()
    except torch.OutOfMemoryError as error:
        said = str(error)
    except RuntimeError as error:
        if "not enough memory" not in str(error) and "can't allocate memory" not in str(error):
            raise
        said = str(error)
    raise OutOfMemory(said.split("\n")[0])
