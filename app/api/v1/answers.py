"""Answers in OpenAI's shapes. Pure."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]


def chunk(answer_id: str, created: int, model: str, delta: Json, finish: str | None = None) -> Json:
    """One event of a streamed answer."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {"id": answer_id, "object": "chat.completion.chunk", "created": created, "model": model, "choices": [choice]}


def usage_chunk(answer_id: str, created: int, model: str, used: Json) -> Json:
    """The last event when the caller asked for the tokens used."""
    return {"id": answer_id, "object": "chat.completion.chunk", "created": created, "model": model, "choices": [], "usage": used}


def delta_of(piece: Mapping[str, Any], calls_before: int) -> Json:
    """What a piece adds; tool calls are numbered on from those before."""
    delta: Json = {}
    if piece.get("text"):
        delta["content"] = piece["text"]
    if piece.get("reasoning"):
        delta["reasoning_content"] = piece["reasoning"]
    if piece.get("tool_calls"):
        delta["tool_calls"] = [{"index": calls_before + n, **_tool_call(call)} for n, call in enumerate(piece["tool_calls"])]
    return delta


def completion(answer_id: str, created: int, model: str, pieces: Iterable[Mapping[str, Any]]) -> Json:
    """A whole answer from its pieces."""
    text, thoughts, calls, finish, used = "", "", [], "stop", usage({})
    for piece in pieces:
        text += piece.get("text", "")
        thoughts += piece.get("reasoning", "")
        calls += [_tool_call(call) for call in piece.get("tool_calls", ())]
        finish = piece.get("finish_reason") or finish
        used = usage(piece["usage"]) if piece.get("usage") else used
    message: Json = {"role": "assistant", "content": text or (None if calls else ""), "refusal": None}
    if thoughts:
        message["reasoning_content"] = thoughts
    if calls:
        message["tool_calls"] = calls
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    return {"id": answer_id, "object": "chat.completion", "created": created, "model": model, "choices": [choice], "usage": used}


def usage(counted: Mapping[str, int]) -> Json:
    """Tokens used."""
    asked, answered = counted.get("prompt_tokens", 0), counted.get("completion_tokens", 0)
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def embeddings(model: str, found: Mapping[str, Any], encoding: str, dimensions: int | None) -> Json:
    """Vectors as lists of numbers or as base64 of little-endian float32; cut to ``dimensions`` and made unit again."""
    raw, width = base64.b64decode(found["vectors"]), found["dimensions"]
    wanted = min(width, dimensions or width)
    data = []
    for index in range(found["count"]):
        row = raw[index * width * 4 : (index + 1) * width * 4]
        if wanted < width:
            row = _shortened(row, wanted)
        value: Any = base64.b64encode(row).decode() if encoding == "base64" else list(struct.unpack(f"<{wanted}f", row))
        data.append({"object": "embedding", "index": index, "embedding": value})
    return {"object": "list", "model": model, "data": data, "usage": {"prompt_tokens": found["tokens"], "total_tokens": found["tokens"]}}


def _shortened(row: bytes, wanted: int) -> bytes:
    values = struct.unpack(f"<{wanted}f", row[: wanted * 4])
    length = sum(value * value for value in values) ** 0.5 or 1.0
    return struct.pack(f"<{wanted}f", *(value / length for value in values))


def _tool_call(call: Mapping[str, Any]) -> Json:
    return {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
