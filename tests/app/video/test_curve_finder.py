"""The studio's own detector at work: in time, in order, resumable."""

from __future__ import annotations

import json
from itertools import pairwise

from app.video.analysers import ANALYSERS
from app.video.analysers.transitions import AHEAD
from app.video.curve_finder import EVERY, CurveFinder
from app.video.table import Table
from tests.app.video.analysers.films import frames, picture

CUTS = [40, 46, 90, 150]


def film() -> list[object]:
    edges = [0, *CUTS, 200]
    return frames([picture(n) for n, (a, b) in enumerate(pairwise(edges)) for _ in range(b - a)])


SCENES_ONLY = [a for a in ANALYSERS if a.name == "transitions"]


def test_cuts_are_told_once_in_order_and_soon() -> None:
    table = Table(SCENES_ONLY, 24.0)
    finder = CurveFinder(table, 1.0, 1)
    found = []
    for frame in film():
        table.take(frame, frame.index * 10)  # type: ignore[attr-defined, arg-type]
        for cut in finder.feed():
            found.append(cut)
            assert len(table) - cut.frame <= AHEAD + EVERY
    found += finder.finish()
    assert [cut.frame for cut in found] == CUTS
    assert [(cut.time_s, cut.stamp) for cut in found] == [(f / 24, f * 10) for f in CUTS]


def test_short_scenes_join_the_one_before() -> None:
    table = Table(SCENES_ONLY, 24.0)
    finder = CurveFinder(table, 1.0, 15)
    found = []
    for frame in film():
        table.take(frame, 0)  # type: ignore[arg-type]
        found += finder.feed()
    assert [cut.frame for cut in [*found, *finder.finish()]] == [40, 90, 150]


def test_taken_up_it_goes_on() -> None:
    for stop in range(10, 200, 23):
        table = Table(SCENES_ONLY, 24.0)
        finder, found = CurveFinder(table, 1.0, 1), []
        for frame in film():
            table.take(frame, 0)  # type: ignore[arg-type]
            found += finder.feed()
            if len(table) == stop:
                state = json.loads(json.dumps(finder.state()))
                finder = CurveFinder(table, 1.0, 1)
                finder.restore(state)
        assert [cut.frame for cut in [*found, *finder.finish()]] == CUTS
