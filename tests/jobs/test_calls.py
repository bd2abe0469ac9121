"""The board of interactive calls, without processes."""

from __future__ import annotations

from typing import Any

import pytest

from configs.errors import Unavailable
from jobs.calls import CallBoard, OpenCall
from jobs.pipe import Message
from jobs.services import Call


class Peer:
    """A worker that writes down what it is sent."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.alive = True

    def send(self, message: Message) -> bool:
        if self.alive:
            self.sent.append(message)
        return self.alive

    def verbs(self) -> list[tuple[str, int]]:
        return [(message["verb"], message["call"]) for message in self.sent]


class Board:
    """A board, what it woke, and what callers heard."""

    def __init__(self) -> None:
        self.wakes = 0
        self.heard: list[tuple[str, Any]] = []
        self.board = CallBoard(self._wake)

    def _wake(self) -> None:
        self.wakes += 1

    def start(self, text: str = "hi") -> OpenCall:
        call = Call(service="words", model="m", request={"text": text}, priority=1)
        return self.board.start(call, lambda kind, data: self.heard.append((kind, data)))


@pytest.fixture
def at() -> Board:
    return Board()


def test_a_call_waits_for_a_worker_and_wakes_who_starts_one(at: Board) -> None:
    at.start()
    assert (at.board.waiting, at.board.under_way, at.wakes) == (True, 0, 1)
    peer = Peer()
    at.board.attach(peer)
    assert peer.sent == [{"verb": "call", "call": 1, "service": "words", "model": "m", "request": {"text": "hi"}, "priority": 1}]
    assert (at.board.waiting, at.board.under_way) == (False, 1)


def test_pieces_and_the_end_reach_the_caller_in_order(at: Board) -> None:
    at.board.attach(Peer())
    at.start()
    at.board.on_message({"verb": "piece", "call": 1, "data": {"n": 1}})
    at.board.on_message({"verb": "returned", "call": 1, "value": {"ok": True}})
    at.board.on_message({"verb": "piece", "call": 1, "data": {"late": True}})
    assert at.heard == [("piece", {"n": 1}), ("done", {"ok": True})]


def test_an_error_is_an_end(at: Board) -> None:
    at.board.attach(Peer())
    at.start()
    at.board.on_message({"verb": "returned", "call": 1, "error": {"code": "bad_input"}})
    assert at.heard == [("error", {"code": "bad_input"})]


def test_hanging_up_is_told_once_and_silences_the_rest(at: Board) -> None:
    peer = Peer()
    at.board.attach(peer)
    call = at.start()
    call.cancel()
    call.cancel()
    at.board.on_message({"verb": "returned", "call": 1, "value": {}})
    assert peer.verbs() == [("call", 1), ("hangup", 1)]
    assert at.heard == []


def test_hanging_up_before_it_was_sent_sends_nothing(at: Board) -> None:
    at.start().cancel()
    peer = Peer()
    at.board.attach(peer)
    assert peer.sent == []


def test_what_had_not_begun_is_asked_of_the_next_worker_once(at: Board) -> None:
    first, second, third = Peer(), Peer(), Peer()
    at.board.attach(first)
    at.start()
    at.board.detach(first)
    assert at.board.waiting
    at.board.attach(second)
    assert second.verbs() == [("call", 1)]
    at.board.detach(second)
    assert at.heard[0][1]["code"] == "unavailable"
    at.board.attach(third)
    assert third.sent == []


def test_what_had_begun_is_not_asked_again(at: Board) -> None:
    peer = Peer()
    at.board.attach(peer)
    at.start()
    at.board.on_message({"verb": "piece", "call": 1, "data": {}})
    at.board.detach(peer)
    assert [kind for kind, _ in at.heard] == ["piece", "error"]
    assert at.heard[1][1]["http_status"] == 503


def test_a_worker_that_dies_while_it_is_sent_to_leaves_the_call_waiting(at: Board) -> None:
    peer = Peer()
    peer.alive = False
    at.board.attach(peer)
    at.start()
    assert at.board.waiting


def test_the_end_of_an_older_worker_changes_nothing_for_the_newer(at: Board) -> None:
    old, new = Peer(), Peer()
    at.board.attach(old)
    at.board.attach(new)
    at.board.detach(old)
    at.start()
    assert new.verbs() == [("call", 1)]


def test_when_no_worker_can_be_had_only_who_waits_is_told(at: Board) -> None:
    peer = Peer()
    at.board.attach(peer)
    at.start("sent")
    peer.alive = False
    at.start("waits")
    at.board.fail_waiting(Unavailable("It does not start.", "See the log."))
    assert [(kind, data["message"]) for kind, data in at.heard] == [("error", "It does not start.")]
    assert at.board.under_way == 1
