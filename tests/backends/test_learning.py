"""Peaks and times are learned, within 5 % after three observations, and survive export and import."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from backends.learning import ACTIVATE_BYTES_PER_S, KEPT_SHAPES, LOAD_BYTES_PER_S, Learner

RECORDED = json.loads((Path(__file__).parent / "memory_traces.json").read_text(encoding="utf-8"))
MIB = 2**20


def errors(trace: dict[str, Any], seed: int, seen: int = 3) -> list[float]:
    """Relative errors of predictions for the shapes that were not among the first so many, in a random order."""
    calls = list(trace["calls"])
    random.Random(seed).shuffle(calls)
    learner = Learner()
    for call in calls[:seen]:
        learner.peak("key", trace["operation"], call["shape"], 0, call["peak_bytes"])
    found = []
    for call in calls[seen:]:
        predicted, learned = learner.predict("key", trace["operation"], call["shape"], 0)
        assert learned
        found.append(abs(predicted / call["peak_bytes"] - 1))
    return found


def test_the_error_after_three_observations_on_recorded_traces() -> None:
    """p95 over every recorded trace, each in twenty random orders."""
    found = sorted(error for trace in RECORDED["traces"] for seed in range(20) for error in errors(trace, seed))
    assert len(found) > 500
    assert found[int(0.95 * len(found))] <= 0.05


def test_nothing_learned_is_the_guess() -> None:
    assert Learner().predict("key", "image", {"width": 8}, 123) == (123, False)


def test_a_shape_that_was_seen_is_the_most_of_the_last_times() -> None:
    learner = Learner()
    for peak in (500, 100, 120, 110):
        learner.peak("key", "image", {"width": 8}, 50, peak)
    assert learner.predict("key", "image", {"width": 8}, 50) == (120, True)


def test_one_observation_corrects_the_guess() -> None:
    learner = Learner()
    learner.peak("key", "image", {"width": 8}, 50, 100)
    assert learner.predict("key", "image", {"width": 16}, 80) == (160, True)
    assert learner.predict("key", "image", {"width": 16}, 50) == (200, True), "a guess that does not grow: in proportion to the size"
    assert learner.predict("key", "image", {"width": 4}, 50) == (100, True), "and never less for a smaller one"


def test_an_affine_law_between_shapes() -> None:
    learner = Learner()
    for side in (512, 768, 1024):
        learner.peak("key", "image", {"width": side, "height": side, "batch": 1}, 0, 200 * MIB + 900 * side * side)
    predicted, _ = learner.predict("key", "image", {"width": 1536, "height": 640, "batch": 2}, 0)
    assert predicted == pytest.approx(200 * MIB + 900 * 1536 * 640 * 2, rel=0.001)


def test_two_quantities_that_add_up() -> None:
    learner = Learner()

    def truth(tokens: int, pixels: int) -> int:
        return 50 * MIB + 5000 * tokens + 40 * pixels

    for tokens, pixels in ((100, 10_000), (4000, 20_000), (800, 1_000_000), (2000, 500_000)):
        learner.peak("key", "chat", {"tokens": tokens, "pixels": pixels}, 0, truth(tokens, pixels))
    predicted, _ = learner.predict("key", "chat", {"tokens": 3000, "pixels": 200_000}, 0)
    assert predicted == pytest.approx(truth(3000, 200_000), rel=0.01)


def test_memory_never_shrinks_with_size() -> None:
    learner = Learner()
    learner.peak("key", "chat", {"tokens": 10}, 0, 900)
    learner.peak("key", "chat", {"tokens": 100}, 0, 100)
    assert learner.predict("key", "chat", {"tokens": 1000}, 0)[0] >= 0


def test_operations_and_models_are_apart() -> None:
    learner = Learner()
    learner.peak("key", "image", {}, 0, 100)
    assert learner.predict("key", "upscale", {}, 7) == (7, False)
    assert learner.predict("other", "image", {}, 7) == (7, False)


def test_times_and_footprints() -> None:
    learner = Learner()
    assert learner.times("key", 10**9) == (10**9 / LOAD_BYTES_PER_S, 10**9 / ACTIVATE_BYTES_PER_S)
    assert learner.footprint("key") is None
    learner.loaded("key", 4.0, 100, 90)
    learner.loaded("key", 2.0, 110, 95)
    learner.activated("key", 0.3)
    assert learner.times("key", 10**9) == (3.0, 0.3)
    assert learner.footprint("key") == (110, 95)


def test_everything_crosses_a_pipe_and_comes_back() -> None:
    learner = Learner()
    for side in (256, 512, 640):
        learner.peak("key", "image", {"width": side}, side, side * 3000)
    learner.loaded("key", 4.0, 100, 90)
    learner.activated("key", 0.25)
    crossed = json.loads(json.dumps(learner.export()))
    later = Learner(crossed)
    assert later.predict("key", "image", {"width": 600}, 600) == learner.predict("key", "image", {"width": 600}, 600)
    assert later.times("key", 1) == learner.times("key", 1)
    assert later.footprint("key") == (100, 90)
    later.take({"kind": "of a later version", "key": "key"})


def test_old_shapes_give_way() -> None:
    learner = Learner()
    for width in range(KEPT_SHAPES + 10):
        learner.peak("key", "image", {"width": width + 1}, 0, 1000 + width)
    kept = [observation["shape"]["width"] for observation in learner.export()]
    assert len(kept) == KEPT_SHAPES
    assert min(kept) == 11
