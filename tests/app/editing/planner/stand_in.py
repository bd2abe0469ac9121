"""A stand-in for the studio's models: answers from a script, one after the other, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from app.models.calls import CallHandle, ModelView, OnCallEvent
from backends.chat import ChatCall


class Handle:
    """A call that can be hung up."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        """Notes that the caller has gone."""
        self.cancelled = True


class StandIn:
    """Implements `ModelCalls`. A script's item is the text of an answer, an error as a dict, or None: silence for ever."""

    def __init__(
        self, *script: str | dict[str, Any] | None, names: Sequence[str] = ("tiny",), states: Sequence[str] = ("installed",)
    ) -> None:
        self._script = list(script)
        self.calls: list[ChatCall] = []
        self.asked: list[str] = []
        self.handles: list[Handle] = []
        self._views = [
            ModelView(name=name, title=name.title(), task="chat", engine="fake", state=state, installed=True)
            for name, state in zip(names, (*states, *("installed" for _ in names)), strict=False)
        ]

    def start(self, service: str, model: str, request: BaseModel, on_event: OnCallEvent, *, priority: int = 0) -> CallHandle:
        """Answers at once, on this thread; the last item of the script for ever."""
        assert service == "chat"
        assert isinstance(request, ChatCall)
        self.calls.append(request)
        self.asked.append(model)
        self.handles.append(Handle())
        item = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(item, dict):
            on_event("error", {"code": "error", "message": "It broke.", "remedy": "Ask again.", "http_status": 500, **item})
        elif item is not None:
            for start in range(0, len(item), 50):
                on_event("piece", {"text": item[start : start + 50]})
            on_event("done", {})
        return self.handles[-1]

    def models(self) -> list[ModelView]:
        """What can be asked."""
        embedder = ModelView(name="minilm", title="MiniLM", task="embedding", engine="fake", state="resident", installed=True)
        return [embedder, *self._views]

    @property
    def words(self) -> str:
        """Everything that was said to it in the last call."""
        return "\n".join(part.text for message in self.calls[-1].messages for part in message.parts if part.type == "text")
