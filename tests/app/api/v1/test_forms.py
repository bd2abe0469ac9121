"""What OpenAI's clients send: taken, ignored or refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.api.v1.forms import DEEPEST, ChatForm, EmbeddingForm, FunctionForm, one_or_many, plain


def form(**more: Any) -> ChatForm:
    return ChatForm.model_validate({"model": "m", "messages": [{"role": "user", "content": "hi"}], **more})


@pytest.mark.parametrize("field", ["user", "metadata", "store", "service_tier", "parallel_tool_calls", "reasoning_effort"])
def test_what_changes_nothing_is_ignored(field: str) -> None:
    assert form(**{field: "x"}) == form()


@pytest.mark.parametrize(
    "field", [n for n, f in ChatForm.model_fields.items() if not f.is_required()]
)  # fmt: skip
def test_everything_that_may_be_left_out_may_be_null(field: str) -> None:
    assert form(**{field: None}) == form()


@pytest.mark.parametrize(
    "usual", [{"n": 1}, {"logprobs": False}, {"presence_penalty": 0}, {"frequency_penalty": 0.0}, {"logit_bias": {}}, {"functions": []}]
)
def test_the_usual_values_of_what_is_not_offered_pass(usual: dict[str, Any]) -> None:
    form(**usual)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 2},
        {"logprobs": True},
        {"presence_penalty": 1},
        {"logit_bias": {"1": 2}},
        {"temperature": 2.1},
        {"top_p": 0},
        {"seed": 2**63},
    ],
)
def test_what_cannot_be_had_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        form(**wrong)


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "ä"])
def test_names_of_tools_are_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        FunctionForm(name=name)


def test_only_the_branch_that_was_meant_complains() -> None:
    assert (one_or_many("x"), one_or_many(["x"])) == ("~one", "~many")
    with pytest.raises(ValidationError) as caught:
        form(stop=["a"] * 5)
    assert [error["type"] for error in caught.value.errors()] == ["too_long"]
    with pytest.raises(ValidationError) as caught:
        EmbeddingForm.model_validate({"model": "m", "input": ["a"] * 2049})
    assert [error["type"] for error in caught.value.errors()] == ["too_long"]


def nested(depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [(nested(DEEPEST), "deeper"), ({"a": "\ud800"}, "half a character"), ({"\udfff": 1}, "half"), ({"a": [float("nan")]}, "none")],
)
def test_a_schema_is_plain_json(value: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        FunctionForm(name="look", parameters=value)


def test_plain_json_passes_unchanged() -> None:
    value = {"type": "object", "properties": {"a": {"type": "number", "maximum": 1.5}}, "required": ["a"], "x": None}
    assert plain(value) is value
    assert FunctionForm(name="look", parameters=nested(20)).parameters == nested(20)
