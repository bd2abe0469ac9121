"""Pieces and sound in one file, on the film's clock."""

from __future__ import annotations

import errno
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from app.editing.facts import SourceFacts
from app.editing.render import mux
from app.editing.render.mux import Film, Piece, WrongPiece, join
from configs.errors import StudioError, Unavailable
from tests.app.editing.barcode import read_numbers, write_clicks, write_clip

RATE = Fraction(30000, 1001)


@pytest.fixture
def pieces(tmp_path: Path) -> list[Piece]:
    encode = ("-c:v", "libx264", "-preset", "veryfast", "-x264-params", "stitchable=1", "-pix_fmt", "yuv420p")
    return [Piece(write_clip(tmp_path / f"{number}.mkv", 10 + number, RATE, encode=encode), 10 + number) for number in range(3)]


def stamps(path: Path) -> list[tuple[int, int]]:
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        tick = RATE * stream.time_base
        return [(round(packet.pts * tick), round(packet.dts * tick)) for packet in container.demux(stream) if packet.size]  # type: ignore[operator]


def test_pictures_follow_each_other_exactly(pieces: list[Piece], tmp_path: Path) -> None:
    made = join(Film(pieces, RATE), tmp_path / "film.mp4", "mp4")
    assert read_numbers(made) == [*range(10), *range(11), *range(12)]
    found = stamps(made)
    assert sorted(shown for shown, _ in found) == list(range(33))
    decoded = [dts for _, dts in found]
    assert decoded == list(range(decoded[0], decoded[0] + 33))
    assert all(dts <= shown for shown, dts in found)


def test_sound_begins_with_the_pictures(pieces: list[Piece], tmp_path: Path) -> None:
    import av

    from app.video.ffmpeg import run

    wave = tmp_path / "s.wav"
    write_clicks(wave, [0], round(33 / RATE * 48_000))
    sound = run(["-i", str(wave), "-c:a", "aac"], tmp_path / "s.m4a")
    made = join(Film(pieces, RATE, sound), tmp_path / "film.mp4", "mp4")
    with av.open(str(made)) as container:
        assert container.start_time == 0
        assert abs(container.duration / 1e6 - 33 / RATE) < 0.03  # type: ignore[operator]
        assert next(container.decode(audio=0)).time == pytest.approx(0, abs=1e-4)


def test_a_piece_of_another_length_is_named(pieces: list[Piece], tmp_path: Path) -> None:
    wrong = [pieces[0], Piece(pieces[1].path, 99)]
    with pytest.raises(WrongPiece) as caught:
        join(Film(wrong, RATE), tmp_path / "film.mp4", "mp4")
    assert caught.value.path == pieces[1].path
    assert not [path for path in tmp_path.iterdir() if "film" in path.name]


def test_what_stops_it_leaves_nothing(pieces: list[Piece], tmp_path: Path) -> None:
    def stop(fraction: float, message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        join(Film(pieces, RATE), tmp_path / "film.mp4", "mp4", stop)
    assert not [path for path in tmp_path.iterdir() if "film" in path.name]


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EIO, "failed")])
def test_disks_that_fail_are_said(pieces: list[Piece], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "the disk says no")

    monkeypatch.setattr(mux, "_write", fail)
    with pytest.raises(StudioError) as caught:
        join(Film(pieces, RATE), tmp_path / "film.mp4", "mp4")
    assert caught.value.code == code
    assert isinstance(caught.value, Unavailable) == (code == "disk_full")


def test_a_film_without_pieces_of_its_own(numbered: Callable[..., SourceFacts], tmp_path: Path) -> None:
    from app.editing.render.smart import Copied

    source = numbered(frames=96)
    made = join(Film([Copied(source, 24, 72, 0)], source.rate), tmp_path / "film.mp4", "mp4")
    assert read_numbers(made) == list(range(24, 72))
