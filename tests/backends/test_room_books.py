"""Tickets, errors for all who wait, and what a failed load is called."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backends.fakes import FakeMachine, fake_card, fake_installed, fake_kind
from backends.room_books import KEPT_DECISIONS, Books, Entry, Ticket, load_error
from backends.scheduler_state import Budget, Model
from configs.errors import BadMedia, StudioError

GIB = 2**30


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books(lambda: 5.0, Budget(16 * GIB, 64 * GIB), lambda: None)
    made.entries["a"] = Entry("a", fake_installed(fake_card("a")), fake_kind(FakeMachine()))
    made.world.models["a"] = Model("a", GIB, GIB)
    with made.lock:
        yield made


def ticket(books: Books, model: str = "a") -> Ticket:
    return Ticket(books.number(), model, "work", {}, 0, "", 5.0)


def test_asking_begins_a_load_and_gives_a_reason(books: Books) -> None:
    one = ticket(books)
    books.ask(one, 100)
    assert [action.kind for action in books.queues["disk"]] == ["load"]
    assert one.waits_for is not None
    assert one.waits_for.reason == "a is on its way (load)"
    assert [line["action"] for line in books.ring] == ["load", "wait"]
    assert books.counters == {"load": 1}
    assert books.waiting


def test_a_refusal_answers_its_ticket(books: Books) -> None:
    one = ticket(books)
    books.ask(one, 99 * GIB)
    assert one.done.is_set()
    assert isinstance(one.error, StudioError)
    assert one.error.code == "out_of_memory"
    assert not books.waiting


def test_a_failure_goes_to_all_who_wait_each_with_an_error_of_its_own(books: Books) -> None:
    one, two = ticket(books), ticket(books)
    books.ask(one, 0)
    books.ask(two, 0)
    assert books.fail("a", StudioError("broken", "mend it", "load_failed")) == 2
    assert one.error is not two.error
    assert str(one.error) == str(two.error) == "broken mend it"
    assert isinstance(two.error, StudioError)
    assert two.error.code == "load_failed"
    assert books.world.waiting == {}


def test_withdrawing_and_numbers(books: Books) -> None:
    one = ticket(books)
    books.ask(one, 0)
    books.withdraw(one)
    assert books.world.waiting == {}
    assert ticket(books).number == one.number + 1


def test_the_ring_is_bounded(books: Books) -> None:
    for index in range(KEPT_DECISIONS + 5):
        books.say("failed", "a", f"number {index}")
    assert len(books.ring) == KEPT_DECISIONS
    assert books.ring[-1]["why"] == f"number {KEPT_DECISIONS + 4}"


def test_keys_of_what_is_learned(books: Books) -> None:
    assert books.entries["a"].key == "fake/a/fp16"


def test_what_a_failed_load_is_called(books: Books) -> None:
    known = BadMedia("a.safetensors is damaged.", "Install it again.")
    assert load_error(books.entries["a"], known) is known
    other = load_error(books.entries["a"], OSError("the file ends early."))
    assert (
        str(other) == "A could not be loaded: OSError: the file ends early. Try again; if it happens again, remove a and install it anew."
    )
