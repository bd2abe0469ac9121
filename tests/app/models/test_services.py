"""What the model process answers, over a room of stand-ins."""

from __future__ import annotations

import base64
import struct
from pathlib import Path
from typing import Any

import pytest

from app.models.services import SERVICES, LendingRoom, ModelServices, chat_shape
from backends.adapters import AdapterShelf
from backends.base import Cancelled
from backends.chat import ChatCall, ImagePart, Message, TextPart
from backends.fakes import FakeMachine, fake_kind
from backends.room import Room
from configs.errors import BadInput, NotFound, StudioError, Unavailable
from jobs.context import JobCancelled
from jobs.services import Call
from tests.app.models import fake_worker


@pytest.fixture
def services() -> Any:
    made = fake_worker.FakeServices()
    made._made = Room({"fake": fake_kind(FakeMachine(shared=True))}, fake_worker.find)
    yield made
    made._made.close()


def call(services: ModelServices, service: str, model: str = "parrot", cancelled: bool = False, **request: Any) -> tuple[Any, list[Any]]:
    pieces: list[Any] = []
    found = services.call(Call(service=service, model=model, request=request), pieces.append, lambda: cancelled)
    return found, pieces


HELLO = {"messages": [{"role": "user", "parts": [{"type": "text", "text": "hello there"}]}]}


def test_a_chat_comes_in_pieces_and_ends_with_why(services: ModelServices) -> None:
    found, pieces = call(services, "chat", **HELLO)
    assert found == {}
    assert "hello there" in "".join(piece.get("text", "") for piece in pieces)
    assert pieces[-1]["finish_reason"] == "stop"
    assert pieces[-1]["usage"]["prompt_tokens"] > 0


def test_embeddings_are_unit_vectors(services: ModelServices) -> None:
    found, _ = call(services, "embed", "counter", texts=["a", "b"])
    values = struct.unpack(f"<{found['count'] * found['dimensions']}f", base64.b64decode(found["vectors"]))
    assert sum(value * value for value in values[:4]) == pytest.approx(1, abs=1e-5)


def test_loading_pinning_freeing_and_the_status(services: ModelServices) -> None:
    found, pieces = call(services, "load")
    assert [model["state"] for model in found["models"]] == ["resident"]
    assert all(set(piece) == {"fraction", "message"} for piece in pieces)
    assert call(services, "pin", pinned=True)[0]["models"][0]["pinned"]
    assert "decisions" in call(services, "status")[0]
    assert call(services, "free", host=True)[0]["busy"] == []
    call(services, "unload")


def test_an_unknown_service_is_named(services: ModelServices) -> None:
    with pytest.raises(BadInput, match="'sing'"):
        call(services, "sing")
    assert set(SERVICES) == {"chat", "embed", "load", "unload", "pin", "free", "status"}


def test_before_it_was_told_anything_it_says_so() -> None:
    with pytest.raises(Unavailable, match="has not been told"):
        call(ModelServices(), "status")


def test_a_caller_who_gives_up_is_a_cancelled_job(services: ModelServices) -> None:
    with pytest.raises(JobCancelled):
        call(services, "chat", cancelled=True, **HELLO)


def test_a_lease_given_up_is_a_cancelled_job(services: ModelServices) -> None:
    def begin() -> None:
        with services.room.lease("parrot", "work", {}, priority=0, is_cancelled=lambda: False, on_step=lambda f, m: None):
            raise Cancelled("between two tokens")

    with pytest.raises(JobCancelled):
        begin()
    assert isinstance(services.room, LendingRoom)


def test_a_model_that_does_not_exist_is_named(services: ModelServices) -> None:
    with pytest.raises(StudioError, match="nobody"):
        call(services, "chat", "nobody", **HELLO)


def test_the_shape_of_a_chat_grows_with_words_pictures_and_the_answer() -> None:
    def tokens(*parts: Any, **more: Any) -> int:
        return chat_shape(ChatCall(messages=(Message(role="user", parts=parts),), **more))["tokens"]

    assert tokens(TextPart(text="x" * 300), max_tokens=10) == 110
    assert tokens(TextPart(text="x" * 300), ImagePart(base64=""), max_tokens=10) == 110 + 1024
    assert tokens() == 512


def test_a_job_may_repeat_its_work_and_sees_what_is_there(services: ModelServices, tmp_path: Path) -> None:
    assert services._made is not None
    room = LendingRoom(services._made, AdapterShelf(tmp_path))
    how: dict[str, Any] = {"priority": 0, "is_cancelled": lambda: False, "on_step": lambda fraction, message: None}
    assert room.call("parrot", "chat", {"tokens": 8}, lambda engine: hasattr(engine, "chat"), **how) is True
    assert room.installed("parrot").card.name == "parrot"
    with pytest.raises(NotFound, match="ink"):
        room.adapter("lora", "ink")

    def give_up(engine: Any) -> None:
        raise Cancelled("gone")

    with pytest.raises(JobCancelled):
        room.call("parrot", "chat", {"tokens": 8}, give_up, **how)
