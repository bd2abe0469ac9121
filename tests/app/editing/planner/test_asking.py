"""Asking a model: which one, how long, cancelled or broken, with and without a schema."""

from __future__ import annotations

import pytest

from app.editing.planner.asking import Limits, ask, ask_formed, chat_model
from configs.errors import BadInput, StudioError, Unavailable
from jobs.context import JobCancelled
from tests.app.editing.planner.stand_in import StandIn

QUICK = Limits(first_s=0.3, silence_s=0.3, whole_s=1.0, tokens=100)


def keep_on() -> None:
    """Nobody has cancelled."""


def answer(models: StandIn, schema: dict[str, object] | None = None) -> str:
    return ask(models, "tiny", [("user", "hello")], schema, seed=1, limits=QUICK, keep_on=keep_on)


def test_the_pieces_are_put_together_and_the_call_is_ended() -> None:
    models = StandIn("a" * 120)
    assert answer(models, {"type": "object"}) == "a" * 120
    assert models.handles[0].cancelled
    call = models.calls[0]
    assert (call.seed, call.max_tokens, call.json_schema) == (1, 100, {"type": "object"})


def test_silence_ends_in_an_error_that_says_how_long() -> None:
    with pytest.raises(Unavailable, match="tiny did not answer within"):
        answer(StandIn(None))


def test_the_models_error_is_told_in_its_own_words() -> None:
    with pytest.raises(StudioError, match="Out of memory"):
        answer(StandIn({"message": "Out of memory."}))


def test_cancelling_crosses_the_call() -> None:
    models = StandIn(None)

    def stop() -> None:
        raise JobCancelled("j-1")

    with pytest.raises(JobCancelled):
        ask(models, "tiny", [("user", "hello")], None, seed=1, limits=QUICK, keep_on=stop)
    assert models.handles[0].cancelled


def test_an_engine_without_schemas_is_asked_in_words() -> None:
    models = StandIn({"code": "no_schema", "message": "This server cannot hold answers to a JSON schema."}, "{}")
    found = ask_formed(models, "tiny", [("user", "hello")], {"type": "object"}, seed=1, limits=QUICK, keep_on=keep_on)
    assert found == "{}"
    assert [call.json_schema is None for call in models.calls] == [False, True]
    with pytest.raises(StudioError, match="It broke"):
        ask_formed(StandIn({}), "tiny", [("user", "hello")], {"type": "object"}, seed=1, limits=QUICK, keep_on=keep_on)


def test_a_loaded_model_is_asked_before_others() -> None:
    models = StandIn("x", names=("cold", "warm"), states=("installed", "resident"))
    found = chat_model(models, None)
    assert found is not None
    assert found.name == "warm"
    named = chat_model(models, "cold")
    assert named is not None
    assert named.name == "cold"


def test_no_chat_model_and_an_unknown_one() -> None:
    assert chat_model(StandIn("x", names=()), None) is None
    with pytest.raises(BadInput, match="'gpt-9'"):
        chat_model(StandIn("x"), "gpt-9")
    with pytest.raises(BadInput, match="minilm"):
        chat_model(StandIn("x"), "minilm")
