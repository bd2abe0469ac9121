"""What the film is encoded with: a table of formats and qualities."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from app.editing.timeline import Timeline

_X264 = {"draft": ("ultrafast", 28), "good": ("veryfast", 20), "best": ("medium", 17)}
_VP9 = {"draft": ("8", 40), "good": ("5", 31), "best": ("2", 24)}
_KEYFRAMES_S = 2


@dataclass(frozen=True)
class Encoder:
    """How pictures are written. ``piece``: container of the kept pieces; ``name``: for people."""

    name: str
    arguments: tuple[str, ...]
    piece: str
    pix_fmt: str

    @property
    def suffix(self) -> str:
        """Ending of a piece's name."""
        return {"matroska": ".mkv", "webm": ".webm", "mov": ".mov"}[self.piece]


def encoder_of(timeline: Timeline, *, preview: bool = False) -> Encoder:
    """The encoder of a film's pictures."""
    output = timeline.plan.output
    quality = "draft" if preview else output.quality
    if output.format == "webm":
        return _vp9(quality, gop(timeline), output.alpha)
    if output.alpha:
        return Encoder("ffmpeg ProRes 4444", ("-c:v", "prores_ks", "-profile:v", "4444", "-vendor", "apl0"), "mov", "yuva444p10le")
    preset, crf = ("ultrafast", 12) if output.format == "gif" else _X264[quality]
    return _x264(preset, crf, gop(timeline))


def gop(timeline: Timeline) -> str:
    """Most frames between two keyframes: players jump to these."""
    return str(max(1, round(_KEYFRAMES_S * timeline.rate)))


def _x264(preset: str, crf: int, frames: str) -> Encoder:
    arguments = ("-c:v", "libx264", "-preset", preset, "-crf", str(crf), "-g", frames, "-x264-params", "stitchable=1")
    return Encoder("ffmpeg x264", arguments, "matroska", "yuv420p")


def _vp9(quality: str, frames: str, alpha: bool) -> Encoder:
    speed, crf = _VP9[quality]
    arguments: tuple[str, ...] = (
        "-c:v",
        "libvpx-vp9",
        "-deadline",
        "realtime" if quality == "draft" else "good",
        "-cpu-used",
        speed,
        "-crf",
        str(crf),
    )
    arguments += ("-b:v", "0", "-row-mt", "1", "-g", frames, "-auto-alt-ref", "0")
    return Encoder("ffmpeg VP9", arguments, "webm", "yuva420p" if alpha else "yuv420p")


def beside(encoder: Encoder, profile: str, number: int) -> Encoder:
    """The same x264, for stretches between copied ones: the sources' profile, and parameter sets with a number of their own."""
    arguments = tuple(f"stitchable=1:sps-id={number}" if word == "stitchable=1" else word for word in encoder.arguments)
    return replace(encoder, arguments=(*arguments, "-profile:v", profile))


def frame_time(frame: int, rate: Fraction) -> str:
    """A moment that is surely before a frame and after the one before it, for options that take seconds."""
    return f"{max(0.0, float((frame - Fraction(1, 2)) / rate)):.6f}"
