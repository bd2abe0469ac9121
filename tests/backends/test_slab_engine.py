"""What all engines on torch modules share."""

from __future__ import annotations

from typing import Any

import pytest

from backends.base import Device
from backends.fakes import fake_card, fake_installed
from backends.slab_engine import SlabEngine

torch = pytest.importorskip("torch")


class Linear(SlabEngine):
    """One layer."""

    forgot = 0

    def load(self) -> Any:
        self._model = torch.nn.Linear(4, 4).requires_grad_(False)
        return self.park()

    def forget(self) -> None:
        self.forgot += 1


def test_from_parked_to_freed() -> None:
    engine = Linear(fake_installed(fake_card("a")), Device())
    assert engine.load().host_bytes >= 20 * 4
    assert engine.state == "parked"
    engine.activate()
    assert engine.state == "resident"
    assert engine.modules()["model"](torch.ones(1, 4)).shape == (1, 4)
    engine.deactivate()
    assert engine.state == "parked"
    engine.close()
    assert (engine.state, engine.forgot, engine._model) == ("installed", 1, None)
    engine.close()


def test_what_was_not_loaded_is_not_placed() -> None:
    with pytest.raises(AssertionError, match="load comes first"):
        Linear(fake_installed(fake_card("a")), Device()).activate()
