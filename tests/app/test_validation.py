"""A sentence for a request that does not fit."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.validation import as_bad_input, field_name, shown


class Scene(BaseModel):
    """A scene."""

    start_s: float = Field(ge=0)


class Ask(BaseModel):
    """Asks."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(default=1, ge=1)
    kind: Literal["hard", "soft"] = "hard"
    scenes: list[Scene] = []
    even: int = 2

    @field_validator("even")
    @classmethod
    def _is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("An odd number cannot be halved")
        return value


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"number": 0}, "Field 'number' is 0: input should be greater than or equal to 1."),
        ({"number": "x"}, "Field 'number' is 'x': input should be a valid integer, unable to parse string as an integer."),
        ({"kind": "firm"}, "Field 'kind' is 'firm': input should be 'hard' or 'soft'."),
        ({"scenes": [{"start_s": 1}, {"start_s": -1}]}, "Field 'scenes[1].start_s' is -1: input should be greater than or equal to 0."),
        ({"scenes": [{}]}, "Field 'scenes[0].start_s' is missing."),
        ({"colour": 1}, "Field 'colour' is not known."),
        ({"even": 3}, "Field 'even' is 3: an odd number cannot be halved."),
        ({"number": 0, "kind": 3}, "Field 'number' is 0: input should be greater than or equal to 1. (1 more)"),
    ],
)
def test_the_sentence(request_: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Ask.model_validate(request_)
    error = as_bad_input(caught.value.errors())
    assert error.message == sentence
    assert error.remedy
    assert error.http_status == 422


def test_something_that_is_no_object() -> None:
    with pytest.raises(ValidationError) as caught:
        Ask.model_validate([1])
    assert as_bad_input(caught.value.errors()).message.startswith("The request is [1]: input should be a valid dictionary")


def test_what_a_web_framework_adds() -> None:
    assert as_bad_input([{"type": "missing", "loc": ("body",), "msg": "Field required"}]).message == "The request has no content."
    broken = {"type": "json_invalid", "loc": ("body", 3), "msg": "JSON decode error", "ctx": {"error": "Expecting value"}}
    assert as_bad_input([broken]).message == "The request is not valid JSON: Expecting value."


@pytest.mark.parametrize(
    ("location", "name"),
    [
        (("body", "number"), "number"),
        (("query", "limit"), "limit"),
        (("scenes", 2, "start_s"), "scenes[2].start_s"),
        (("a", "b", 0, 1), "a.b[0][1]"),
        ((), ""),
        (("body",), ""),
    ],
)
def test_names_of_places(location: tuple[Any, ...], name: str) -> None:
    assert field_name(location) == name


def test_long_values_are_cut() -> None:
    assert shown("x" * 1000) == "'" + "x" * 56 + "..."
    assert shown(5) == "5"
