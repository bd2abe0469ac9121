"""From tokens to pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from backends.answer import Answer
from backends.chat import ChatPiece, Tool

END = 0


def pieces(
    text: str, stops: Sequence[str] = (), tools: Sequence[Tool] = (), forced: bool = False, end: bool = True, **more: Any
) -> list[ChatPiece]:
    answer = Answer(lambda tokens: "".join(map(chr, tokens)), frozenset({END}), stops, tools, forced)
    answer.thinking(more.get("thinking", False))
    made = []
    for token in [*map(ord, text), *([END] if end else [])]:
        piece = answer.push(token)
        made += [piece] if piece else []
        if answer.ended:
            break
    return made + list(answer.finish(7, more.get("complete", answer.ended)))


def text_of(made: Sequence[ChatPiece]) -> str:
    return "".join(piece.text for piece in made)


def test_an_answer_that_ends_by_itself() -> None:
    made = pieces("Hello")
    assert text_of(made) == "Hello"
    assert made[-1].finish_reason == "stop"
    assert made[-1].usage is not None
    assert (made[-1].usage.prompt_tokens, made[-1].usage.completion_tokens) == (7, 6)


def test_an_answer_that_is_cut_off() -> None:
    assert pieces("Hel", end=False)[-1].finish_reason == "length"


def test_a_stop_string_ends_it_and_is_not_shown() -> None:
    made = pieces("one. two", stops=(". ",))
    assert text_of(made) == "one"
    assert made[-1].finish_reason == "stop"
    assert made[-1].usage is not None
    assert made[-1].usage.completion_tokens == 5


def test_half_a_stop_string_is_shown_at_the_end() -> None:
    assert text_of(pieces("one.", stops=("..",))) == "one."


def test_a_call_is_a_piece_of_its_own() -> None:
    made = pieces('<tool_call>{"name": "ping"}</tool_call>', tools=(Tool(name="ping"),))
    assert [call.name for piece in made for call in piece.tool_calls] == ["ping"]
    assert made[-1].finish_reason == "tool_calls"


def test_a_demanded_call_is_the_whole_answer() -> None:
    made = pieces('{"name": "ping", "arguments": {}}', forced=True, complete=True)
    assert text_of(made) == ""
    assert made[0].tool_calls[0].name == "ping"
    assert made[-1].finish_reason == "tool_calls"


def test_a_demanded_call_that_is_cut_off_is_none() -> None:
    made = pieces('{"name": "pi', forced=True, end=False)
    assert len(made) == 1
    assert made[0].finish_reason == "length"


@pytest.mark.parametrize(("begun", "reasoning"), [(True, "hm"), (False, "")])
def test_a_thought_that_the_prompt_began(begun: bool, reasoning: str) -> None:
    made = pieces("hm</think>yes", thinking=begun)
    assert "".join(piece.reasoning for piece in made) == reasoning
    assert text_of(made).endswith("yes")
