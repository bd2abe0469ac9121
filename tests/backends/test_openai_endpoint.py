"""Chats and embeddings over HTTP, against a scripted server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from backends.base import Cancelled, Device, Installed
from backends.cards import ModelCard
from backends.chat import ChatCall, ChatPiece, Message, TextPart, Tool
from backends.openai_endpoint import OpenAIEndpoint
from configs.errors import BadInput, Conflict, NotFound, Refused, StudioError, Unavailable
from tests.backends.scripted_server import Reply, ScriptedServer

CARD = ModelCard.model_validate(
    {
        "name": "tiny", "title": "Tiny", "task": "chat", "engine": "openai-endpoint", "source": {"path": "http://127.0.0.1"},
        "variants": [{"name": "remote", "download_bytes": 0, "weights_bytes": 1, "working_bytes": 0}],
        "licences": [{"component": "service", "name": "unknown", "commercial": False}],
    }
)  # fmt: skip
HELLO = (Reply("Hello there"),)
Made = Callable[..., tuple[OpenAIEndpoint, ScriptedServer]]


def never() -> bool:
    return False


def call(words: str = "hi", **more: Any) -> ChatCall:
    return ChatCall(messages=(Message(role="user", parts=(TextPart(text=words),)),), **more)


def engine_at(url: str, model: dict[str, Any] | None = None, **endpoint: Any) -> OpenAIEndpoint:
    served = {"name": "tiny", **(model or {})}
    options = {"endpoint": {"name": "here", "url": url, "models": [served], **endpoint}, "model": served}
    made = OpenAIEndpoint(Installed(CARD, CARD.variant(), Path("/"), options=options), Device(), draw=lambda: 0.5)
    made.first_wait_s = 0.002
    return made


@pytest.fixture
def made() -> Iterator[Made]:
    """(engine, its server), ready for calls."""
    with ExitStack() as stack:

        def make(script: Any = HELLO, **options: Any) -> tuple[OpenAIEndpoint, ScriptedServer]:
            server = stack.enter_context(ScriptedServer(script, key=options.get("key")))
            options.pop("key", None)
            engine = engine_at(server.url, **options)
            stack.callback(engine.close)
            engine.load(lambda fraction, message: None)
            engine.activate()
            return engine, server

        yield make


def text_of(pieces: Sequence[ChatPiece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_an_answer_streams(made: Made) -> None:
    engine, server = made()
    pieces = list(engine.chat(call(max_tokens=9), never))
    assert [piece.text for piece in pieces] == ["Hell", "o th", "ere", ""]
    assert pieces[-1].finish_reason == "stop"
    assert server.chats()[0]["max_tokens"] == 9


def test_the_first_piece_comes_before_the_last(made: Made) -> None:
    gate = threading.Event()
    engine, _ = made([Reply("Hello there", wait=gate, pause_after=1)])
    answer = engine.chat(call(), never)
    assert next(answer).text == "Hell"
    gate.set()
    assert text_of(list(answer)) == "o there"


def test_tokens_and_cost_are_counted(made: Made) -> None:
    engine, _ = made(model={"price_in": 2.0, "price_out": 10.0})
    (last,) = list(engine.chat(call(), never))[-1:]
    assert last.usage is not None
    assert last.usage.cost == pytest.approx((11 * 2 + 11 * 10) / 1e6)
    list(engine.chat(call(), never))
    assert (engine.account.calls, engine.account.prompt_tokens, engine.account.completion_tokens) == (2, 22, 22)
    assert engine.account.cost == pytest.approx(2 * last.usage.cost)


def test_a_free_endpoint_has_no_cost(made: Made) -> None:
    engine, _ = made()
    last = list(engine.chat(call(), never))[-1]
    assert last.usage is not None
    assert last.usage.cost is None


def test_tool_calls_arrive_whole(made: Made) -> None:
    engine, _ = made([Reply(calls=[("ping", '{"host": "x"}')])])
    pieces = list(engine.chat(call(tools=(Tool(name="ping"),)), never))
    assert pieces[0].tool_calls[0].arguments == '{"host": "x"}'
    assert pieces[-1].finish_reason == "tool_calls"


def test_ollama_is_made_to_call_a_tool_by_a_schema(made: Made) -> None:
    engine, server = made([Reply('{"name": "ping", "arguments": {"n": 1}}')], kind="ollama")
    pieces = list(engine.chat(call(tools=(Tool(name="ping"),), tool_choice="ping"), never))
    assert json.loads(pieces[0].tool_calls[0].arguments) == {"n": 1}
    assert text_of(pieces) == ""
    assert "response_format" in server.chats()[0]


def test_a_server_that_does_not_stream_is_understood(made: Made) -> None:
    whole = json.dumps({"choices": [{"message": {"content": "All at once"}, "finish_reason": "stop"}]})
    engine, server = made()
    server.replies_to["/v1/chat/completions"] = [Reply(raw=f"data: {whole}\n\n")]
    assert text_of(list(engine.chat(call(), never))) == "All at once"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(made: Made, status: int) -> None:
    engine, server = made([Reply(status=status), Reply(status=status), Reply("Hello")])
    assert text_of(list(engine.chat(call(), never))) == "Hello"
    assert len(server.chats()) == 3
    assert engine.account.retries == 2


def test_patience_ends(made: Made) -> None:
    engine, server = made([Reply(status=503, error={"error": {"message": "loading"}})], retries=2)
    with pytest.raises(Unavailable, match="503: loading"):
        list(engine.chat(call(), never))
    assert len(server.chats()) == 3


def test_what_is_wrong_is_not_asked_again(made: Made) -> None:
    engine, server = made([Reply(status=400, error={"error": {"message": "bad schema"}})])
    with pytest.raises(BadInput, match="bad schema"):
        list(engine.chat(call(), never))
    assert len(server.chats()) == 1


def test_a_connection_that_breaks_before_the_first_token_is_made_again(made: Made) -> None:
    engine, server = made([Reply("Hello", break_after=0), Reply("Hello")])
    assert text_of(list(engine.chat(call(), never))) == "Hello"
    assert len(server.chats()) == 2


def test_after_the_first_token_nothing_is_repeated(made: Made) -> None:
    engine, server = made([Reply("Hello there", break_after=1), Reply("never")])
    answer = engine.chat(call(), never)
    assert next(answer).text == "Hell"
    with pytest.raises(Unavailable, match="broke off"):
        next(answer)
    assert len(server.chats()) == 1


def test_an_error_in_the_stream_is_one_sentence(made: Made) -> None:
    engine, _ = made([Reply(raw='data: {"error": {"message": "CUDA error"}}\n\n')], retries=0)
    with pytest.raises(StudioError, match="broke off: CUDA error"):
        list(engine.chat(call(), never))


def test_the_wait_that_the_server_asks_for_is_kept(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, _ = made([Reply(status=429, headers={"Retry-After": "7"}), Reply("Hello")])
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("backends.openai_endpoint.asyncio.sleep", sleep)
    list(engine.chat(call(), never))
    assert waited == [7.0]


def test_waits_grow(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, _ = made([Reply(status=503)], retries=4)
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("backends.openai_endpoint.asyncio.sleep", sleep)
    with pytest.raises(Unavailable):
        list(engine.chat(call(), never))
    assert waited == pytest.approx([0.001, 0.002, 0.004, 0.008])


def test_giving_up_closes_the_connection_while_the_server_is_silent(made: Made) -> None:
    engine, server = made([Reply("Hello", wait=threading.Event())])
    gone = threading.Event()
    watcher = threading.Timer(0.1, gone.set)
    watcher.start()
    with pytest.raises(Cancelled):
        list(engine.chat(call(), gone.is_set))
    assert server.hung_up.wait(5)


def test_leaving_the_answer_closes_the_connection(made: Made) -> None:
    engine, server = made([Reply("Hello there", wait=threading.Event(), pause_after=1)])
    answer = engine.chat(call(), never)
    next(answer)
    answer.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(5)


def test_a_long_silence_is_told(made: Made) -> None:
    engine, _ = made([Reply("Hello", wait=threading.Event())], answer_s=0.05, retries=0)
    with pytest.raises(Unavailable, match="silent for too long"):
        list(engine.chat(call(), never))


def test_the_key_is_sent_and_never_shown(made: Made) -> None:
    engine, server = made(key="sesame", api_key="sesame")
    list(engine.chat(call(), never))
    assert server.requests[-1].headers["authorization"] == "Bearer sesame"
    assert "sesame" not in repr(engine.endpoint) + repr(engine.installed)


def test_a_wrong_key_is_told(made: Made) -> None:
    engine, _ = made(key="sesame", api_key="poppy")
    with pytest.raises(Refused, match="refused the key"):
        list(engine.chat(call(), never))


def test_a_missing_model_is_told_with_what_is_there() -> None:
    with ScriptedServer(models=["other"]) as server, pytest.raises(Unavailable, match=r"'tiny'.* It has: other") as caught:
        engine_at(server.url).load(lambda fraction, message: None)
    assert caught.value.code == "no_such_model"


def test_a_server_that_lists_nothing_is_believed() -> None:
    with ScriptedServer(models=[]) as server:
        engine = engine_at(server.url)
        engine.load(lambda fraction, message: None)
        engine.close()


def test_nothing_at_the_address_is_told() -> None:
    engine = engine_at("http://127.0.0.1:9/v1", retries=0)
    with pytest.raises(Unavailable, match=r"Nothing answers at http://127.0.0.1:9/v1"):
        engine.load(lambda fraction, message: None)
    assert engine.state == "installed"


def test_a_wrong_path_is_told(made: Made) -> None:
    engine, server = made()
    server.replies_to["/v1/chat/completions"] = [Reply(status=404)]
    with pytest.raises(NotFound, match="/v1 included"):
        list(engine.chat(call(), never))


def test_before_and_after_it_cannot_be_called(made: Made) -> None:
    engine, _ = made()
    engine.close()
    with pytest.raises(Conflict):
        engine.chat(call(), never)


def test_vectors_are_in_order_and_of_length_one(made: Made) -> None:
    import struct

    engine, server = made()
    texts = ["aa", "bbbb", *("x" * n for n in range(1, 80))]
    found = engine.embed(texts, never)
    assert (found.count, found.dimensions, found.tokens) == (81, 3, sum(map(len, texts)))
    rows = [struct.unpack_from("<3f", found.data, 12 * index) for index in range(found.count)]
    assert all(sum(v * v for v in row) == pytest.approx(1.0, abs=1e-6) for row in rows)
    assert rows[0][1] > 0.5
    assert rows[1][1] == 0
    assert [len(r.body["input"]) for r in server.requests if r.path.endswith("embeddings")] == [64, 17]


def test_many_answers_at_once(made: Made) -> None:
    engine, _ = made(lambda body: Reply(f"echo {body['messages'][0]['content']}"))
    said: dict[int, str] = {}

    def ask(number: int) -> None:
        said[number] = text_of(list(engine.chat(call(str(number)), never)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert said == {number: f"echo {number}" for number in range(12)}
