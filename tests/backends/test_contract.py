"""What every engine promises, asked of each by way of the table: the room of models and the gateway rely on nothing else."""

from __future__ import annotations

import gc
import json
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("sentence_transformers")
pytest.importorskip("llguidance")

import torch

from backends.base import Cancelled, ChatEngine, Device, EmbeddingEngine, Engine, Installed
from backends.chat import ChatCall, ChatPiece, Message, TextPart, Tool
from backends.registry import engine_of
from configs.errors import BadInput, Conflict, StudioError
from tests.backends.scripted_server import ScriptedServer, behave
from tests.backends.tiny.models import installed
from tests.backends.weights_on_disk import small_safetensors

SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"], "additionalProperties": False}
PING = Tool(name="ping", parameters={"type": "object", "properties": {}, "additionalProperties": False})
LOCAL = {
    "transformers-chat": "tiny_qwen",
    "transformers-vision": "tiny_qwen_vl",
    "smolvlm": "tiny_smolvlm",
    "sentence-embeddings": "tiny_sentences",
}
CHATS = ["transformers-chat", "transformers-vision", "smolvlm", "openai-endpoint", "vllm"]
TORCH = ["transformers-chat", "transformers-vision", "smolvlm", "sentence-embeddings"]
ALL = [*CHATS, "sentence-embeddings"]
# On a machine with a GPU those that move weights are asked there as well.
GPU = [f"{name} on the GPU" for name in TORCH] if torch.cuda.is_available() else []
of_chats = pytest.mark.parametrize("case", [*CHATS, *GPU[:3]], indirect=True)


def never() -> bool:
    return False


def silent(fraction: float, message: str) -> None:
    """Hears and says nothing."""


def call(words: str = "hello", **more: Any) -> ChatCall:
    return ChatCall(messages=(Message(role="user", parts=(TextPart(text=words),)),), **{"max_tokens": 12, "seed": 1, **more})


@dataclass
class Case:
    """One engine and what it was made from."""

    name: str
    model: Installed
    engine: Any
    device: Device

    def again(self) -> Any:
        """Another engine of the same model."""
        return made_by_table(self.model, self.device)

    def use(self, is_cancelled: Callable[[], bool] = never) -> Any:
        """One call of whatever it does."""
        if isinstance(self.engine, EmbeddingEngine) and self.name == "sentence-embeddings":
            return self.engine.embed(["a", "b"], is_cancelled)
        return text_of(list(self.engine.chat(call(), is_cancelled)))


def made_by_table(model: Installed, device: Device) -> Any:
    return engine_of(model.card).make(model, device)


def text_of(pieces: Sequence[ChatPiece]) -> str:
    return "".join(piece.text for piece in pieces)


def model_of(name: str, request: pytest.FixtureRequest, folder: Path) -> Installed:
    if name in LOCAL:
        task = {"transformers-chat": "chat", "sentence-embeddings": "embedding"}.get(name, "vision-chat")
        return installed(request.getfixturevalue(LOCAL[name]), task, "transformers-vision" if name == "smolvlm" else name)
    made = installed(folder / "tiny", "chat", name)
    if name == "openai-endpoint":
        server = request.getfixturevalue("well_behaved")
        served = {"name": "tiny"}
        return replace(made, options={"endpoint": {"name": "here", "url": server.url, "models": [served]}, "model": served})
    (folder / "tiny").mkdir()
    (folder / "tiny" / "config.json").write_text("{}")
    (folder / "tiny" / "script.json").write_text('{"behave": true}')
    small_safetensors(folder / "tiny" / "model.safetensors")
    return replace(made, options={"command": [sys.executable, str(Path(__file__).parent / "scripted_vllm.py")]})


@pytest.fixture(scope="module")
def well_behaved() -> Iterator[ScriptedServer]:
    with ScriptedServer(behave) as server:
        yield server


@pytest.fixture(scope="module", params=[*ALL, *GPU])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """An engine on its device; each test leaves it so."""
    name, _, where = request.param.partition(" on the ")
    model, device = model_of(name, request, tmp_path_factory.mktemp("case")), Device("cuda:0" if where else "cpu")
    engine = made_by_table(model, device)
    engine.load(silent)
    engine.activate()
    yield Case(name, model, engine, device)
    engine.close()


def test_it_is_what_the_table_says(case: Case) -> None:
    assert isinstance(case.engine, Engine)
    assert isinstance(case.engine, EmbeddingEngine if case.model.card.task == "embedding" else ChatEngine)


def test_loading_tells_its_progress_and_what_it_holds(case: Case) -> None:
    steps: list[float] = []
    other = case.again()
    held = other.load(lambda fraction, message: steps.append(fraction) if message else None)
    assert steps
    assert 0 <= min(steps) <= max(steps) <= 1
    assert held.host_bytes >= held.device_bytes >= 0
    assert (held.host_bytes > 0) == (case.name != "openai-endpoint")
    other.close()


class Enough(Exception):
    """The listener has had enough."""


def test_loading_can_be_cancelled_and_tried_again(case: Case) -> None:
    def stop(fraction: float, message: str) -> None:
        raise Enough

    other = case.again()
    with pytest.raises(Enough):
        other.load(stop)
    with pytest.raises((Conflict, AssertionError)):
        Case(case.name, case.model, other, case.device).use()
    other.load(silent)
    other.activate()
    assert Case(case.name, case.model, other, case.device).use()
    other.close()


def test_off_its_device_it_cannot_be_called_and_back_on_it_answers_the_same(case: Case) -> None:
    before = case.use()
    case.engine.deactivate()
    with pytest.raises(Conflict):
        case.use()
    case.engine.activate()
    assert case.use() == before


def test_who_gives_up_at_once_gets_nothing(case: Case) -> None:
    with pytest.raises(Cancelled):
        case.use(lambda: True)
    assert case.use()


def test_the_guess_of_working_memory_is_a_number(case: Case) -> None:
    for shape in ({}, {"tokens": 100}, {"texts": 3, "letters": 50}):
        assert case.engine.working_bytes("chat", shape) >= 0


def test_relief_ends(case: Case) -> None:
    other = case.again()
    assert [other.relieve(level) for level in (1, 1, 2, 2)][-1] is False


@pytest.mark.parametrize("name", TORCH)
def test_closing_frees_the_memory(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    engine = made_by_table(model_of(name, request, tmp_path), Device())
    engine.load(silent)
    engine.activate()
    Case(name, engine.installed, engine, Device()).use()
    kept = [weakref.ref(weight) for weight in engine._model.parameters()]
    engine.close()
    gc.collect()
    assert [reference for reference in kept if reference() is not None] == []


@of_chats
def test_an_answer_comes_in_pieces_and_ends_with_its_reason(case: Case) -> None:
    pieces = list(case.engine.chat(call(), never))
    assert len(pieces) > 2
    assert text_of(pieces)
    assert all(piece.finish_reason is None and piece.usage is None for piece in pieces[:-1])
    last = pieces[-1]
    assert last.finish_reason == "length"
    assert last.usage is not None
    assert last.usage.prompt_tokens > 0
    assert last.usage.completion_tokens > 0


@of_chats
def test_giving_up_is_heard_within_one_token(case: Case) -> None:
    gone = False
    answer = case.engine.chat(call(max_tokens=None), lambda: gone)
    next(answer)
    gone = True
    with pytest.raises(Cancelled):
        next(answer)
    assert text_of(list(case.engine.chat(call(), never)))


@of_chats
def test_an_answer_may_be_left_half_read(case: Case) -> None:
    for _ in range(3):
        answer = case.engine.chat(call(max_tokens=None), never)
        next(answer)
        answer.close()
    assert text_of(list(case.engine.chat(call(), never)))


@of_chats
def test_a_stop_string_ends_it(case: Case) -> None:
    whole = text_of(list(case.engine.chat(call(max_tokens=24, temperature=0), never)))
    stop = whole[len(whole) // 2 :][:2]
    pieces = list(case.engine.chat(call(max_tokens=24, temperature=0, stop=(stop,)), never))
    assert text_of(pieces) == whole.split(stop)[0]
    assert pieces[-1].finish_reason == "stop"


@of_chats
def test_the_same_seed_gives_the_same_answer(case: Case) -> None:
    said = [text_of(list(case.engine.chat(call(seed=seed, temperature=1.5), never))) for seed in (5, 5, 6)]
    assert said[0] == said[1]
    if case.name in TORCH:
        assert said[0] != said[2]


@of_chats
def test_too_long_a_conversation_is_one_sentence_before_anything_is_made(case: Case) -> None:
    with pytest.raises(BadInput) as caught:
        list(case.engine.chat(call("word " * 2000), never))
    assert caught.value.code == "context_length_exceeded"
    assert case.model.card.title in caught.value.message
    assert caught.value.remedy


@of_chats
def test_json_on_demand(case: Case) -> None:
    pieces = list(case.engine.chat(call(json_schema=SCHEMA, max_tokens=60), never))
    assert set(json.loads(text_of(pieces))) == {"ok"}
    assert pieces[-1].finish_reason == "stop"


@of_chats
@pytest.mark.parametrize("choice", ["required", "ping"])
def test_a_call_on_demand(case: Case, choice: str) -> None:
    pieces = list(case.engine.chat(call(tools=(PING,), tool_choice=choice, max_tokens=60), never))
    (made,) = [made for piece in pieces for made in piece.tool_calls]
    assert (made.name, json.loads(made.arguments)) == ("ping", {})
    assert made.id
    assert pieces[-1].finish_reason == "tool_calls"


@of_chats
def test_a_tool_that_is_not_there_is_refused(case: Case) -> None:
    with pytest.raises(BadInput, match="'pong'"):
        list(case.engine.chat(call(tools=(PING,), tool_choice="pong"), never))


@of_chats
def test_errors_are_sentences(case: Case) -> None:
    with pytest.raises(StudioError) as caught:
        list(case.engine.chat(call(tool_choice="required"), never))
    assert caught.value.message.endswith(".")
    assert "\n" not in str(caught.value)


def test_what_it_tells_of_itself_can_be_shown(case: Case) -> None:
    from backends.room_view import _own_words

    told = json.loads(json.dumps(_own_words(case.engine)))
    assert told["notes"] == []
    assert told["used"] is None or told["used"]["calls"] >= 0
