"""Reading plans: whatever comes, a plan or everything that is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.editing.plan import EditPlan
from app.editing.problems import BadPlan, Problem
from app.editing.reading import MOST_BYTES, keys_of, path_of, read_plan

GOOD: dict[str, Any] = {
    "sources": [{"id": "a", "media": "art"}],
    "segments": [{"id": "s1", "source": "a", "start_s": 0, "end_s": 1, "operations": [{"op": "text", "text": "hi"}]}],
}


def faults(data: Any) -> list[Problem]:
    with pytest.raises(BadPlan) as caught:
        read_plan(data)
    return list(caught.value.problems)


def with_operation(**fields: Any) -> dict[str, Any]:
    return {**GOOD, "segments": [{**GOOD["segments"][0], "operations": [fields]}]}


def test_a_plan_is_read_from_text_bytes_data_and_itself() -> None:
    plan = read_plan(GOOD)
    assert isinstance(plan, EditPlan)
    assert read_plan(json.dumps(GOOD)) == read_plan(json.dumps(GOOD).encode()) == read_plan(plan) == plan
    assert read_plan(plan.model_dump(mode="json")) == plan


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", "not_json"), ("{", "not_json"), ("[" * 100_000, "not_json"),
        (b"\xff\xfe", "not_json"), ("1", "wrong_type"), ("[]", "wrong_type"),
        (None, "wrong_type"), (7, "wrong_type"), ([GOOD], "wrong_type"), ("null", "wrong_type"), (" " * (MOST_BYTES + 1), "too_large"),
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_what_is_no_plan_at_all(data: Any, code: str) -> None:
    (problem,) = faults(data)
    assert (problem.code, problem.path) == (code, "$")


def test_not_json_says_where() -> None:
    assert "line 2, column 3" in faults("{\n  x: 1}")[0].message


def test_all_faults_are_told_at_once_and_in_order() -> None:
    data = {**GOOD, "title": 7, "extra": 1, "seed": -1, "segments": [{"id": "!", "source": "a", "start_s": -1}]}
    found = {problem.path: problem.code for problem in faults(data)}
    assert found == {
        "$.title": "wrong_type", "$.extra": "unknown_field", "$.seed": "out_of_range", "$.segments[0].id": "bad_form",
        "$.segments[0].start_s": "out_of_range", "$.segments[0].end_s": "missing",
    }  # fmt: skip


def test_paths_leave_out_what_pydantic_adds() -> None:
    (problem,) = faults(with_operation(op="text", text="hi", x=3))
    assert problem.path == "$.segments[0].operations[0].x"
    (problem,) = faults(with_operation(op="text", text=""))
    assert problem.path == "$.segments[0].operations[0].text"
    (problem,) = faults(with_operation(op="reframe", path=[{"at_s": 0, "x": 2, "y": 0}]))
    assert problem.path == "$.segments[0].operations[0].path[0].x"


def test_a_missing_or_unknown_operation_is_named_at_its_op() -> None:
    missing, unknown = faults(with_operation(factor=2))[0], faults(with_operation(op="warp"))[0]
    assert (missing.code, missing.path) == ("missing", "$.segments[0].operations[0].op")
    assert (unknown.code, unknown.path) == ("unknown_operation", "$.segments[0].operations[0].op")
    assert "speed" in unknown.remedy


@pytest.mark.parametrize(("factor", "limit"), [(0, "at least 0.05"), (1000, "at most 50"), (-2, "at least 0.05")])
def test_speeds_beyond_the_limits(factor: float, limit: str) -> None:
    (problem,) = faults(with_operation(op="speed", factor=factor))
    assert problem.message == f"factor is {factor}; it must be {limit}."
    assert "freeze" in problem.remedy


def test_sentences_have_the_value_cut_short_and_printable() -> None:
    (problem,) = faults({**GOOD, "seed": "x\x00" * 500})
    assert len(problem.message) < 140
    assert problem.message.isprintable()


def test_numbers_that_are_none() -> None:
    for value in (float("nan"), float("inf"), -float("inf")):
        assert faults(with_operation(op="shake", strength_percent=value))[0].code == "not_a_number"
    assert faults('{"sources": [{"id": "a", "media": "m"}], "segments": [], "seed": NaN}')[0].path == "$.seed"


def test_an_empty_list_is_told_but_not_twice() -> None:
    assert [problem.code for problem in faults({**GOOD, "sources": []})] == ["wrong_length"]
    assert [problem.path for problem in faults({**GOOD, "sources": [{"id": "a"}]})] == ["$.sources[0].media"]


def test_keys_that_are_no_words() -> None:
    (problem,) = faults({**GOOD, 'we"ird key': 1})
    assert problem.path == '$["we\\"ird key"]'
    assert keys_of(problem.path) == ['we"ird key']


@pytest.mark.parametrize("keys", [[], ["a"], ["segments", 0, "operations", 12, "factor"], ['x"]', 1, "é", "a b", "\\", "0"]])
def test_paths_can_be_read_back(keys: list[str | int]) -> None:
    assert keys_of(path_of(keys)) == keys


def test_the_nearest_value_that_fits_is_known() -> None:
    assert faults(with_operation(op="speed", factor=99))[0].fits == 50
    assert faults({**GOOD, "title": "x" * 300})[0].fits == "x" * 200
    assert faults({**GOOD, "extra": 1})[0].fits is None
