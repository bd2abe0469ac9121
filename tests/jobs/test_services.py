"""Answering an interactive call inside a worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from configs.errors import BadInput
from jobs.context import JobCancelled
from jobs.services import Call, Services, Tell, Workshop
from jobs.worker import answer_of

CALL = Call(service="s", model="m", request={"a": 1})


class One:
    """Services that do as they are told."""

    room: Any = None

    def __init__(self, act: Callable[[Call, Any], Any]) -> None:
        self._act = act

    def start(self, data: Any, tell: Tell) -> None:
        tell("models", data)

    def call(self, call: Call, piece: Callable[[Any], None], is_cancelled: Callable[[], bool]) -> Any:
        return self._act(call, piece)


def answer(act: Callable[[Call, Any], Any] | None) -> tuple[Any, list[Any]]:
    pieces: list[Any] = []
    services: Services | None = None if act is None else One(act)
    return answer_of(services, CALL, pieces.append, lambda: False), pieces


def test_a_value_and_its_pieces() -> None:
    def act(call: Call, piece: Any) -> Any:
        piece({"n": 1})
        return {"model": call.model}

    assert answer(act) == ({"value": {"model": "m"}}, [{"n": 1}])


def raising(error: BaseException) -> Callable[[Call, Any], Any]:
    def act(call: Call, piece: Any) -> Any:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (BadInput("That is wrong.", "Do this."), 422, "That is wrong."),
        (RuntimeError("tore"), 500, "tore"),
        (SystemExit(3), 500, "SystemExit"),
    ],
)
def test_every_failure_is_told(error: BaseException, status: int, words: str) -> None:
    found, _ = answer(raising(error))
    assert found["error"]["http_status"] == status
    assert words in found["error"]["message"]


def test_a_caller_who_has_gone_is_told_nothing() -> None:
    assert answer(raising(JobCancelled("gone")))[0] is None


def test_a_worker_without_services_says_so() -> None:
    assert "answers no calls" in answer(None)[0]["error"]["message"]


def test_a_workshop_may_be_a_table_alone() -> None:
    assert Workshop({}).services is None
