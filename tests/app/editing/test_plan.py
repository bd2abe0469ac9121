"""The plan's form."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from app.editing.operations import OPERATIONS, schema
from app.editing.plan import EditPlan, Segment
from tests.app.editing.random_plans import random_plan, synthetic_facts
from tests.app.editing.short_plans import plan_of, row


def test_only_approved_rows_count() -> None:
    plan = plan_of(row(0, 1), row(1, 2, approved=False), row(2, 3))
    assert [segment.id for segment in plan.approved] == ["s1", "s3"]


def test_a_plan_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        plan_of(row(0, 1)).segments[0].start_s = 3  # type: ignore[misc]


@pytest.mark.parametrize("seed", range(30))
def test_a_plan_survives_json(seed: int) -> None:
    plan = random_plan(seed, synthetic_facts())
    assert EditPlan.model_validate_json(plan.model_dump_json()) == plan
    assert EditPlan.model_validate(json.loads(json.dumps(plan.model_dump(mode="json")))) == plan


def test_the_schema_names_every_operation() -> None:
    text = json.dumps(EditPlan.model_json_schema())
    assert all(f'"{op}"' in text for op in OPERATIONS)
    assert set(schema()["discriminator"]["mapping"]) == set(OPERATIONS)


@pytest.mark.parametrize("name", ["", "a b", "-a", "ä", "a/b", "../a", "x" * 41, "a\n"])
def test_names_are_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        Segment.model_validate({"id": name, "source": "a", "start_s": 0, "end_s": 1})


def test_a_day_is_the_longest_time() -> None:
    with pytest.raises(ValidationError):
        plan_of(row(0, 24 * 3600 + 1))
