"""A file's own clock, and where reading begins."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from app.editing.facts import SourceFacts
from app.editing.render.look import look_at, picture_input
from app.video.ffmpeg import run
from configs.errors import BadMedia
from tests.app.editing.barcode import facts, read_numbers
from tests.app.editing.render.conftest import Studio, planned, segment, timeline_of

Numbered = Callable[..., SourceFacts]


def test_reading_begins_half_a_frame_early(numbered: Numbered) -> None:
    source = numbered(frames=96)
    look = look_at(source)
    arguments = picture_input(source, look, 48)
    assert float(arguments[arguments.index("-ss") + 1]) == pytest.approx(47.5 / 24, abs=1e-5)
    assert "-ss" not in picture_input(source, look, 0)
    assert arguments[-1] == f"file:{source.path}"
    assert "-protocol_whitelist" in arguments


@pytest.mark.parametrize("late", ["0.5", "7.3"])
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts", "mov"])
def test_clips_that_begin_late_are_cut_exactly(numbered: Numbered, studio: Studio, tmp_path: Path, suffix: str, late: str) -> None:
    source = numbered(frames=96, rate=Fraction(25))
    moved = run(["-itsoffset", late, "-i", str(source.path), "-c", "copy"], tmp_path / f"late.{suffix}")
    timeline = timeline_of(facts(moved), segment(2, 3), segment(0, 0.4), segment(3.1, 3.5), quality="draft")
    assert read_numbers(studio.render(timeline).path) == planned(timeline)


def test_wide_pixels_are_noticed(numbered: Numbered, tmp_path: Path) -> None:
    wide = run(["-i", str(numbered().path), "-vf", "setsar=4/3"], tmp_path / "wide.mp4")
    assert not look_at(facts(wide)).square
    assert look_at(numbered()).square


def test_a_file_that_has_gone_is_said(numbered: Numbered, tmp_path: Path) -> None:
    copy = tmp_path / "gone.mp4"
    copy.write_bytes(numbered().path.read_bytes())
    source = facts(copy)
    copy.unlink()
    with pytest.raises(BadMedia, match="no longer"):
        look_at(source)
