"""Answers that must be JSON of a schema, with a model that knows nothing: random scores."""

from __future__ import annotations

import json
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("llguidance")

import jsonschema  # noqa: E402

from backends.constrained import Constraint, GrammarMaker, check_schema, first_line  # noqa: E402
from backends.sampling import Sampler  # noqa: E402
from configs.errors import BadInput, Unavailable  # noqa: E402
from tests.backends.tiny import words  # noqa: E402

SCHEMAS: dict[str, dict[str, Any]] = {
    "object": {
        "type": "object", "required": ["name", "age"], "additionalProperties": False,
        "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer", "minimum": 0, "maximum": 130}},
    },
    "enum": {"enum": ["left", "right", 3, None]},
    "array": {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 4},
    "nested": {
        "$defs": {"point": {"type": "object", "properties": {"x": {"type": "number", "minimum": 0, "maximum": 9}}, "required": ["x"],
                            "additionalProperties": False}},
        "type": "object", "properties": {"a": {"$ref": "#/$defs/point"}, "b": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/point"}]}},
        "required": ["a", "b"], "additionalProperties": False,
    },
    "pattern": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{3}$"},
    "const": {"const": {"ok": True}},
}  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return words.tokenizer()


@pytest.fixture(scope="module")
def maker(tokenizer: Any) -> GrammarMaker:
    return GrammarMaker(tokenizer.backend_tokenizer.to_str(), len(tokenizer) + 8, (tokenizer.eos_token_id,))


def written(constraint: Constraint, tokenizer: Any, seed: int, limit: int = 300) -> str:
    """An answer of random tokens that the constraint allows."""
    sampler, width = Sampler(1.0, 1.0, seed, torch.device("cpu")), len(tokenizer) + 8
    noise = torch.Generator().manual_seed(seed)
    made: list[int] = []
    while not constraint.done and len(made) < limit:
        token = sampler.pick(torch.randn(width, generator=noise), constraint.allowed())
        constraint.accept(token)
        made.append(token)
    return str(tokenizer.decode([token for token in made if token != tokenizer.eos_token_id]))


@pytest.mark.parametrize("name", SCHEMAS)
def test_whatever_is_written_is_of_the_schema(name: str, maker: GrammarMaker, tokenizer: Any) -> None:
    answers = {written(maker.constraint(SCHEMAS[name]), tokenizer, seed) for seed in range(6)}
    for answer in answers:
        jsonschema.validate(json.loads(answer), SCHEMAS[name])
    assert len(answers) > 1 or name == "const"


def test_no_schema_means_any_object(maker: GrammarMaker, tokenizer: Any) -> None:
    allowed = maker.constraint({}).allowed()
    firsts = {tokenizer.decode([index]).strip()[:1] for index in allowed.nonzero().flatten().tolist() if index < len(tokenizer)}
    assert firsts == {"{"}


def test_names_of_no_token_are_never_allowed(maker: GrammarMaker, tokenizer: Any) -> None:
    assert not maker.constraint({"type": "string"}).allowed()[len(tokenizer) :].any()


def test_a_constraint_is_for_one_answer(maker: GrammarMaker, tokenizer: Any) -> None:
    first = maker.constraint(SCHEMAS["const"])
    written(first, tokenizer, 1)
    assert first.done
    assert not maker.constraint(SCHEMAS["const"]).done


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "array", "uniqueItems": True}, "not supported.*uniqueItems"),
        ({"if": {"type": "string"}, "then": {"maxLength": 3}}, '"if"'),
        ({"type": "string", "pattern": "^a(?=b)"}, "look-around"),
        ({"type": "colour"}, "colour"),
        ({"$ref": "http://example.org/schema"}, "example.org"),
    ],
)
def test_what_cannot_be_held_to_is_said(schema: dict[str, Any], said: str, maker: GrammarMaker) -> None:
    for check in (maker.constraint, check_schema):
        with pytest.raises(BadInput, match=f"(?s)JSON schema: .*{said}") as caught:
            check(schema)
        assert "\n" not in caught.value.message


def test_a_token_that_may_not_follow_is_an_error(maker: GrammarMaker, tokenizer: Any) -> None:
    constraint = maker.constraint({"type": "integer"})
    with pytest.raises(Unavailable, match="broke off"):
        constraint.accept(tokenizer.convert_tokens_to_ids("a"))


def test_the_library_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "llguidance", None)
    with pytest.raises(Unavailable, match="llguidance"):
        check_schema({})


def test_the_telling_line_of_a_message() -> None:
    assert first_line("regex parse error:\n   ^a\nerror: no look-ahead.") == "no look-ahead"
    assert first_line(" One. \n two") == "One"
    assert first_line("") == ""
