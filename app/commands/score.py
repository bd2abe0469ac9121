"""The judge's table: every part of a film's score, then what to mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.commands import text
from app.commands.base import table


def score_table(evaluation: Mapping[str, Any]) -> str:
    """The parts, and the issues, the gravest first."""
    rows = [
        (name.replace("_", " "), "-" if part["score"] is None else f"{part['score']:.2f}", text.shorten(part["why"], 90))
        for name, part in evaluation["parts"].items()
    ]
    goal = "" if evaluation["goal_score"] is None else f", goal {evaluation['goal_score']:.2f}"
    lines = [f"Score {evaluation['score']:.2f} (technical {evaluation['technical']:.2f}{goal})", table(rows, ("PART", "SCORE", "WHY"))]
    for issue in evaluation["issues"]:
        at = "" if issue["at_s"] is None else f" at {issue['at_s']:.2f} s"
        lines.append(f"{issue['severity'].capitalize()}{at}: {issue['message']} {issue['suggestion']}")
    return "\n".join(lines)
