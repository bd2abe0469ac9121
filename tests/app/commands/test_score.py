"""The judge's table."""

from __future__ import annotations

from typing import Any

from app.commands.score import score_table

PARTS: dict[str, Any] = {"lost_sharpness": {"score": 0.5, "why": "soft"}, "sync": {"score": None, "why": "no sound"}}


def test_parts_and_what_to_mend() -> None:
    issues = [
        {"severity": "error", "at_s": 1.25, "message": "Black.", "suggestion": "Cut it."},
        {"severity": "note", "at_s": None, "message": "Soft.", "suggestion": "Sharpen."},
    ]
    said = score_table({"score": 0.75, "technical": 0.5, "goal_score": 1.0, "parts": PARTS, "issues": issues}).splitlines()
    assert said[0] == "Score 0.75 (technical 0.50, goal 1.00)"
    assert said[2].split() == ["lost", "sharpness", "0.50", "soft"]
    assert said[3].split() == ["sync", "-", "no", "sound"]
    assert said[4:] == ["Error at 1.25 s: Black. Cut it.", "Note: Soft. Sharpen."]


def test_nothing_asked_for_has_no_goal() -> None:
    assert score_table({"score": 1, "technical": 1, "goal_score": None, "parts": {}, "issues": []}).startswith(
        "Score 1.00 (technical 1.00)\n"
    )
