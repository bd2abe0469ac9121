"""The same question has the same answer, for a while, and only where nothing was left to chance."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openai import OpenAI

from app.api.v1 import asking
from app.models.cache import StoredAnswers
from app.studio import Studio
from backends.base import Installed
from tests.app.models import fake_worker


class Asker:
    """Asks by hand, to see the headers."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url, timeout=30)

    def chat(self, words: str, **more: Any) -> httpx.Response:
        messages = [{"role": "user", "content": words}]
        return self._http.post("/chat/completions", json={"model": "parrot", "messages": messages, **more})

    def embed(self, words: str) -> httpx.Response:
        return self._http.post("/embeddings", json={"model": "counter", "input": words})


@pytest.fixture
def asker(base_url: str) -> Asker:
    return Asker(base_url)


def until_kept(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Answers are kept just after they have been sent: asks until the cache has it."""
    deadline = time.monotonic() + 10
    while (answer := ask()).headers[asking.HEADER] != "hit":
        assert time.monotonic() < deadline
    return answer


def without_head(answer: httpx.Response) -> list[str]:
    """A stream's events but for what differs between any two answers."""
    import json

    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: {")]
    return [json.dumps({**event, "id": "", "created": 0}) for event in events]


def test_the_same_question_is_answered_from_the_cache(asker: Asker) -> None:
    first = asker.chat("once and again", temperature=0)
    assert first.headers[asking.HEADER] == "miss"
    second = until_kept(lambda: asker.chat("once and again", temperature=0))
    assert second.json()["choices"] == first.json()["choices"]
    assert second.json()["usage"] == first.json()["usage"]
    assert asker.chat("once and more", temperature=0).headers[asking.HEADER] == "miss"


def test_a_stream_is_replayed_as_it_was(asker: Asker) -> None:
    def ask() -> httpx.Response:
        return asker.chat("piece by piece", seed=4, stream=True, stream_options={"include_usage": True})

    first = ask()
    assert first.headers[asking.HEADER] == "miss"
    second = until_kept(ask)
    assert without_head(second) == without_head(first)
    assert second.text.endswith("data: [DONE]\n\n")
    whole = asker.chat("piece by piece", seed=4)
    assert (whole.headers[asking.HEADER], whole.json()["choices"][0]["message"]["content"]) == ("hit", "piece by piece")


def test_what_is_left_to_chance_is_asked_anew(asker: Asker) -> None:
    for _ in range(2):
        assert asker.chat("by chance").headers[asking.HEADER] == "off"
        assert asker.chat("by chance", temperature=0.5).headers[asking.HEADER] == "off"


def test_another_seed_is_another_question(asker: Asker) -> None:
    until_kept(lambda: asker.chat("seeded", seed=1))
    assert asker.chat("seeded", seed=2).headers[asking.HEADER] == "miss"


def test_embeddings_are_always_repeatable(asker: Asker) -> None:
    first = asker.embed("again")
    assert until_kept(lambda: asker.embed("again")).json() == first.json()


def test_answers_expire(asker: Asker, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.time()]
    monkeypatch.setattr(studio, "answers", StoredAnswers(studio._database, 60, lambda: now[0]))
    until_kept(lambda: asker.chat("for a minute", temperature=0))
    now[0] += 61
    assert asker.chat("for a minute", temperature=0).headers[asking.HEADER] == "miss"


def test_a_new_revision_of_the_model_is_asked_anew(asker: Asker, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    until_kept(lambda: asker.chat("which revision", temperature=0))

    def find(name: str) -> Installed:
        found = fake_worker.find(name)
        source = found.card.source.model_copy(update={"revision": "c" * 40})
        return Installed(found.card.model_copy(update={"source": source}), found.variant, found.folder)

    monkeypatch.setattr(studio.models.library, "find", find)
    assert asker.chat("which revision", temperature=0).headers[asking.HEADER] == "miss"


def test_an_answer_too_long_is_not_kept(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LONGEST_KEPT", 10)
    for _ in range(3):
        assert asker.chat("much too long", temperature=0).headers[asking.HEADER] == "miss"


def test_without_a_cache_everything_is_asked(asker: Asker, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "answers", None)
    for _ in range(2):
        assert asker.chat("no cache", temperature=0).headers[asking.HEADER] == "off"


def test_what_failed_is_not_kept(client: OpenAI, asker: Asker) -> None:
    for _ in range(2):
        answer = asker.chat("x", model="counter", temperature=0, tool_choice="required")
        assert answer.status_code == 400
        assert asking.HEADER not in answer.headers
