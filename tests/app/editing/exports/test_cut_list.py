"""The table of cuts, read back by csv."""

from __future__ import annotations

import csv
import io

import pytest

from app.editing.exports import export
from app.editing.exports.cut_list import COLUMNS
from app.editing.exports.layout import rows
from app.editing.timeline import Timeline
from tests.app.editing.exports import films


def read(timeline: Timeline) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export(timeline, "csv")[0].text)))


@pytest.mark.parametrize("name", films.ALL)
def test_a_line_per_row_and_speed(name: str) -> None:
    timeline = films.ALL[name]()
    expected = [(row, piece) for row in rows(timeline) for piece in row.pieces]
    found = read(timeline)
    assert len(found) == len(expected)
    for line, (row, piece) in zip(found, expected, strict=True):
        assert tuple(line) == COLUMNS
        assert (int(line["film_in_frame"]), int(line["film_out_frame"])) == (piece.begins, piece.begins + piece.frames)
        assert (int(line["source_in_frame"]), int(line["source_out_frame"])) == (
            (0, piece.frames) if row.still else (piece.first, piece.end)
        )
        assert line["row"] == str(row.number)


def test_speeds_transitions_and_operations_are_told() -> None:
    assert [line["speed"] for line in read(films.retimed())] == ["2", "0.5", "-1", "1", "0", "1", "1.9737"]
    assert [(line["transition"], line["transition_frames"]) for line in read(films.joined())] == [
        ("", ""), ("dissolve", "10"), ("wipe_left", "10"), ("", ""),
    ]  # fmt: skip
    first = read(films.everything())[0]
    assert (first["operations"], first["words"], first["reason"]) == (
        "Zoom punch; Text",
        'Hello <you> & "me" again',
        "It opens = the film; #1",
    )


def test_a_spreadsheet_takes_nothing_for_a_formula() -> None:
    nasty = films.video("a", name="=cmd|' /C calc'!A0")
    (line,) = read(films.film(nasty, segments=[films.cut(0, 1, {"op": "reverse"}, reason="+1+1")]))
    assert (line["source"], line["reason"]) == ("'=cmd|' /C calc'!A0", "'+1+1")
    assert line["speed"] == "-1", "a number stays one"
