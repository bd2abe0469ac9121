"""Kept answers."""

from __future__ import annotations

import pytest

from storage import answers
from storage.database import Database


def test_an_answer_is_found_until_it_expires(database: Database) -> None:
    answers.put(database, "q", b"a", now=100, ttl_s=10)
    assert answers.find(database, "q", 109) == b"a"
    assert answers.find(database, "q", 110) is None
    assert answers.find(database, "other", 100) is None


def test_a_newer_answer_replaces_the_older(database: Database) -> None:
    answers.put(database, "q", b"a", now=100, ttl_s=10)
    answers.put(database, "q", b"b", now=105, ttl_s=10)
    assert answers.find(database, "q", 112) == b"b"


def test_what_expired_and_what_is_too_much_goes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "KEPT", 3)
    for number in range(6):
        answers.put(database, str(number), b"x", now=100 + number, ttl_s=50)
    assert [answers.find(database, str(number), 106) is not None for number in range(6)] == [False, False, False, True, True, True]
    answers.put(database, "late", b"x", now=1000, ttl_s=1)
    assert answers.clear(database) == 1
