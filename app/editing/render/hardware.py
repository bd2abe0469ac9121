"""Encoders of the machine's hardware: used where this ffmpeg can really open one, found out by encoding a few frames."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.video import ffmpeg
from configs.errors import StudioError


@dataclass(frozen=True)
class Hardware:
    """One encoder: ``arguments`` by quality, and where it exists."""

    name: str
    platforms: tuple[str, ...]
    arguments: dict[str, tuple[str, ...]]


def _nvenc(level: str, quality: int) -> tuple[str, ...]:
    words = ("-c:v", "h264_nvenc", "-preset", level, "-rc", "vbr", "-cq", str(quality), "-b:v", "0", "-forced-idr", "1", "-bf", "2")
    return (*words, "-profile:v", "high")


def _toolbox(quality: int) -> tuple[str, ...]:
    return ("-c:v", "h264_videotoolbox", "-q:v", str(quality), "-profile:v", "high", "-allow_sw", "0")


# Tried in this order. VAAPI and Quick Sync want pictures in the card's own memory, which the film's graph does not leave.
TABLE = (
    Hardware("NVENC", ("linux", "win32"), {"draft": _nvenc("p1", 32), "good": _nvenc("p4", 23), "best": _nvenc("p6", 19)}),
    Hardware("VideoToolbox", ("darwin",), {"draft": _toolbox(40), "good": _toolbox(62), "best": _toolbox(75)}),
)


@lru_cache(maxsize=1)
def found() -> Hardware | None:
    """The first encoder that works here; None where there is none."""
    return next((one for one in TABLE if sys.platform in one.platforms and works(one)), None)


def works(hardware: Hardware) -> bool:
    """Whether it encodes a few frames."""
    source = ["-f", "lavfi", "-i", "testsrc2=s=256x144:r=24:d=0.25", "-pix_fmt", "yuv420p"]
    with tempfile.TemporaryDirectory(prefix="encoder-") as folder:
        try:
            ffmpeg.watch([*source, *hardware.arguments["good"], str(Path(folder) / "try.mkv")])
        except StudioError:
            return False
    return True
