"""A gpu worker whose engines are stand-ins: everything else is real."""

from __future__ import annotations

from typing import Any

from app.capability import capability
from app.models.services import ModelServices
from backends.fakes import FakeBehaviour, FakeMachine, fake_card, fake_installed, fake_kind
from backends.room import Room
from configs.errors import NotFound
from jobs.context import JobContext
from jobs.services import Tell, Workshop
from tests.jobs.handlers import Answer, Ask

MODELS = (fake_card("parrot", 1000, 10), fake_card("counter", 500, 5, task="embedding"), fake_card("slow", 1000, 10))
CARDS = {card.name: card for card in MODELS}


class FakeServices(ModelServices):
    """The real services over a room of fakes."""

    def start(self, data: Any, tell: Tell) -> None:
        machine = FakeMachine(shared=True)
        behaviour = {"slow": FakeBehaviour(call_s=3.0)}
        kind = fake_kind(machine, behaviour)
        self._made = Room(
            {"fake": kind}, find, on_change=lambda status: tell("models", status), on_observe=lambda seen: tell("learned", seen)
        )  # fmt: skip


def find(name: str) -> Any:
    """As though all cards were installed."""
    if name not in CARDS:
        raise NotFound(f"The model {name} is not installed.", "Install it.", "not_installed")
    return fake_installed(CARDS[name])


@capability("test.repeat", lane="gpu", title="Repeat")
def repeat(request: Ask, job: JobContext) -> Answer:
    """Uses a model inside a job."""
    with job.model("parrot", "work", {}) as engine:
        return Answer(values=[engine.work("work", {}) or "worked"])


def build() -> Workshop:
    """What `python -m jobs.worker` builds."""
    return Workshop({"test.repeat": repeat}, FakeServices())
