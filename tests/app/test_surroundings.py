"""What a request may ask of the studio: every question has an answer in the studio itself."""

from __future__ import annotations

import inspect

from app.around import Around
from app.surroundings import Surroundings


def questions(of: type) -> dict[str, list[str]]:
    return {
        name: list(inspect.signature(found).parameters) for name, found in vars(of).items() if inspect.isfunction(found) and name[0] != "_"
    }


def test_the_studio_answers_every_question_with_the_same_parameters() -> None:
    assert questions(Surroundings)
    answered = questions(Around)
    for name, parameters in questions(Surroundings).items():
        assert answered[name] == parameters


def test_every_question_says_what_it_answers() -> None:
    for name in questions(Surroundings):
        assert inspect.getdoc(getattr(Surroundings, name))
