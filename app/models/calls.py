"""How the studio's process talks to loaded models: interactive calls, not durable jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol

from pydantic import BaseModel

CallEvent = Literal["piece", "done", "error"]
OnCallEvent = Callable[[CallEvent, dict[str, Any]], None]  # on the pipe's reader thread: hand over and return


class CallHandle(Protocol):
    """A call under way."""

    def cancel(self) -> None:
        """The caller has gone: the engine stops between two tokens and the lease is given back. Idempotent."""


class ModelView(BaseModel):
    """What a face shows of one model."""

    name: str
    title: str
    task: str
    engine: str
    state: str
    installed: bool
    variant: str | None = None


class ModelCalls(Protocol):
    """Everything the gateway and the try-it boxes need."""

    def start(self, service: str, model: str, request: BaseModel, on_event: OnCallEvent, *, priority: int = 0) -> CallHandle:
        """Begins a call: ``service`` is "chat" (ChatCall -> pieces of ChatPiece, done {}) or "embed" (EmbedCall -> done Embeddings).

        Raises NotFound (no such model, or not installed), BadInput (the model cannot do this). An "error" event carries
        ``StudioError.as_dict()`` plus ``http_status``.
        """

    def models(self) -> list[ModelView]:
        """Every model that can be called now, the built-in ones first."""
