"""One branch of a Union ControlNet as a ControlNet by itself, so that both kinds can guide one picture."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import Any


def branch_of(net: Any, mode: int) -> Any:
    """A module that takes one control map, as diffusers' `MultiControlNetModel` calls its nets; it holds no weights but the net's own."""
    return _kind()(net, mode)


@lru_cache(maxsize=1)
def _kind() -> Any:
    import torch

    class Branch(torch.nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
        def __init__(self, net: Any, mode: int) -> None:
            super().__init__()
            self.net, self.mode = net, mode
            self.config = SimpleNamespace(global_pool_conditions=net.config.global_pool_conditions)

        def forward(self, sample: Any, timestep: Any, encoder_hidden_states: Any, controlnet_cond: Any, **rest: Any) -> Any:
            kinds = torch.zeros(sample.shape[0], self.net.config.num_control_type, device=sample.device, dtype=sample.dtype)
            kinds[:, self.mode] = 1
            return self.net(
                sample, timestep, encoder_hidden_states, [controlnet_cond], control_type=kinds, control_type_idx=[self.mode], **rest
            )

    return Branch
