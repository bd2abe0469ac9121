"""A studio with its model process: a tiny model is imported, asked, and leaves; an endpoint's model is asked without installing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("llguidance")

from app.models.calls import ModelView
from app.studio import Studio
from backends.chat import ChatCall, Message, TextPart
from configs.errors import BadInput, StudioError
from configs.settings import load_settings
from tests.backends.scripted_server import ScriptedServer, behave

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    from tests.backends.tiny.models import save_qwen

    folder = tmp_path_factory.mktemp("studio")
    with ScriptedServer(behave) as server:
        here = {"name": "here", "url": server.url, "models": [{"name": "tiny", "price_out": 1e6}]}
        settings = load_settings({"data_dir": folder / "data", "headless": True, "device": "cpu", "endpoints": [here]})
        with Studio.open(settings) as made:
            job = made.submit("model.import", {"path": str(save_qwen(folder / "tiny-qwen"))}, allow_paths=True).job
            assert made.wait(job.id, 120).job.state == "succeeded"
            yield made


def call(words: str = "hello", **more: Any) -> ChatCall:
    return ChatCall(messages=(Message(role="user", parts=(TextPart(text=words),)),), **{"max_tokens": 8, "seed": 1, **more})


def asked(studio: Studio, model: str, request: ChatCall) -> list[dict[str, Any]]:
    with studio.models.chat(model, request) as pieces:
        return [dict(piece) for piece in pieces]


def row_of(status: Any, name: str) -> dict[str, Any]:
    """What the model process says of one model."""
    (row,) = [row for row in status["models"] if row["name"] == name]
    return dict(row)


def named(studio: Studio) -> dict[str, ModelView]:
    return {model.name: model for model in studio.models.models()}


def test_both_can_be_called(studio: Studio) -> None:
    assert {name: model.engine for name, model in named(studio).items()} == {
        "tiny-qwen": "transformers-chat",
        "here-tiny": "openai-endpoint",
    }


def test_the_imported_model_answers_and_leaves(studio: Studio) -> None:
    pieces = asked(studio, "tiny-qwen", call())
    assert "".join(piece.get("text", "") for piece in pieces)
    assert pieces[-1]["finish_reason"] == "length"
    assert pieces[-1]["usage"]["completion_tokens"] == 8
    assert row_of(studio.models.load("tiny-qwen"), "tiny-qwen")["host_bytes"] > 0
    assert asked(studio, "tiny-qwen", call()) == pieces, "the same seed"
    row = row_of(studio.models.unload("tiny-qwen"), "tiny-qwen")
    assert (row["state"], row["host_bytes"]) == ("installed", 0)


def test_json_crosses_the_pipe(studio: Studio) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"], "additionalProperties": False}
    pieces = asked(studio, "tiny-qwen", call(json_schema=schema, max_tokens=40))
    assert "".join(piece.get("text", "") for piece in pieces) in ('{"ok": true}', '{"ok": false}')


def test_what_is_wrong_is_one_sentence_on_this_side_too(studio: Studio) -> None:
    with pytest.raises(StudioError, match="has room for") as caught:
        asked(studio, "tiny-qwen", call("word " * 2000))
    assert caught.value.code == "context_length_exceeded"
    assert caught.value.http_status == BadInput.http_status


def test_the_endpoint_answers_with_its_price(studio: Studio) -> None:
    pieces = asked(studio, "here-tiny", call())
    assert "".join(piece.get("text", "") for piece in pieces).startswith("word0 word1")
    assert pieces[-1]["usage"]["cost"] == pieces[-1]["usage"]["completion_tokens"]
    assert row_of(studio.models.load("here-tiny"), "here-tiny")["used"]["calls"] >= 1
