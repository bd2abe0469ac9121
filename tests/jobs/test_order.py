"""Orders and outcomes travel as plain JSON."""

from __future__ import annotations

import json

from jobs.order import Order, Outcome


def test_an_order_survives_the_pipe() -> None:
    order = Order(
        job_id="j-1", attempt=2, capability="test.steps", request={"n": 1}, project_id="p", work_dir="/w", blob_dir="/b",
        steps={"a": [1]}, checkpoint={"at": 3}, media={"a-1": {"name": "x"}}, priority=4,
    )  # fmt: skip
    assert Order(**json.loads(json.dumps(order.__dict__))) == order


def test_an_outcome_survives_the_pipe_but_for_its_lines_being_a_list() -> None:
    outcome = Outcome(state="failed", error={"code": "c", "message": "m", "remedy": "r"}, log=("one",))
    back = Outcome(**json.loads(json.dumps(outcome.__dict__)))
    assert (back.state, back.error, tuple(back.log)) == (outcome.state, outcome.error, outcome.log)
