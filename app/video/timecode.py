"""SMPTE timecode: frame numbers to text and back, with and without drop-frame counting (SMPTE ST 12-1)."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from configs.errors import BadInput

_PATTERN = re.compile(r"^(\d{1,2}):([0-5]\d):([0-5]\d)([:;.,])(\d{2,3})$")
_DAY_S = 24 * 60 * 60


@lru_cache(maxsize=64)
def nominal_fps(fps: Fraction | float) -> int:
    """The whole number of frames that timecode counts per second: 30 for 29.97, at least 1."""
    return max(1, int(Fraction(fps).limit_denominator(100_000) + Fraction(1, 2)))


@lru_cache(maxsize=64)
def can_drop(fps: Fraction | float) -> bool:
    """Whether drop-frame counting exists for this rate: 29.97 and its multiples only."""
    base = nominal_fps(fps)
    return base % 30 == 0 and abs(Fraction(fps) - Fraction(base * 1000, 1001)) < Fraction(1, 1000)


@lru_cache(maxsize=64)
def frames_per_day(fps: Fraction | float, drop_frame: bool) -> int:
    """After this many frames timecode starts again at 00:00:00:00."""
    base = nominal_fps(fps)
    return base * _DAY_S - (dropped_per_minute(base) * (24 * 60 - 24 * 6) if drop_frame else 0)


def dropped_per_minute(base: int) -> int:
    """Frame numbers left out at the start of nine minutes of ten: two per thirty frames."""
    return 2 * (base // 30)


def to_timecode(frame: int, fps: Fraction | float, drop_frame: bool = False) -> str:
    """Frame number since midnight -> ``HH:MM:SS:FF``, or ``HH:MM:SS;FF`` when frames are dropped.

    Raises:
        BadInput: drop-frame was asked for at a rate that has none.
    """
    base = nominal_fps(fps)
    _check(fps, drop_frame)
    number = frame % frames_per_day(fps, drop_frame)
    if drop_frame:
        number += _skipped_before(number, base)
    seconds, frames = divmod(number, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    width = 3 if base > 100 else 2
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop_frame else ':'}{frames:0{width}d}"


def to_frame(timecode: str, fps: Fraction | float) -> int:
    """``HH:MM:SS:FF`` -> frame number since midnight; ``;`` before the frames means drop-frame.

    Raises:
        BadInput: not a timecode, a frame number that the rate does not have, or one that drop-frame leaves out.
    """
    match = _PATTERN.match(timecode.strip())
    if match is None:
        raise BadInput(f"{timecode!r} is not a timecode.", "Write it as HH:MM:SS:FF, for instance 01:00:00:00.")
    hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
    base, drop_frame = nominal_fps(fps), match[4] in ";,."
    _check(fps, drop_frame)
    if hours >= 24 or frames >= base:
        raise BadInput(f"Timecode {timecode} does not exist at {base} frames per second.", "Count hours to 23 and frames from 0.")
    number = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if not drop_frame:
        return number
    if minutes % 10 and seconds == 0 and frames < dropped_per_minute(base):
        raise BadInput(f"Timecode {timecode} is left out by drop-frame counting.", "Use the next one that exists.")
    total_minutes = hours * 60 + minutes
    return number - dropped_per_minute(base) * (total_minutes - total_minutes // 10)


def is_drop_frame(timecode: str) -> bool:
    """Whether this text is written as drop-frame."""
    match = _PATTERN.match(timecode.strip())
    return match is not None and match[4] in ";,."


def _check(fps: Fraction | float, drop_frame: bool) -> None:
    if drop_frame and not can_drop(fps):
        raise BadInput(f"There is no drop-frame timecode at {float(fps):.3f} frames per second.", "Use it at 29.97 or 59.94.")


def _skipped_before(number: int, base: int) -> int:
    """How many labels were left out before real frame ``number``."""
    drop = dropped_per_minute(base)
    per_minute, per_ten = base * 60 - drop, base * 600 - 9 * drop
    tens, rest = divmod(number, per_ten)
    first_minute = base * 60  # the first minute of each ten is whole
    extra = 0 if rest < first_minute else drop * (1 + (rest - first_minute) // per_minute)
    return tens * 9 * drop + extra
