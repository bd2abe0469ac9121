"""Answers in OpenAI's shapes."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import pytest

from app.api.v1.answers import Deltas, Head, completion, embeddings, encode, usage
from app.api.v1.errors import FieldError

HEAD = Head("chatcmpl-1", 5, "parrot")
CALL = {"id": "c1", "name": "look", "arguments": "{}"}


def test_a_whole_answer_is_put_together() -> None:
    pieces: list[dict[str, Any]] = [
        {"reasoning": "Hm"}, {"text": "Hel"}, {"text": "lo"},
        {"finish_reason": "length", "usage": {"prompt_tokens": 2, "completion_tokens": 3}},
    ]  # fmt: skip
    made = completion(HEAD, pieces)
    assert (made["id"], made["object"], made["created"], made["model"]) == ("chatcmpl-1", "chat.completion", 5, "parrot")
    assert made["choices"][0]["message"] == {"role": "assistant", "content": "Hello", "refusal": None, "reasoning_content": "Hm"}
    assert made["choices"][0]["finish_reason"] == "length"
    assert made["usage"]["total_tokens"] == 5


def test_an_answer_of_calls_alone_has_no_content() -> None:
    message = completion(HEAD, [{"tool_calls": [CALL], "finish_reason": "tool_calls"}])["choices"][0]["message"]
    assert message["content"] is None
    assert message["tool_calls"] == [{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]
    assert completion(HEAD, [])["choices"][0]["message"]["content"] == ""


def test_a_stream_numbers_its_calls_through() -> None:
    deltas = Deltas(HEAD, wants_usage=False)
    assert deltas.first()["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    numbers = [
        call["index"] for piece in ([CALL], [CALL, CALL]) for chunk in deltas.of({"tool_calls": piece})
        for call in chunk["choices"][0]["delta"]["tool_calls"]
    ]  # fmt: skip
    assert numbers == [0, 1, 2]
    assert deltas.of({"text": "a"})[0]["choices"][0]["delta"] == {"content": "a"}
    assert deltas.of({"finish_reason": "stop"})[0]["choices"][0] == {"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}
    assert deltas.of({"usage": {"prompt_tokens": 1}}) == []
    assert deltas.last() == []


def test_usage_stands_in_the_last_chunk_alone() -> None:
    deltas = Deltas(HEAD, wants_usage=True)
    assert deltas.first()["usage"] is None
    deltas.of({"finish_reason": "stop", "usage": {"prompt_tokens": 1, "completion_tokens": 2}})
    assert deltas.last()[0]["usage"] == {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    assert deltas.last()[0]["choices"] == []


def test_a_price_is_told_where_there_is_one() -> None:
    assert usage({"prompt_tokens": 1, "cost": 0.5})["cost"] == 0.5
    assert "cost" not in usage({"cost": None})


def test_half_a_character_does_not_break_the_answer() -> None:
    assert json.loads(encode({"a": "ä\ud800"})) == {"a": "ä?"}


def vectors(*rows: tuple[float, ...]) -> dict[str, Any]:
    packed = b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows)
    return {"vectors": base64.b64encode(packed).decode(), "count": len(rows), "dimensions": len(rows[0]), "tokens": 7}


def test_vectors_as_numbers_and_as_base64() -> None:
    found = vectors((0.6, 0.8), (1.0, 0.0))
    plain = embeddings("m", found, "float", None)
    assert [row["index"] for row in plain["data"]] == [0, 1]
    assert plain["data"][0]["embedding"] == pytest.approx([0.6, 0.8])
    packed = base64.b64decode(embeddings("m", found, "base64", None)["data"][1]["embedding"])
    assert struct.unpack("<2f", packed) == (1.0, 0.0)
    assert plain["usage"] == {"prompt_tokens": 7, "total_tokens": 7}


def test_shortened_vectors_are_unit_again() -> None:
    found = vectors((0.6, 0.0, 0.8), (0.0, 0.0, 1.0))
    rows = [row["embedding"] for row in embeddings("m", found, "float", 2)["data"]]
    assert rows == [pytest.approx([1.0, 0.0]), [0.0, 0.0]]
    with pytest.raises(FieldError, match="have 3"):
        embeddings("m", found, "float", 4)
