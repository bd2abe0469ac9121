"""One branch of a Union model is a ControlNet by itself."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from types import SimpleNamespace  # noqa: E402
from typing import Any  # noqa: E402

from backends.diffusion.control_branch import branch_of  # noqa: E402


class Union(torch.nn.Module):  # type: ignore[misc,name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.config = SimpleNamespace(num_control_type=6, global_pool_conditions=False)
        self.weight = torch.nn.Parameter(torch.zeros(2))
        self.asked: dict[str, Any] = {}

    def forward(self, *given: Any, **named: Any) -> str:
        self.asked = {"given": given, **named}
        return "residuals"


def test_the_map_and_its_kind_are_handed_on() -> None:
    net = Union()
    branch = branch_of(net, 3)
    sample = torch.zeros(2, 4, 8, 8, dtype=torch.bfloat16)
    assert branch(sample=sample, timestep=5, encoder_hidden_states="words", controlnet_cond="map", conditioning_scale=0.5) == "residuals"
    assert net.asked["given"][1:] == (5, "words", ["map"])
    assert net.asked["control_type_idx"] == [3]
    assert net.asked["control_type"].tolist() == [[0, 0, 0, 1, 0, 0]] * 2
    assert net.asked["control_type"].dtype == torch.bfloat16
    assert net.asked["conditioning_scale"] == 0.5


def test_it_has_no_weights_of_its_own() -> None:
    net = Union()
    one, other = branch_of(net, 0), branch_of(net, 1)
    assert [id(weight) for weight in one.parameters()] == [id(weight) for weight in other.parameters()] == [id(net.weight)]
    assert one.config.global_pool_conditions is False
