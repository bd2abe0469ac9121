"""Estimates of renders."""

from __future__ import annotations

from typing import Any

import pytest

from app.editing.predict import Prediction, predict
from tests.app.editing.random_plans import random_plan, synthetic_facts
from tests.app.editing.short_plans import clip, compile_plan, facts, row, timeline_of


def estimate(*operations: dict[str, Any], film: list[dict[str, Any]] | None = None, cores: int = 2, **output: Any) -> Prediction:
    sources = facts(clip(width=1280, height=720))
    return predict(timeline_of(row(0, 10, *operations), sources=sources, output=output, film=film or []), cores)


def test_length_and_frames_are_those_of_the_timeline() -> None:
    found = estimate({"op": "speed", "factor": 2})
    assert (found.seconds, found.frames) == (5.0, 125)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"quality": "best"}, {"quality": "good"}), ({"quality": "good"}, {"quality": "draft"}), ({}, {"height": 180}),
        ({"format": "webm"}, {"format": "mp4"}), ({"format": "mov", "alpha": True}, {"format": "mov"}),
    ],
)  # fmt: skip
def test_more_work_takes_longer(more: dict[str, Any], less: dict[str, Any]) -> None:
    assert estimate(**more).render_s > estimate(**less).render_s


def test_operations_take_time_and_memory() -> None:
    plain, rich = estimate(), estimate({"op": "zoom"}, {"op": "stabilise"}, film=[{"op": "grade"}])
    assert rich.render_s > plain.render_s
    assert rich.memory_bytes > plain.memory_bytes
    assert estimate({"op": "reverse"}).memory_bytes > plain.memory_bytes
    assert estimate({"op": "speed", "factor": 0.5, "smooth": "motion"}).render_s > estimate({"op": "speed", "factor": 0.5}).render_s


def test_cores_help_but_not_without_end() -> None:
    assert estimate(cores=1).render_s > estimate(cores=4).render_s > estimate(cores=8).render_s == estimate(cores=64).render_s


def test_sizes() -> None:
    good = estimate().size_bytes
    assert estimate(quality="draft").size_bytes < good < estimate(quality="best").size_bytes
    assert estimate(format="webm").size_bytes < good
    assert estimate(format="mov", alpha=True).size_bytes > 5 * good


@pytest.mark.parametrize("seed", range(40))
def test_any_plan_can_be_estimated(seed: int) -> None:
    known = synthetic_facts()
    found = predict(compile_plan(random_plan(seed, known, formats=("mp4", "mov", "webm", "gif")), known))
    assert found.frames > 0
    assert found.size_bytes > 0
    assert 50 << 20 < found.memory_bytes < 2 << 30
    assert 0 < found.render_s < 600
