"""Freed memory goes back to the system, and models hold less of it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from pydantic import BaseModel

from app.video import memory


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there is memory told this way")
def test_what_a_thread_has_freed_is_given_back() -> None:
    def work() -> None:
        np.ones(3_000_000)  # from now on smaller arrays come from the thread's heap
        kept = [np.ones(100_000) for _ in range(300)]
        del kept

    thread = threading.Thread(target=work)
    before = resident_mb()
    thread.start()
    thread.join()
    memory.give_back()
    assert resident_mb() - before < 100  # of 240


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    memory.give_back()


class Point(BaseModel):
    x: float
    note: str = ""


class Line(BaseModel):
    points: list[Point]
    ends: tuple[Point, Point]
    middle: Point | None = None


def a_line() -> Line:
    one, other = Point(x=1), Point(x=2)
    return Line(points=[one, other, Point(x=3, note="noted")], ends=(Point(x=4), Point(x=5)), middle=Point(x=6))


def test_models_of_a_kind_share_what_they_have_in_common() -> None:
    line, alike = a_line(), {}  # type: ignore[var-annotated]
    memory.lighten(line, alike)
    held = [*line.points, *line.ends, line.middle]
    assert len({id(point.__pydantic_fields_set__) for point in held if point and not point.note}) == 1
    again = a_line()
    memory.lighten(again, alike)
    assert again.points[0].__pydantic_fields_set__ is line.points[0].__pydantic_fields_set__


def test_a_lightened_model_is_the_same_model() -> None:
    line = a_line()
    memory.lighten(line, {})
    assert line == a_line()
    assert line.model_dump_json() == a_line().model_dump_json()
    assert line.points[2].model_fields_set == {"x", "note"}
    assert line.points[0].model_dump(exclude_unset=True) == {"x": 1.0}
    copied = line.points[0].model_copy(update={"note": "new"})
    assert (copied.model_fields_set, line.points[1].model_fields_set) == ({"x", "note"}, {"x"})
