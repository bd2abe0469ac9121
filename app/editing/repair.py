"""Mending a plan: one deterministic repair of what a model or a person wrote, with a note of everything that was changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.mending import Mender
from app.editing.plan import EditPlan
from app.editing.problems import BadPlan, Problem
from app.editing.reading import read_plan

MOST_ROUNDS = 24  # mending one fault may uncover another, but not without end
MOST_NOTES = 40


def repair(data: Any, sources: Mapping[str, SourceFacts]) -> tuple[EditPlan, list[str]]:
    """A plan that can be rendered, and what was done to make it one: values brought within their limits, what cannot be mended left out.

    Args:
        data: a plan, or whatever was meant to be one: JSON text (also among other words), or what it was read into.
        sources: facts of the sources by their ids.

    Raises:
        BadPlan: nothing that could be rendered would be left of it.
    """
    try:
        mender = Mender(_loose(data), sources)
    except RecursionError:
        raise BadPlan([Problem("too_deep", "$", "The plan is nested too deeply.", "Write it as the schema says.")]) from None
    problems: list[Problem] = []
    for _ in range(MOST_ROUNDS):
        try:
            plan = read_plan(mender.data)
            compile_plan(plan, sources)
        except BadPlan as error:
            problems = list(error.problems)
            if not mender.mend(problems):
                break
        else:
            return plan, _kept(mender.notes)
    raise BadPlan(problems)


def _loose(data: Any) -> Any:
    """Data of its own to change; of text, the outermost object in it."""
    if isinstance(data, EditPlan):
        return data.model_dump(mode="json")
    if isinstance(data, (str, bytes, bytearray)):
        text = data.decode("utf-8", "replace") if isinstance(data, (bytes, bytearray)) else data
        begin, end = text.find("{"), text.rfind("}")
        if begin < 0 or end <= begin:
            return text
        try:
            return json.loads(text[begin : end + 1])
        except (ValueError, RecursionError):
            return text
    return _own(data)


def _own(data: Any) -> Any:
    """A copy in which every object stands once, so that changing one place changes no other."""
    if isinstance(data, Mapping):
        return {key: _own(value) for key, value in data.items()}
    return [_own(value) for value in data] if isinstance(data, (list, tuple)) else data


def _kept(notes: list[str]) -> list[str]:
    more = len(notes) - MOST_NOTES
    return notes if more <= 0 else [*notes[:MOST_NOTES], f"{more} more changes of the same kinds."]
