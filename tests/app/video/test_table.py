"""The growing table: rows, samples, packing, taking up."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from pydantic import BaseModel

from app.video.analysers.base import Analyser, Findings
from app.video.frame import Frame
from app.video.table import Table


class Echo:
    """Measures the frame's number, and the one before it that it has seen."""

    columns = ("now", "before")
    memory = 1

    def __init__(self) -> None:
        self._before = -1.0

    def measure(self, frame: Frame) -> Sequence[float]:
        found = (float(frame.index), self._before)
        self._before = float(frame.index)
        return found


class Square:
    columns = ("square",)

    def sample(self, frame: Frame) -> Sequence[float]:
        return (float(frame.index) ** 2,)


class Nothing(BaseModel):
    pass


def decide(findings: Findings) -> BaseModel:
    return Nothing()


ROW = Analyser(name="echo", result=Nothing, decide=decide, measure=Echo, sampler=Square)


def frame(index: int) -> Frame:
    empty = np.zeros((2, 2), np.uint8)
    return Frame(index, index / 24, empty, empty, empty)


def filled(count: int) -> Table:
    table = Table([ROW], 24.0)
    for index in range(count):
        table.take(frame(index), index * 512)
    return table


def test_rows_and_samples_lie_where_they_belong() -> None:
    table = filled(30)
    assert (len(table), table.stride, table.memory) == (30, 12, 1)
    assert table.curves()["now"].tolist() == list(range(30))
    assert table.curves(28)["before"].tolist() == [27.0, 28.0]
    assert table.samples()["frame"].tolist() == [0.0, 12.0, 24.0]
    assert table.samples()["square"].tolist() == [0.0, 144.0, 576.0]
    assert (table.stamp(3), table.time_s(3)) == (1536, 0.125)


def test_taken_up_from_chunks_it_goes_on_as_if_never_stopped() -> None:
    whole = filled(40)
    first = Table([ROW], 24.0)
    chunks = []
    for index in range(25):
        first.take(frame(index), index * 512)
        if index in (9, 24):
            assert first.unpacked in (10, 15)
            packed = first.pack_new()
            assert packed is not None
            chunks.append(json.loads(json.dumps(packed[1])))
            assert first.pack_new() is None
    second = Table([ROW], 24.0)
    for chunk in chunks:
        second.unpack(chunk)
    assert (len(second), second.unpacked) == (25, 0)
    second.warm_up(frame(24))
    for index in range(25, 40):
        second.take(frame(index), index * 512)
    for name in ("now", "before"):
        assert second.curves()[name].tolist() == whole.curves()[name].tolist()
    assert second.samples()["square"].tolist() == whole.samples()["square"].tolist()
    assert second.stamp(7) == whole.stamp(7)
    packed = second.pack_new()
    assert packed is not None
    assert packed[0] == "curves/25-40"


def test_rows_are_handed_over_and_the_rest_stays() -> None:
    table, whole = filled(30), filled(30)
    assert table.hand_over()["now"].tolist() == whole.curves()["now"].tolist()
    assert table.samples()["square"].tolist() == whole.samples()["square"].tolist()
    assert (len(table), table.stamp(29)) == (30, whole.stamp(29))
    assert len(table._rows) == 0


def test_an_empty_table_has_empty_columns() -> None:
    table = Table([ROW], 24.0)
    assert len(table.curves()["now"]) == 0
    assert len(table.samples()["frame"]) == 0
    assert table.pack_new() is None


def test_two_analysers_may_not_share_a_column() -> None:
    with pytest.raises(ValueError, match="same column"):
        Table([ROW, ROW], 24.0)


def test_the_real_table_has_unique_names() -> None:
    from app.video.analysers import ANALYSERS

    Table(ANALYSERS, 24.0)
    names = [a.name for a in ANALYSERS]
    assert len(names) == len(set(names))


def test_a_long_table_is_handed_over_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.video.table._BLOCK", 7)
    table, whole = filled(30), filled(30).curves()
    curves = table.hand_over()
    assert curves.pack() == whole.pack()
