"""One token from the scores of all: greedy, or by temperature and nucleus, from a generator of its own."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

NUCLEUS_GUESS = 1024  # most nuclei are smaller; sorting 150,000 scores costs as much as a small model's step on a CPU


class Sampler:
    """Draws tokens; the same seed on the same device draws the same."""

    def __init__(self, temperature: float, top_p: float, seed: int | None, device: torch.device) -> None:
        import torch

        self._temperature, self._top_p = temperature, top_p
        self._generator = torch.Generator(device)
        self._generator.manual_seed(secrets.randbits(63) if seed is None else seed & (2**63 - 1))

    def pick(self, scores: torch.Tensor, allowed: torch.Tensor | None = None) -> int:
        """The next token.

        Args:
            scores: logits, float [vocabulary].
            allowed: bool [vocabulary]; None allows all.
        """
        import torch

        scores = scores.float()
        if allowed is not None:
            scores = scores.masked_fill(~allowed.to(scores.device), float("-inf"))
        if self._temperature == 0:
            return int(scores.argmax())
        chances = torch.softmax(scores / self._temperature, dim=-1)
        if self._top_p < 1:
            chances, names = nucleus(chances, self._top_p)
            return int(names[torch.multinomial(chances, 1, generator=self._generator)])
        return int(torch.multinomial(chances, 1, generator=self._generator))


def nucleus(chances: torch.Tensor, top_p: float) -> tuple[torch.Tensor, torch.Tensor]:
    """The fewest tokens whose chances reach ``top_p``: (chances, tokens), the likeliest first (Holtzman et al. 2020)."""
    best, names = chances.topk(min(NUCLEUS_GUESS, chances.numel()))
    if float(best.sum()) < top_p:
        best, names = chances.sort(descending=True)
    before = best.cumsum(0) - best
    keep = max(1, int((before < top_p).sum()))
    return best[:keep], names[:keep]
