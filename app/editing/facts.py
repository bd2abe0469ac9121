"""What must be known of a source before a plan that uses it can be judged or rendered."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

Kind = Literal["video", "image", "audio"]


def exact(seconds: float) -> Fraction:
    """The number as it was written: 1.02 is 51/50 and not the binary fraction beside it, so that half a frame is half a frame."""
    return Fraction(repr(float(seconds)))


def nearest(value: Fraction) -> int:
    """The nearest whole number; halves go up, as they do on a clock."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


@dataclass(frozen=True)
class SourceFacts:
    """A probed file. A still has one frame; a sound has no picture: ``width``, ``height`` and ``frame_count`` are 0.

    ``name`` and ``folder`` (None for uploads) are the original's: what exports refer to. ``content_hash`` names the bytes.

    Every frame number of a timeline counts on the even grid of ``rate`` that begins at the first frame, so frame n begins at
    n / rate seconds. Where frames are evenly spaced these are the file's own. Where they are not (``vfr``), grid frame n shows the
    last of the file's frames whose time, rounded to the grid, is n or earlier: what ffmpeg's ``fps=RATE`` gives (``round=near``);
    ``frame_count`` then counts the grid.

    ``starts_s``: how long after the start of the file its first picture is shown; its sound may begin before.
    """

    id: str
    artifact_id: str
    kind: Kind
    path: Path
    name: str
    content_hash: str
    duration_s: float
    rate: Fraction = Fraction(25)
    frame_count: int = 0
    width: int = 0
    height: int = 0
    audio_tracks: int = 0
    audio_channels: int = 0
    sample_rate_hz: int = 48_000
    has_alpha: bool = False
    vfr: bool = False
    starts_s: float = 0.0
    keyframe_interval_s: float = 0.0
    stream_index: int = 0
    start_timecode: str | None = None
    drop_frame: bool = False
    reel: str | None = None
    folder: str | None = None
    colour: tuple[str | None, str | None, str | None, str | None] = (None, None, None, None)

    @property
    def has_picture(self) -> bool:
        """Whether it can be seen."""
        return self.kind != "audio"

    @property
    def has_sound(self) -> bool:
        """Whether it can be heard."""
        return self.audio_tracks > 0

    def frame_at(self, seconds: float) -> int:
        """The frame whose start is nearest to a time that a person or a model gave; may lie outside the file."""
        return nearest(exact(seconds) * self.rate)

    def time_of(self, frame: int) -> float:
        """Seconds from the first frame at which a frame begins; the frame count gives the end."""
        return float(frame / self.rate)
