"""Candidates of saliency and motion become one path."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.video.analysers.saliency import Subject
from app.video.analysers.subject_join import (
    FIGURES,
    SOURCES,
    Sighting,
    agree,
    candidates,
    common,
    joined,
    sightings,
    steadiest,
    without_strays,
)
from app.video.curves import Curves, Shot

NONE = Subject(0.0, 0.0, 1.0, 1.0, 0.5, 0.5, 0.0)


def box(x: float, y: float = 0.5, size: float = 0.2, confidence: float = 0.6) -> Subject:
    return Subject(x - size / 2, y - size / 2, size, size, x, y, confidence)


def samples(looks: list[Subject], moves: list[Subject] | None = None) -> Curves:
    columns: dict[str, Any] = {"frame": np.arange(len(looks), dtype=np.float32) * 12}
    for name, list_of in (("subject", looks), ("mover", moves or [])):
        if list_of:
            columns |= {f"{name}_{f}": np.array([getattr(s, f) for s in list_of], np.float32) for f in FIGURES}
    return Curves(2.0, np.arange(len(looks)) / 2, columns)


def test_faint_candidates_are_left_out() -> None:
    table = samples([box(0.3), box(0.3, confidence=0.1)], [NONE, NONE])
    assert [source for _, source in candidates(table, 0)] == ["saliency"]
    assert candidates(table, 1) == []
    assert [s.frame for s in sightings(table, Shot(0, 24))] == [0]


def test_tables_without_movers_are_read_too() -> None:
    seen = sightings(samples([box(0.3), box(0.35)]), Shot(0, 24))
    assert [(s.frame, s.source) for s in seen] == [(0, "saliency"), (12, "saliency")]


def test_boxes_that_agree_are_joined() -> None:
    assert agree(box(0.5), box(0.55))
    assert not agree(box(0.2), box(0.7))
    assert not agree(box(0.5, size=0.8), box(0.5, size=0.1))
    both = common(box(0.4), box(0.5))
    assert both.x == pytest.approx(0.475)
    assert both.confidence == pytest.approx(1 - 0.4 * 0.4)
    assert [s.source for s in sightings(samples([box(0.4)], [box(0.45)]), Shot(0, 12))] == ["both"]


def test_motion_outweighs_what_merely_stands_out() -> None:
    seen = sightings(samples([box(0.2)] * 3, [box(0.8), box(0.78), box(0.76)]), Shot(0, 36))
    assert [s.source for s in seen] == ["motion"] * 3


def test_a_single_far_leap_is_not_followed() -> None:
    looks = [box(0.3), box(0.31), box(0.32), box(0.33)]
    moves = [NONE, NONE, box(0.9, confidence=0.65), NONE]
    seen = sightings(samples(looks, moves), Shot(0, 48))
    assert [s.source for s in seen] == ["saliency"] * 4


def test_the_path_is_the_steadiest_of_the_sure() -> None:
    a, b = box(0.2), box(0.8)
    assert steadiest([[a, b], [b, a], [a, b]], [[0.5, 0.4], [0.4, 0.5], [0.5, 0.4]]) == [0, 1, 0]
    assert steadiest([[a, b], [b], [a, b]], [[0.5, 0.4], [0.9], [0.5, 0.4]]) == [1, 0, 1]
    assert steadiest([], []) == []


def test_strays_are_dropped_where_the_subject_moves() -> None:
    moving = [Sighting(12 * n, box(0.3 + 0.1 * n), "motion") for n in range(1, 4)]
    assert without_strays([Sighting(0, box(0.9), "saliency"), *moving]) == moving
    on_the_way = Sighting(0, box(0.31), "saliency")  # the line through the others leads to 0.3
    assert without_strays([on_the_way, *moving]) == [on_the_way, *moving]
    assert without_strays([Sighting(0, box(0.4), "saliency"), *moving]) == moving
    between, beyond = Sighting(18, box(0.45), "saliency"), Sighting(48, box(0.7), "saliency")
    assert without_strays([moving[0], between, *moving[1:], beyond]) == [moving[0], between, *moving[1:], beyond]
    assert without_strays([moving[0], Sighting(24, box(0.42), "saliency")]) == [moving[0], Sighting(24, box(0.42), "saliency")]
    still = [Sighting(12 * n, box(0.9), "saliency") for n in range(5)]
    assert without_strays([*still, moving[0]]) == [*still, moving[0]]


def test_joined_samples_hold_the_path_and_where_it_is_from() -> None:
    table = samples([box(0.2), box(0.2), box(0.2)], [box(0.8), box(0.78), NONE])
    out = joined(table, [Shot(0, 24), Shot(24, 36)])
    assert out["subject_x"].tolist() == pytest.approx([0.8, 0.78, 0.2])
    assert [SOURCES[int(n)] for n in out["subject_source"]] == ["motion", "motion", "saliency"]
    assert table["subject_x"].tolist() == pytest.approx([0.2] * 3)
