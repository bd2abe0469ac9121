"""Answers in OpenAI's shapes. Pure."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.api.v1.errors import FieldError

Json = dict[str, Any]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # made once: that of `json.dumps` is made anew each time


@dataclass(frozen=True)
class Head:
    """What every part of one answer carries."""

    id: str
    created: int
    model: str

    def chunk(self, choices: list[Json]) -> Json:
        """One event of a streamed answer."""
        return {"id": self.id, "object": "chat.completion.chunk", "created": self.created, "model": self.model, "choices": choices}


class Deltas:
    """The events of one streamed answer; tool calls are numbered through all of it."""

    def __init__(self, head: Head, wants_usage: bool) -> None:
        self._head, self._wants_usage = head, wants_usage
        self._calls = 0
        self._used = usage({})

    def first(self) -> Json:
        """Who speaks."""
        return self._chunk({"role": "assistant", "content": ""})

    def of(self, piece: Mapping[str, Any]) -> list[Json]:
        """What a piece adds; nothing when it only counts tokens."""
        if piece.get("usage"):
            self._used = usage(piece["usage"])
        delta: Json = {}
        if piece.get("text"):
            delta["content"] = piece["text"]
        if piece.get("reasoning"):
            delta["reasoning_content"] = piece["reasoning"]
        calls = [_tool_call(call) for call in piece.get("tool_calls", ())]
        if calls:
            delta["tool_calls"] = [{"index": self._calls + number, **call} for number, call in enumerate(calls)]
            self._calls += len(calls)
        finish = piece.get("finish_reason")
        return [self._chunk(delta, finish)] if delta or finish else []

    def last(self) -> list[Json]:
        """The tokens used, where they were asked for."""
        return [{**self._head.chunk([]), "usage": self._used}] if self._wants_usage else []

    def _chunk(self, delta: Json, finish: str | None = None) -> Json:
        chunk = self._head.chunk([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}])
        return {**chunk, "usage": None} if self._wants_usage else chunk


def completion(head: Head, pieces: Iterable[Mapping[str, Any]]) -> Json:
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
    return {**head.chunk([choice]), "object": "chat.completion", "usage": used}


def usage(counted: Mapping[str, Any]) -> Json:
    """Tokens used, and the price where the model has one."""
    asked, answered = counted.get("prompt_tokens", 0), counted.get("completion_tokens", 0)
    used = {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}
    return used if counted.get("cost") is None else {**used, "cost": counted["cost"]}


def encode(data: Json) -> bytes:
    """JSON; half a character, which an endpoint may have sent, becomes a question mark."""
    return _ENCODER.encode(data).encode(errors="replace")


def embeddings(model: str, found: Mapping[str, Any], encoding: str, dimensions: int | None) -> Json:
    """Vectors as lists of numbers or as base64 of little-endian float32; cut to ``dimensions`` and made unit again.

    Raises:
        FieldError: the model's vectors have fewer dimensions.
    """
    raw, width = base64.b64decode(found["vectors"]), found["dimensions"]
    wanted = dimensions or width
    if wanted > width:
        raise FieldError("dimensions", f"dimensions is {wanted}, but vectors of {model} have {width}.", f"Give at most {width}.")
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
