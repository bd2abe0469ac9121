"""From the studio's process to a loaded engine and back."""

from __future__ import annotations

import queue
import time
from typing import Any

import pytest

from app.studio import Studio
from backends.chat import ChatCall, EmbedCall, Message, TextPart
from configs.errors import Conflict, NotFound
from storage.records import SUCCEEDED


def ask(text: str, **more: Any) -> ChatCall:
    return ChatCall(messages=(Message(role="user", parts=(TextPart(text=text),)),), **more)


def said(studio: Studio, model: str, call: ChatCall) -> str:
    with studio.models.chat(model, call) as pieces:
        return "".join(piece.get("text", "") for piece in pieces)


def states(studio: Studio) -> dict[str, str]:
    return {model["name"]: model["state"] for model in studio.models.status()["models"]}


def wait_for_state(studio: Studio, model: str, *wanted: str) -> None:
    with studio.events.subscribe() as listener:
        deadline = time.monotonic() + 30
        while states(studio).get(model, "absent") not in wanted:
            listener.get(0.2)
            assert time.monotonic() < deadline, states(studio)


def test_a_chat_reaches_an_engine(studio: Studio) -> None:
    assert "hello there" in said(studio, "parrot", ask("hello there"))
    wait_for_state(studio, "parrot", "resident")


def test_embeddings_come_whole(studio: Studio) -> None:
    events: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
    studio.models.start("embed", "counter", EmbedCall(texts=("a", "b")), lambda kind, data: events.put((kind, data)))
    kind, data = events.get(timeout=30)
    assert (kind, data["count"], data["dimensions"]) == ("done", 2, 4)


def test_a_model_that_is_not_here_is_named(studio: Studio) -> None:
    with pytest.raises(NotFound, match="nobody"):
        studio.models.start("chat", "nobody", ask("x"), lambda kind, data: None)


def test_a_service_that_does_not_exist_is_named(studio: Studio) -> None:
    events: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
    studio.models.start("sing", "parrot", ask("x"), lambda kind, data: events.put((kind, data)))
    assert "no model service 'sing'" in events.get(timeout=30)[1]["message"]


def test_loading_pinning_freeing_unloading(studio: Studio) -> None:
    assert studio.models.free() == {"freed_bytes": 0, "busy": []}  # no process is started for that
    steps: list[float] = []
    studio.models.load("parrot", lambda fraction, message: steps.append(fraction))
    assert steps == sorted(steps)
    wait_for_state(studio, "parrot", "resident")
    assert studio.models.pin("parrot", True)["models"]
    studio.models.unload("parrot")
    wait_for_state(studio, "parrot", "absent", "installed")


def test_what_is_in_use_cannot_be_removed(studio: Studio) -> None:
    events: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
    handle = studio.models.start("chat", "slow", ask("x"), lambda kind, data: events.put((kind, data)))
    wait_for_state(studio, "slow", "busy")
    with pytest.raises(Conflict):
        studio.models.require_unused("slow")
    handle.cancel()
    wait_for_state(studio, "slow", "resident")
    studio.models.require_unused("slow")
    wait_for_state(studio, "slow", "absent", "installed")
    assert events.empty()


def test_a_job_uses_a_model(studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.repeat", {}).job.id, 30)
    assert detail.job.state == SUCCEEDED, detail.job.error


def test_a_restart_empties_the_picture(studio: Studio) -> None:
    said(studio, "parrot", ask("hello"))
    wait_for_state(studio, "parrot", "resident")
    studio.models.restart()
    wait_for_state(studio, "parrot", "absent")
    assert said(studio, "parrot", ask("again"))


def test_models_that_can_be_called_are_listed(studio: Studio) -> None:
    assert [(view.name, view.task) for view in studio.models.models()] == [("parrot", "chat"), ("counter", "embedding"), ("slow", "chat")]
