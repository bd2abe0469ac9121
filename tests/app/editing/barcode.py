"""Clips whose every frame says which one it is, in black and white blocks, and whose sound clicks at chosen frames."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from app.editing.facts import SourceFacts
from app.editing.sources import facts_of
from app.video.ffmpeg import run
from app.video.probe import probe_video
from storage.records import Artifact

BITS = 14  # 7 x 2 blocks: frame numbers up to 16383
_ACROSS, _DOWN = 7, 2
RATE_HZ = 48_000


def picture(number: int, width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(height, width) grey: the number's bits as blocks over the whole picture, the lowest first."""
    bits = np.array([(number >> bit) & 1 for bit in range(BITS)], np.uint8).reshape(_DOWN, _ACROSS)
    rows = np.minimum(np.arange(height) * _DOWN // height, _DOWN - 1)
    columns = np.minimum(np.arange(width) * _ACROSS // width, _ACROSS - 1)
    return 16 + 219 * bits[rows][:, columns]


def number_of(grey: np.ndarray[Any, np.dtype[np.uint8]]) -> int:
    """The reverse of `picture`, from a picture of any size; blocks are read at their middles."""
    height, width = grey.shape
    found = 0
    for bit in range(BITS):
        row, column = divmod(bit, _ACROSS)
        y, x = round((row + 0.5) * height / _DOWN), round((column + 0.5) * width / _ACROSS)
        found |= int(grey[y - 2 : y + 3, x - 2 : x + 3].mean() > 125) << bit
    return found


def write_clip(
    path: Path, frames: int = 96, rate: Fraction = Fraction(24), size: tuple[int, int] = (160, 90), *, clicks: Sequence[int] | None = None,
    encode: Sequence[str] = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-g", "24", "-bf", "2", "-pix_fmt", "yuv420p"),
    before: Sequence[str] = (),
) -> Path:  # fmt: skip
    """Writes a clip of ``frames`` numbered frames; with ``clicks`` it has sound: silence, and a click at the start of each such frame."""

    def pictures() -> Iterator[bytes]:
        for number in range(frames):
            yield picture(number, *size).tobytes()

    arguments = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "pipe:0"]
    if clicks is not None:
        sound = path.with_suffix(".click.wav")
        write_clicks(sound, [round(number / rate * RATE_HZ) for number in clicks], round(frames / rate * RATE_HZ))
        arguments += ["-i", str(sound), "-c:a", "aac"]
    return run([*arguments, *before, *encode], path, frames=pictures())


def write_clicks(path: Path, places: Sequence[int], samples: int) -> None:
    """A mono WAV file of silence with a click of 2 ms at each place."""
    sound = np.zeros(samples, np.int16)
    for place in places:
        sound[place : place + 96] = (24_000 * np.cos(np.arange(96) * 0.9)[: max(0, samples - place)]).astype(np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(sound.tobytes())


def facts(path: Path, source_id: str = "a") -> SourceFacts:
    """A clip as a plan's source, probed as the studio does."""
    info = probe_video(path)
    artifact = Artifact(
        id=f"artifact-{path.stem}", name=path.name, kind="video", role="source", media_type="video/mp4", size_bytes=path.stat().st_size,
        content_hash=f"{path.name}-{path.stat().st_size}", path=path, external=True, missing=False, project_id="default", job_id=None,
        created_at=0.0, meta={"probe": info.model_dump(mode="json")},
    )  # fmt: skip
    return facts_of(source_id, artifact)


def read_numbers(path: Path) -> list[int]:
    """The number on every frame of a film, in the order in which they are shown."""
    import av

    with av.open(str(path)) as container:
        return [number_of(frame.reformat(format="gray").to_ndarray()) for frame in container.decode(video=0)]


def read_sound(path: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The first audio track, mono, 48 kHz, placed on the film's clock: sample 0 is the start of the film."""
    import av

    parts: list[np.ndarray[Any, np.dtype[np.float32]]] = []
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        lead: int | None = None
        for frame in container.decode(audio=0):
            if lead is None and frame.pts is not None:
                lead = round(float(frame.pts * frame.time_base) * RATE_HZ)
            parts += [made.to_ndarray().reshape(-1) for made in resampler.resample(frame)]
    sound = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    lead = lead or 0
    return sound[-lead:] if lead < 0 else np.concatenate([np.zeros(lead, np.float32), sound])


def clicks_in(sound: np.ndarray[Any, np.dtype[np.float32]], loud: float = 0.15, apart: int = 2400) -> list[int]:
    """Samples at which clicks begin."""
    found: list[int] = []
    for place in np.flatnonzero(np.abs(sound) > loud):
        if not found or place - found[-1] > apart:
            found.append(int(place))
    return found
