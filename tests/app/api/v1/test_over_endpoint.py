"""Every declared feature through OpenAI's own client, in a studio whose model answers from a script behind an endpoint."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from app.capability import capability
from app.studio import Studio
from configs.settings import Settings
from jobs.context import JobContext
from tests.backends.scripted_server import Reply, ScriptedServer

ASK: Any = [{"role": "user", "content": "hello"}]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYPgPAAEBAQBf5cNLAAAAAElFTkSuQmCC"
TOOLS: Any = [
    {
        "type": "function",
        "function": {"name": name, "description": "Looks.", "parameters": {"type": "object", "properties": {"where": {"type": "string"}}}},
    }
    for name in ("look", "listen")
]


class Dot(BaseModel):
    """Nothing is asked."""


@capability("test.dot", lane="io", title="Dot")
def dot(request: Dot, job: JobContext) -> Dot:
    """Draws a dot."""
    path = job.work_dir / "dot.png"
    path.write_bytes(base64.b64decode(PNG))
    job.save("dot.png", path, kind="image", media_type="image/png")
    return request


class Script:
    """What the model will say next."""

    def __init__(self) -> None:
        self.reply = Reply("Hello there")

    def __call__(self, body: dict[str, Any]) -> Reply:
        return self.reply


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def server(script: Script) -> Iterator[ScriptedServer]:
    with ScriptedServer(script) as server:
        yield server


@pytest.fixture(scope="module")
def studio(server: ScriptedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    models = [{"name": "tiny", "task": "vision-chat"}, {"name": "tiny-embed", "task": "embedding"}]
    server.models += ["tiny-embed"]
    able = {"tools": True, "tool_choice": True, "json_schema": True, "images": True}
    endpoint = {"name": "here", "url": server.url, "models": models, "retries": 0, **able}
    settings = Settings.model_validate(
        {"data_dir": tmp_path_factory.mktemp("data"), "cpu_workers": 1, "headless": True, "endpoints": [endpoint], "answer_cache_s": 0}
    )
    with Studio.open(settings, capabilities=(dot,)) as studio:
        yield studio


@pytest.fixture(scope="module")
def site(studio: Studio, serve: Callable[[Studio], AbstractContextManager[str]]) -> Iterator[str]:
    with serve(studio) as url:
        yield url


@pytest.fixture(scope="module")
def names(client: OpenAI) -> dict[str, str]:
    """What this studio calls the models."""
    listed = [model.id for model in client.models.list()]
    return {"chat": next(n for n in listed if "embed" not in n), "embed": next(n for n in listed if "embed" in n)}


@pytest.fixture
def model(names: dict[str, str]) -> str:
    return names["chat"]


def streamed(client: OpenAI, **asked: Any) -> tuple[str, list[Any]]:
    """The text of a streamed answer, and its chunks."""
    chunks = list(client.chat.completions.create(stream=True, **asked))
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices), chunks


def test_the_same_answer_whole_and_streamed(client: OpenAI, model: str, script: Script) -> None:
    script.reply = Reply("Grüße, 世界 🦊", size=1)
    answer = client.chat.completions.create(model=model, messages=ASK)
    text, chunks = streamed(client, model=model, messages=ASK)
    assert answer.choices[0].message.content == text == "Grüße, 世界 🦊"
    assert answer.choices[0].message.role == "assistant"
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].id != answer.id
    assert chunks[-1].usage is None


def test_the_tokens_used_are_told_when_asked_for(client: OpenAI, model: str, script: Script) -> None:
    script.reply = Reply("abcd")
    whole = client.chat.completions.create(model=model, messages=ASK)
    _, chunks = streamed(client, model=model, messages=ASK, stream_options={"include_usage": True})
    assert chunks[-1].choices == []
    assert whole.usage is not None
    assert (whole.usage.prompt_tokens, whole.usage.completion_tokens, whole.usage.total_tokens) == (11, 4, 15)
    assert chunks[-1].usage == whole.usage


def test_sampling_reaches_the_model(client: OpenAI, model: str, server: ScriptedServer, script: Script) -> None:
    script.reply = Reply("ok")
    settings: Any = {"temperature": 0.25, "top_p": 0.5, "seed": 7, "stop": ["END", "STOP"], "max_completion_tokens": 9}
    client.chat.completions.create(model=model, messages=ASK, **settings)
    sent = server.chats()[-1]
    assert (sent["temperature"], sent["top_p"], sent["seed"], sent["stop"], sent["max_tokens"]) == (0.25, 0.5, 7, ["END", "STOP"], 9)
    client.chat.completions.create(model=model, messages=ASK, max_tokens=5, stop="X")
    assert (server.chats()[-1]["max_tokens"], server.chats()[-1]["stop"]) == (5, ["X"])


def test_an_answer_that_was_cut_says_so(client: OpenAI, model: str, script: Script) -> None:
    script.reply = Reply("abc", finish="length")
    assert client.chat.completions.create(model=model, messages=ASK).choices[0].finish_reason == "length"
    assert streamed(client, model=model, messages=ASK)[1][-1].choices[0].finish_reason == "length"


def test_a_tool_is_called_and_its_answer_goes_back(client: OpenAI, model: str, server: ScriptedServer, script: Script) -> None:
    script.reply = Reply(calls=[("look", '{"where": "up"}')])
    answer = client.chat.completions.create(model=model, messages=ASK, tools=TOOLS)
    choice = answer.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    assert choice.message.tool_calls is not None
    called: Any = choice.message.tool_calls[0]
    assert (called.function.name, json.loads(called.function.arguments)) == ("look", {"where": "up"})
    script.reply = Reply("A kite.")
    told: Any = [*ASK, choice.message, {"role": "tool", "tool_call_id": called.id, "content": "kite"}]
    final = client.chat.completions.create(model=model, messages=told, tools=TOOLS)
    assert final.choices[0].message.content == "A kite."
    sent = server.chats()[-1]["messages"]
    assert sent[1]["tool_calls"][0]["function"]["name"] == "look"
    assert (sent[2]["role"], sent[2]["tool_call_id"], sent[2]["content"]) == ("tool", called.id, "kite")


def test_streamed_tool_calls_are_numbered(client: OpenAI, model: str, script: Script) -> None:
    script.reply = Reply(calls=[("look", '{"where": "up"}'), ("listen", "{}")])
    with client.chat.completions.stream(model=model, messages=ASK, tools=TOOLS) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.tool_calls is not None
    assert [call.function.name for call in message.tool_calls] == ["look", "listen"]
    _, chunks = streamed(client, model=model, messages=ASK, tools=TOOLS)
    numbers = [call.index for chunk in chunks for call in chunk.choices[0].delta.tool_calls or ()]
    assert sorted(set(numbers)) == [0, 1]
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("required", "required"),
        ({"type": "function", "function": {"name": "listen"}}, {"type": "function", "function": {"name": "listen"}}),
    ],
)
def test_a_tool_can_be_required_or_named(
    client: OpenAI, model: str, server: ScriptedServer, script: Script, choice: Any, sent: Any
) -> None:  # fmt: skip
    script.reply = Reply(calls=[("listen", "{}")])
    answer = client.chat.completions.create(model=model, messages=ASK, tools=TOOLS, tool_choice=choice)
    assert server.chats()[-1]["tool_choice"] == sent
    assert answer.choices[0].message.tool_calls is not None


def test_no_tool_can_be_wanted(client: OpenAI, model: str, server: ScriptedServer, script: Script) -> None:
    script.reply = Reply("no tools")
    client.chat.completions.create(model=model, messages=ASK, tools=TOOLS, tool_choice="none")
    assert server.chats()[-1].get("tool_choice", "none") == "none"


def test_json_of_a_schema_and_any_json(client: OpenAI, model: str, server: ScriptedServer, script: Script) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"], "additionalProperties": False}
    script.reply = Reply('{"ok": true}')
    wanted: Any = {"type": "json_schema", "json_schema": {"name": "verdict", "schema": schema, "strict": True}}
    answer = client.chat.completions.create(model=model, messages=ASK, response_format=wanted)
    assert json.loads(answer.choices[0].message.content or "") == {"ok": True}
    assert server.chats()[-1]["response_format"]["json_schema"]["schema"] == schema
    client.chat.completions.create(model=model, messages=ASK, response_format={"type": "json_object"})
    assert server.chats()[-1]["response_format"]["type"] in ("json_object", "json_schema")
    client.chat.completions.create(model=model, messages=ASK, response_format={"type": "text"})
    assert "response_format" not in server.chats()[-1]


def test_a_picture_as_data_and_as_an_artifact(
    client: OpenAI, model: str, server: ScriptedServer, script: Script, studio: Studio
) -> None:  # fmt: skip
    artifact = studio.wait(studio.submit("test.dot", {}).job.id, 20).artifacts[0]
    script.reply = Reply("A dot.")
    for url in (f"data:image/png;base64,{PNG}", f"artifact:{artifact.id}"):
        content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
        asked: Any = [{"role": "user", "content": content}]
        assert client.chat.completions.create(model=model, messages=asked).choices[0].message.content == "A dot."
        sent = server.chats()[-1]["messages"][0]["content"]
        assert [part["type"] for part in sent] == ["text", "image_url"]
        assert sent[1]["image_url"]["url"].partition(",")[2] == PNG


def test_thoughts_stand_apart(client: OpenAI, model: str, script: Script) -> None:
    script.reply = Reply("4", reasoning="2 and 2")
    message: Any = client.chat.completions.create(model=model, messages=ASK).choices[0].message
    assert (message.content, message.reasoning_content) == ("4", "2 and 2")
    _, chunks = streamed(client, model=model, messages=ASK)
    assert "".join(getattr(chunk.choices[0].delta, "reasoning_content", None) or "" for chunk in chunks if chunk.choices) == "2 and 2"


@pytest.mark.parametrize("stream", [False, True])
def test_what_the_model_refuses_is_a_status_also_of_a_stream(client: OpenAI, model: str, script: Script, stream: bool) -> None:
    script.reply = Reply(status=400, error={"error": {"message": "too long", "code": "context_length_exceeded"}})
    with pytest.raises(openai.BadRequestError, match="too long") as caught:
        client.chat.completions.create(model=model, messages=ASK, stream=stream)
    assert (caught.value.code, caught.value.type) == ("context_length_exceeded", "invalid_request_error")
    script.reply = Reply(status=500, error={"error": {"message": "it burst"}})
    with pytest.raises(openai.InternalServerError, match="it burst") as broken:
        client.chat.completions.create(model=model, messages=ASK, stream=stream)
    assert (broken.value.status_code, broken.value.type) == (503, "server_error")


def test_an_answer_that_breaks_off_is_an_error_in_the_stream(client: OpenAI, model: str, script: Script) -> None:
    script.reply = Reply("Hello there, you", break_after=2)
    chunks = client.chat.completions.create(model=model, messages=ASK, stream=True)
    heard = [next(chunks).choices[0].delta.content for _ in range(3)]
    assert heard == ["", "Hell", "o th"]
    with pytest.raises(openai.APIError, match="broke off") as caught:
        next(chunks)
    assert caught.value.code == "endpoint_failed"


def test_asynchronous_clients_side_by_side(base_url: str, model: str, script: Script) -> None:
    script.reply = Reply("Hello there")

    async def one(client: AsyncOpenAI, stream: bool) -> str:
        if not stream:
            return (await client.chat.completions.create(model=model, messages=ASK)).choices[0].message.content or ""
        text = ""
        async for chunk in await client.chat.completions.create(model=model, messages=ASK, stream=True):
            text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        return text

    async def all_of_them() -> list[str]:
        async with AsyncOpenAI(base_url=base_url, api_key="none", max_retries=0) as client:
            return await asyncio.gather(*(one(client, number % 2 == 0) for number in range(12)))

    assert asyncio.run(all_of_them()) == ["Hello there"] * 12


def test_many_texts_keep_their_order(client: OpenAI, names: dict[str, str]) -> None:
    texts = [f"{number} {'a' * (number % 7)}" for number in range(2048)]
    found = client.embeddings.create(model=names["embed"], input=texts)
    assert [row.index for row in found.data] == list(range(2048))
    alone = client.embeddings.create(model=names["embed"], input=texts[3])
    assert found.data[3].embedding == pytest.approx(alone.data[0].embedding)
