"""What lends engines to jobs keeps to the form that jobs know."""

from __future__ import annotations

import inspect

import pytest

from app.models.services import LendingRoom
from jobs.lending import ModelRoom
from tests.jobs.lenders import OneEngine

VERBS = [name for name, member in vars(ModelRoom).items() if inspect.isfunction(member) and not name.startswith("_")]


def test_there_are_verbs_to_keep_to() -> None:
    assert {"lease", "call", "installed", "adapter"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_room_of_models_is_asked_as_jobs_ask(verb: str) -> None:
    asked, answered = (inspect.signature(getattr(owner, verb)).parameters for owner in (ModelRoom, LendingRoom))
    assert [(name, asked[name].kind) for name in asked] == [(name, answered[name].kind) for name in answered]


@pytest.mark.parametrize("verb", VERBS)
def test_the_stand_in_of_tests_can_do_the_same(verb: str) -> None:
    assert callable(getattr(OneEngine(), verb))
