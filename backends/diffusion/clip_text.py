"""SDXL's two CLIPs read a prompt: chunk by chunk, with weights, so that prompts of any length and emphasis mean something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from backends.diffusion.prompts import Chunk, chunks, parse

OWN_SKIP = 2  # SDXL was trained on the last layer but one of both CLIPs; fewer cannot be left out
EMPTY = Chunk((), ())


@dataclass(frozen=True)
class Words:
    """A prompt as the model gets it.

    Attributes:
        states: [1, 77 n, 2048].
        pooled: [1, 1280], of the first chunk.
        chunks: how many chunks of 77 it took.
    """

    states: Any
    pooled: Any
    chunks: int


class Reader:
    """Reads prompts with the text encoders of an SDXL pipeline."""

    def __init__(self, pipe: Any, device: str) -> None:
        self._pairs = ((pipe.tokenizer, pipe.text_encoder), (pipe.tokenizer_2, pipe.text_encoder_2))
        self._zero_when_empty = bool(pipe.config.force_zeros_for_empty_prompt)
        self._device = device

    def read(self, prompt: str, negative: str, clip_skip: int) -> tuple[Words, Words]:
        """The prompt and its opposite, of one length: the shorter is filled up with empty chunks, as A1111 does."""
        both = [[_cut(text, tokenizer) for tokenizer, _ in self._pairs] for text in (prompt, negative)]
        count = max(len(cut) for cuts in both for cut in cuts)
        wanted, unwanted = (self._words(cuts, count, clip_skip) for cuts in both)
        if not negative.strip() and self._zero_when_empty:
            unwanted = Words(unwanted.states.new_zeros(unwanted.states.shape), unwanted.pooled.new_zeros(unwanted.pooled.shape), count)
        return wanted, unwanted

    def _words(self, cuts: Sequence[Sequence[Chunk]], count: int, clip_skip: int) -> Words:
        import torch

        sides, pooled = [], None
        for (tokenizer, encoder), cut in zip(self._pairs, cuts, strict=True):
            parts = []
            for place in range(count):
                states, last = self._chunk(tokenizer, encoder, cut[place] if place < len(cut) else EMPTY, clip_skip)
                parts.append(states)
                if place == 0:
                    pooled = last
            sides.append(torch.cat(parts, dim=1))
        return Words(torch.cat(sides, dim=-1), pooled, count)

    def _chunk(self, tokenizer: Any, encoder: Any, chunk: Chunk, clip_skip: int) -> tuple[Any, Any]:
        import torch

        ids = [tokenizer.bos_token_id, *chunk.tokens, tokenizer.eos_token_id]
        ids += [tokenizer.pad_token_id] * (tokenizer.model_max_length - len(ids))
        with torch.no_grad():
            read = encoder(torch.tensor([ids], device=self._device), output_hidden_states=True)
        states = read.hidden_states[-max(OWN_SKIP, clip_skip)]
        return _weighed(states, chunk.weights), read[0]


def _cut(prompt: str, tokenizer: Any) -> list[Chunk]:
    size = tokenizer.model_max_length - 2
    ends = {tokenizer.bos_token_id, tokenizer.eos_token_id}
    commas = [token for token in tokenizer(",").input_ids if token not in ends]

    def encode(words: str) -> list[int]:
        return list(tokenizer(words, add_special_tokens=False, verbose=False).input_ids)

    return chunks(parse(prompt), encode, commas[0] if commas else None, size)


def _weighed(states: Any, weights: Sequence[float]) -> Any:
    """Each token's state times its weight, then the whole brought back to the mean it had: emphasis moves attention, not brightness."""
    import torch

    if all(weight == 1.0 for weight in weights):
        return states
    length = states.shape[1]
    factors = [weight for _, weight in zip_longest(range(length), (1.0, *weights), fillvalue=1.0)][:length]
    told = states * torch.tensor(factors, dtype=states.dtype, device=states.device)[None, :, None]
    return told * (states.mean() / told.mean())
