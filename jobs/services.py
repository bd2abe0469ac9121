"""What a worker of the gpu lane builds: its table of capabilities, and services that answer interactive calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from jobs.attempt import Table
from jobs.lending import ModelRoom
from storage.records import Json

Tell = Callable[[str, Json], None]  # verb, data: a notice to the studio's process


class Services(Protocol):
    """What a worker offers besides jobs."""

    @property
    def room(self) -> ModelRoom:
        """Where jobs and calls borrow engines."""

    def start(self, data: Json, tell: Tell) -> None:
        """Told once, before the first job or call: where models lie, how much memory there is, what was learned."""

    def call(self, call: Call, piece: Callable[[Json], None], is_cancelled: Callable[[], bool]) -> Json:
        """Answers one interactive call; runs on a thread of its own."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """An interactive call as it crosses the pipe."""

    service: str
    model: str
    request: Json
    priority: int = 0


@dataclass(frozen=True)
class Workshop:
    """What a worker process builds."""

    table: Table
    services: Services | None = None
