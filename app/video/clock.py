"""A film's own clock: which timecode a frame has, given the film's start timecode and rate."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from app.video.models import VideoStream
from app.video.timecode import to_frame, to_timecode


@dataclass(frozen=True)
class FilmClock:
    """Frame 0 carries the film's start timecode, or 00:00:00:00 where it has none."""

    fps: Fraction
    drop_frame: bool
    first: int
    vfr: bool

    @classmethod
    def of(cls, video: VideoStream) -> FilmClock:
        fps = Fraction(video.fps_rational.num, video.fps_rational.den)
        first = 0 if video.start_timecode is None else to_frame(video.start_timecode, fps)
        return cls(fps, video.drop_frame, first, video.vfr)

    def position(self, frame: int, time_s: float) -> int:
        """Frames since the start on an even grid: the frame's number, or for uneven rates the grid frame nearest its time."""
        return round(time_s * self.fps) if self.vfr else frame

    def timecode(self, frame: int, time_s: float) -> str:
        """SMPTE timecode of a frame."""
        return to_timecode(self.first + self.position(frame, time_s), self.fps, self.drop_frame)
