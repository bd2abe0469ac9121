"""What must be known of a source before a plan that uses it can be judged or rendered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

Kind = Literal["video", "image", "audio"]


@dataclass(frozen=True)
class SourceFacts:
    """A probed file. A still has one frame; a sound has no picture: ``width``, ``height`` and ``frame_count`` are 0.

    ``name`` and ``folder`` (None for uploads) are the original's: what exports refer to. ``content_hash`` names the bytes.
    ``times_s``: seconds of every frame from the first, for uneven frame rates only; read when asked for.
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
    stream_index: int = 0
    start_timecode: str | None = None
    drop_frame: bool = False
    reel: str | None = None
    folder: str | None = None
    colour: tuple[str | None, str | None, str | None, str | None] = (None, None, None, None)
    read_times: Callable[[], tuple[float, ...]] | None = None

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
        if self.vfr and self.read_times is not None:
            times = self.read_times()
            right = bisect_right(times, seconds)
            if right >= len(times):
                return len(times) - (1 if times and seconds - times[-1] < 0.5 / float(self.rate) else 0)
            return right - 1 if right and seconds - times[right - 1] <= times[right] - seconds else right
        return round(Fraction(seconds) * self.rate)

    def time_of(self, frame: int) -> float:
        """Seconds from the first frame at which a frame begins; the frame count gives the end."""
        if self.vfr and self.read_times is not None:
            times = self.read_times()
            return times[frame] if frame < len(times) else self.duration_s
        return float(frame / self.rate)
