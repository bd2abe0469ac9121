"""Rows, pieces and clocks."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.editing.exports.layout import FilmClock, SourceClock, cut_short, rows, source_frames, title_of
from tests.app.editing.exports import films


@pytest.mark.parametrize("name", films.ALL)
def test_pieces_fill_their_clip_and_reach_its_in_and_out(name: str) -> None:
    timeline = films.ALL[name]()
    for row in rows(timeline):
        assert sum(piece.frames for piece in row.pieces) == row.clip.frames
        assert row.pieces[0].begins == row.clip.begins
        assert min(piece.first for piece in row.pieces) == row.clip.first
        assert max(piece.end for piece in row.pieces) == row.clip.end
        assert all(piece.first < piece.end for piece in row.pieces)


def test_speeds_are_those_of_the_plan_whatever_the_rates() -> None:
    found = rows(films.retimed())
    assert [[float(row.speed(piece)) for piece in row.pieces] for row in found[:4]] == [[2.0], [0.5], [-1.0], [1.0, 0.0, 1.0]]
    assert float(found[4].speed(found[4].pieces[0])) == pytest.approx(75 / 38)
    assert not found[4].pieces[0].even
    phone = rows(films.uneven())[1]
    assert phone.speed(phone.pieces[0]) == 1
    assert phone.pieces[0].step == Fraction(6, 5)
    assert phone.plain


def test_rows_are_numbered_as_in_the_plan() -> None:
    timeline = films.film(films.video("a"), segments=[films.cut(0, 1, approved=False), films.cut(1, 2), films.cut(2, 3)])
    assert [row.number for row in rows(timeline)] == [2, 3]


def test_an_overlap_is_left_to_the_next() -> None:
    first, second, third, last = rows(films.joined())
    assert [row.leaves for row in (first, second, third, last)] == [10, 10, 0, 0]
    assert [(piece.frames, piece.first, piece.end) for piece in second.without_overlap()] == [(40, 75, 115)]
    assert second.pieces[0].end == 125


def test_cutting_short_keeps_what_is_shown() -> None:
    backwards = rows(films.retimed())[2]
    (cut,) = cut_short(backwards.pieces, 75 + 10)
    assert (cut.first, cut.end) == (90, 100), "backwards, what is cut off is the beginning of the source"
    assert cut_short(backwards.pieces, 75) == ()


def test_clocks() -> None:
    assert SourceClock.of(films.ntsc(), Fraction(25)).timecode(105) == "01:01:00;17"
    assert SourceClock.of(films.still("s"), Fraction(24)).rate == 24
    odd = films.video("a", start_timecode="00:00:00:55", rate=Fraction(30))
    assert SourceClock.of(odd, Fraction(25)).first == 0, "a timecode of another rate is no timecode of this one"
    clock = FilmClock.of(films.drop_frame())
    assert (clock.timecode(0), clock.timecode(1800), clock.nominal) == ("01:00:00;00", "01:01:00;02", 30)
    assert FilmClock.of(films.plain()).timecode(0) == "01:00:00:00"


def test_lengths_and_names() -> None:
    assert source_frames(films.still("s"), Fraction(25)) == 1
    assert source_frames(films.sound("m"), Fraction(25)) == 100
    assert source_frames(films.ntsc(), Fraction(25)) == 300
    assert title_of(films.everything()) == "My film: part/1"
    assert title_of(films.plain()) == "a"
