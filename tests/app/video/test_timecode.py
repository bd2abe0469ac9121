"""SMPTE timecode: known values, and properties over every frame of a day."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.timecode import can_drop, dropped_per_minute, frames_per_day, is_drop_frame, nominal_fps, to_frame, to_timecode
from configs.errors import BadInput

NTSC = Fraction(30000, 1001)
NTSC_60 = Fraction(60000, 1001)
PLAIN_RATES = [Fraction(24), Fraction(25), Fraction(30), Fraction(24000, 1001), NTSC, Fraction(50), Fraction(60), Fraction(120)]


@pytest.mark.parametrize(
    ("frame", "fps", "drop", "text"),
    [
        (0, 24, False, "00:00:00:00"),
        (23, 24, False, "00:00:00:23"),
        (24, 24, False, "00:00:01:00"),
        (86_399, 24, False, "00:59:59:23"),
        (86_400, 24, False, "01:00:00:00"),
        (24 * 86_400, 24, False, "00:00:00:00"),
        (1799, NTSC, True, "00:00:59;29"),
        (1800, NTSC, True, "00:01:00;02"),
        (17_981, NTSC, True, "00:09:59;29"),
        (17_982, NTSC, True, "00:10:00;00"),
        (107_892, NTSC, True, "01:00:00;00"),
        (3599, NTSC_60, True, "00:00:59;59"),
        (3600, NTSC_60, True, "00:01:00;04"),
        (215_784, NTSC_60, True, "01:00:00;00"),
        (1800, NTSC, False, "00:01:00:00"),
        (119, 120, False, "00:00:00:119"),
    ],
)
def test_known_values_both_ways(frame: int, fps: Fraction, drop: bool, text: str) -> None:
    assert to_timecode(frame, fps, drop) == text
    assert to_frame(text, fps) == frame % frames_per_day(fps, drop)


@given(st.sampled_from(PLAIN_RATES), st.integers(0, 10**7))
def test_there_and_back_without_dropping(fps: Fraction, frame: int) -> None:
    assert to_frame(to_timecode(frame, fps), fps) == frame % frames_per_day(fps, False)


@given(st.sampled_from([NTSC, NTSC_60]), st.integers(0, 10**7))
def test_there_and_back_with_dropping(fps: Fraction, frame: int) -> None:
    assert to_frame(to_timecode(frame, fps, True), fps) == frame % frames_per_day(fps, True)


@given(st.sampled_from([NTSC, NTSC_60]), st.integers(0, 10**7))
def test_dropping_never_writes_a_number_that_is_left_out(fps: Fraction, frame: int) -> None:
    _, minutes, rest = to_timecode(frame, fps, True).split(":")
    seconds, frames = rest.split(";")
    if int(minutes) % 10 and seconds == "00":
        assert int(frames) >= dropped_per_minute(nominal_fps(fps))


@given(st.integers(0, 2_589_407))
def test_dropping_keeps_within_four_frames_of_the_clock(frame: int) -> None:
    hours, minutes, rest = to_timecode(frame, NTSC, True).split(":")
    seconds, frames = rest.split(";")
    shown_s = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(frames) / 30
    assert abs(shown_s - float(frame / NTSC)) < 0.14


@given(st.sampled_from([NTSC, NTSC_60]), st.integers(0, 10**6))
def test_later_frames_have_later_timecodes(fps: Fraction, frame: int) -> None:
    assert to_timecode(frame, fps, True) < to_timecode(frame + 1, fps, True)


@pytest.mark.parametrize("text", ["", "1", "01:00:00", "aa:bb:cc:dd", "00:60:00:00", "00:00:61:00", "-1:00:00:00", "00:00:00:0"])
def test_what_is_not_a_timecode_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a timecode"):
        to_frame(text, Fraction(24))


@pytest.mark.parametrize(
    ("text", "fps", "says"),
    [
        ("24:00:00:00", Fraction(24), "does not exist at 24"),
        ("00:00:00:24", Fraction(24), "does not exist at 24"),
        ("00:01:00;00", NTSC, "left out by drop-frame"),
        ("00:11:00;01", NTSC, "left out by drop-frame"),
        ("00:01:00;03", NTSC_60, "left out by drop-frame"),
        ("00:00:00;00", Fraction(25), "no drop-frame timecode at 25.000"),
    ],
)
def test_a_timecode_that_does_not_exist_is_refused(text: str, fps: Fraction, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        to_frame(text, fps)
    assert caught.value.remedy


def test_drop_frame_is_refused_where_there_is_none() -> None:
    with pytest.raises(BadInput, match=r"no drop-frame timecode at 30\.000"):
        to_timecode(0, Fraction(30), True)


@pytest.mark.parametrize(("fps", "expected"), [(NTSC, True), (NTSC_60, True), (29.97, True), (30, False), (Fraction(24000, 1001), False)])
def test_which_rates_can_drop(fps: Fraction, expected: bool) -> None:
    assert can_drop(fps) is expected


@pytest.mark.parametrize(("fps", "base"), [(23.976, 24), (29.97, 30), (59.94, 60), (25, 25), (12.5, 13), (0.2, 1)])
def test_nominal_rates(fps: float, base: int) -> None:
    assert nominal_fps(fps) == base


def test_how_drop_frame_is_told() -> None:
    assert is_drop_frame("01:00:00;00")
    assert is_drop_frame("01:00:00.00")
    assert not is_drop_frame("01:00:00:00")
    assert not is_drop_frame("nonsense")
