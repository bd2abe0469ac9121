"""Answers given again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.cache import RedisAnswers, StoredAnswers, is_repeatable, open_cache, question_key
from backends.fakes import fake_card, fake_installed
from configs.errors import Unavailable
from storage.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'studio.db'}")
    database.open()
    yield database
    database.close()


def test_the_key_depends_on_everything_that_the_answer_does() -> None:
    one, other = fake_installed(fake_card("one")), fake_installed(fake_card("other"))
    keys = {
        question_key("chat", one, {"a": 1}), question_key("chat", one, {"a": 2}), question_key("embed", one, {"a": 1}),
        question_key("chat", other, {"a": 1}),
    }  # fmt: skip
    assert len(keys) == 4
    assert question_key("chat", one, {"a": 1, "b": 2}) == question_key("chat", one, {"b": 2, "a": 1})


def test_what_is_left_to_chance_is_not_repeated() -> None:
    assert is_repeatable({"temperature": 0, "seed": None})
    assert is_repeatable({"temperature": 0.7, "seed": 4})
    assert not is_repeatable({"temperature": 0.7, "seed": None})


def test_the_store_forgets_in_time(database: Database) -> None:
    now = [0.0]
    cache = StoredAnswers(database, 10, lambda: now[0])
    cache.put("q", b"a")
    assert cache.find("q") == b"a"
    now[0] = 11
    assert cache.find("q") is None


def test_the_store_does_not_grow_without_end(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.models.cache.PRUNE_EVERY", 1)
    monkeypatch.setattr("storage.answers.KEPT", 2)
    now = [0.0]
    cache = StoredAnswers(database, 10, lambda: now[0])
    for number in range(4):
        now[0] += 1
        cache.put(str(number), b"a")
    assert [cache.find(str(number)) for number in range(4)] == [None, None, b"a", b"a"]


def test_files_put_in_the_place_of_others_are_other_files() -> None:
    one = fake_installed(fake_card("one"))
    assert question_key("chat", one, {}, [[1, 2]]) != question_key("chat", one, {}, [[1, 3]])


def test_another_revision_is_another_model() -> None:
    card = fake_card("one")
    newer = card.model_copy(update={"source": card.source.model_copy(update={"revision": "b" * 40})})
    assert question_key("chat", fake_installed(card), {}) != question_key("chat", fake_installed(newer), {})


def test_the_settings_choose(database: Database) -> None:
    assert open_cache(database, 0, None) is None
    assert isinstance(open_cache(database, 5, None), StoredAnswers)


def test_without_its_client_a_redis_is_refused_in_words(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(Unavailable, match="its client is not installed"):
        open_cache(database, 5, "redis://localhost:1/0")


def test_a_redis_keeps_answers_and_one_that_is_gone_holds_nothing() -> None:
    fakeredis = pytest.importorskip("fakeredis")
    import threading

    server = fakeredis.TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    cache = RedisAnswers(f"redis://127.0.0.1:{server.server_address[1]}/0", 60)
    cache.put("q", b"a")
    assert cache.find("q") == b"a"
    assert cache.find("other") is None
    server.shutdown()
    server.server_close()
    gone = RedisAnswers("redis://127.0.0.1:1/0", 60)
    gone.put("q", b"a")
    assert gone.find("q") is None
