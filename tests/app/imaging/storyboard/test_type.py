"""Text fits its box at some size, whatever it is, and every character has a font or a stand-in."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app.imaging.storyboard.type import STAND_IN, fitted, measured, runs, wrapped, written

LONG = "A very long prompt that goes on about the light on the hills and the boats below. " * 20


def test_a_short_text_is_set_large_and_a_long_one_small() -> None:
    assert fitted("A fox", 400, 100, 24, 8).size == 24
    assert fitted(LONG[:300], 400, 100, 24, 8).size < 15


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    setting = fitted(LONG, 300, 60, 24, 10)
    assert setting.size == 10
    assert setting.lines[-1].endswith("…")
    assert setting.height <= 60


def test_no_room_is_no_line() -> None:
    assert fitted("A fox", 300, 4, 24, 10).lines == ()
    assert fitted("", 300, 40, 24, 10).lines == ()


def test_a_word_without_end_is_cut() -> None:
    lines = wrapped("x" * 300, 12, 100)
    assert "".join(lines) == "x" * 300
    assert all(measured(line, 12) <= 100 for line in lines)


def test_scripts_without_blanks_are_wrapped() -> None:
    assert len(wrapped("狐" * 40, 12, 120)) > 2


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=400), width=st.integers(20, 500), height=st.integers(0, 200))
def test_nothing_overflows(text: str, width: int, height: int) -> None:
    setting = fitted(text, width, height, 24, 8)
    assert setting.height <= max(height, 0)
    assert all(measured(line, setting.size) <= width or len(line) <= 2 for line in setting.lines)


def test_each_script_has_its_font() -> None:
    fonts = [path.rpartition("/")[2] for path, _ in runs("fox سلام שלום 🦊")]
    assert fonts == ["Inter-Bold.ttf", "NotoSansArabic-Bold.ttf", "NotoSansHebrew-Bold.ttf", "NotoEmoji-Bold.ttf"]
    assert runs("\U00012000")[0][1] in (STAND_IN, "?", "\U00012000")


@pytest.mark.parametrize(("align", "low", "high"), [(0.0, 100, 200), (0.5, 50, 150), (1.0, 0, 101)])
def test_alignment(align: float, low: int, high: int) -> None:
    image = Image.new("L", (200, 40), 0)
    wide = written(ImageDraw.Draw(image), (100, 30), "A fox runs", 14, 255, align=align)  # type: ignore[arg-type]
    box = image.getbbox()
    assert box is not None
    assert low <= box[0] < box[2] <= high + 1
    assert box[2] - box[0] == pytest.approx(wide, abs=4)
    assert box[3] <= 31
