"""Problems as people and programs get them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from app.editing.problems import BadPlan, Problem
from app.editing.reading import _CODES

ONE = Problem("twice", "$.film[1]", "Loudness stands here more than once.", "Keep one of them.")


def test_a_bad_plan_says_its_first_problem_in_a_sentence() -> None:
    error = BadPlan([ONE])
    assert str(error) == "$.film[1]: Loudness stands here more than once. Keep one of them."
    assert (error.code, error.http_status, error.exit_code) == ("twice", 422, 2)


def test_it_counts_the_others() -> None:
    assert "2 more" in str(BadPlan([ONE] * 3))


def test_its_json_has_them_all_and_what_would_fit_is_not_told() -> None:
    found = BadPlan([ONE, Problem("a", "$", "b", "c", fits=float("inf"))]).as_dict()
    assert json.loads(json.dumps(found, allow_nan=False))["problems"][1] == {"code": "a", "path": "$", "message": "b", "remedy": "c"}
    assert found["code"] == "twice"


def test_what_would_fit_makes_no_other_problem() -> None:
    assert Problem("a", "$", "b", "c", fits=[1]) == Problem("a", "$", "b", "c")
    assert len({Problem("a", "$", "b", "c", fits=[1]), Problem("a", "$", "b", "c")}) == 1


def test_every_code_stands_in_the_documentation_and_every_one_there_exists() -> None:
    root = Path(__file__).parents[3]
    page = (root / "docs/plans.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))
    used = {*_CODES.values(), "out_of_range", "bad_text", "wrong_type", "no_picture", "no_sound", "cut_empty", "cut_reversed"}
    for path in (root / "app/editing").rglob("*.py"):
        if "planner" not in path.parts and "exports" not in path.parts:
            used |= set(re.findall(r'Problem\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8")))
    assert told == used
