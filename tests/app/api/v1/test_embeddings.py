"""Embeddings through OpenAI's own client."""

from __future__ import annotations

import base64
import struct

import pytest
from openai import OpenAI


def test_vectors_are_unit_and_in_order(client: OpenAI) -> None:
    found = client.embeddings.create(model="counter", input=["one", "two", "three"])
    assert [row.index for row in found.data] == [0, 1, 2]
    assert sum(value * value for value in found.data[0].embedding) == pytest.approx(1, abs=1e-5)
    assert found.usage.prompt_tokens == 3


def test_base64_holds_the_same_numbers(client: OpenAI) -> None:
    plain = client.embeddings.create(model="counter", input="one", encoding_format="float").data[0].embedding
    body = {"model": "counter", "input": "one", "encoding_format": "base64"}
    raw = client.post("/embeddings", body=body, cast_to=object)
    packed = base64.b64decode(raw["data"][0]["embedding"])  # type: ignore[index]
    assert struct.unpack(f"<{len(plain)}f", packed) == pytest.approx(plain)


def test_fewer_dimensions_are_unit_again(client: OpenAI) -> None:
    vector = client.embeddings.create(model="counter", input="one", dimensions=2).data[0].embedding
    assert len(vector) == 2
    assert sum(value * value for value in vector) == pytest.approx(1, abs=1e-5)
