"""Kept answers."""

from __future__ import annotations

import pytest

from storage import answers
from storage.database import Database


def test_an_answer_is_found_until_it_expires(database: Database) -> None:
    answers.put(database, "q", b"a", 110)
    assert answers.find(database, "q", 109) == b"a"
    assert answers.find(database, "q", 110) is None
    assert answers.find(database, "other", 100) is None


def test_a_newer_answer_replaces_the_older(database: Database) -> None:
    answers.put(database, "q", b"a", 110)
    answers.put(database, "q", b"b", 115)
    assert answers.find(database, "q", 112) == b"b"
    assert answers.clear(database) == 1


def left(database: Database) -> list[str]:
    return [str(number) for number in range(6) if answers.find(database, str(number), 0) is not None]


def test_what_expired_and_what_is_too_much_goes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        answers.put(database, str(number), b"x" * 10, 100 + number)
    assert answers.prune(database, 100) == 1
    monkeypatch.setattr(answers, "KEPT", 3)
    assert answers.prune(database, 100) == 2
    assert left(database) == ["3", "4", "5"]
    monkeypatch.setattr(answers, "KEPT_BYTES", 20)
    assert answers.prune(database, 100) == 1
    assert left(database) == ["4", "5"]
