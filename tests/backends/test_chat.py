"""The forms a chat takes."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from backends.chat import ChatCall, ImagePart, Message, TextPart


def test_parts_are_told_apart_by_their_type() -> None:
    call = ChatCall.model_validate({
        "messages": [{"role": "user", "parts": [{"type": "text", "text": "What is this?"}, {"type": "image", "base64": "AAAA"}]}]
    })  # fmt: skip
    assert call.messages[0].parts == (TextPart(text="What is this?"), ImagePart(base64="AAAA"))
    assert call.has_images


def test_words_alone_need_no_eyes() -> None:
    assert not ChatCall(messages=(Message(role="user", parts=(TextPart(text="hi"),)),)).has_images


@pytest.mark.parametrize(
    "wrong", [{"messages": []}, {"messages": [{"role": "robot"}]}, {"messages": [{"role": "user"}], "temperature": 3}, {"talk": 1}]
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ChatCall.model_validate(wrong)


def test_a_call_survives_the_pipe() -> None:
    call = ChatCall(messages=(Message(role="system", parts=(TextPart(text="Be brief."),)),), stop=("\n",), seed=7, json_schema={})
    assert ChatCall.model_validate_json(call.model_dump_json()) == call
