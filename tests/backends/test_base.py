"""What engines are held to."""

from __future__ import annotations

from backends.base import ChatEngine, Device, EmbeddingEngine, Engine
from backends.fakes import FakeMachine, fake_card, fake_installed, fake_kind
from backends.registry import ENGINES


def test_a_stand_in_is_every_kind_of_engine() -> None:
    made = fake_kind(FakeMachine()).make(fake_installed(fake_card("a")), Device())
    assert isinstance(made, Engine)
    assert isinstance(made, ChatEngine)
    assert isinstance(made, EmbeddingEngine)


def test_the_processor_shares_its_memory() -> None:
    assert Device().is_cpu
    assert not Device("cuda:0").is_cpu


def test_engines_have_names_of_their_own_and_tasks() -> None:
    assert len({kind.name for kind in ENGINES}) == len(ENGINES)
    assert all(kind.tasks and kind.concurrency >= 1 for kind in ENGINES)
