"""Sound files with known sounds at known samples, and films made of them."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.reading import read_plan
from app.editing.timeline import Timeline
from app.video import ffmpeg

RATE = 48_000


def clicks(seconds: float, at_s: Sequence[float], floor: float = 0.001, seed: int = 1) -> np.ndarray[Any, Any]:
    """(n, 2) float32: faint noise with sharp bursts of 1 ms at the given seconds."""
    random = np.random.default_rng(seed)
    sound = floor * random.standard_normal((round(seconds * RATE), 2))
    burst = 0.8 * np.cos(2 * np.pi * 6000 * np.arange(48) / RATE)
    for moment in at_s:
        first = round(moment * RATE)
        part = sound[first : first + 48]
        part += burst[: len(part), None]
    return sound.astype(np.float32)


def tone(seconds: float, hertz: float = 440.0, size: float = 0.25) -> np.ndarray[Any, Any]:
    """(n, 2) float32: a sine."""
    wave_ = size * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave_, wave_], axis=1).astype(np.float32)


def write_wav(path: Path, sound: np.ndarray[Any, Any]) -> Path:
    """16-bit stereo."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def write_clip(
    path: Path, sound: Path | Sequence[Path] | None, seconds: float, *more: str, rate: str = "25", audio_late_s: float = 0.0
) -> Path:
    """A tiny grey clip with that sound, or several as tracks; its container says where the sound begins."""
    arguments = ["-f", "lavfi", "-i", f"color=gray:s=64x36:r={rate}:d={seconds}"]
    sounds = [sound] if isinstance(sound, Path) else list(sound or ())
    for one in sounds:
        arguments += ["-itsoffset", str(audio_late_s), "-i", str(one)]
    arguments += ["-map", "0:v", *(word for number in range(len(sounds)) for word in ("-map", f"{number + 1}:a"))]
    return ffmpeg.run([*arguments, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "256k", *more], path)


def facts(source_id: str, path: Path, seconds: float, **changes: Any) -> SourceFacts:
    """A clip of 25 frames a second with one stereo track."""
    found: dict[str, Any] = {
        "id": source_id, "artifact_id": f"a-{source_id}", "kind": "video", "path": path, "name": path.name, "content_hash": str(path),
        "duration_s": seconds, "rate": Fraction(25), "frame_count": round(seconds * 25), "width": 64, "height": 36, "audio_tracks": 1,
        "audio_channels": 2,
    }  # fmt: skip
    return SourceFacts(**{**found, **changes})


def audio_facts(source_id: str, path: Path, seconds: float, **changes: Any) -> SourceFacts:
    """A sound without picture."""
    return facts(source_id, path, seconds, **{"kind": "audio", "frame_count": 0, "width": 0, "height": 0, **changes})


def film(*sources: SourceFacts, segments: list[dict[str, Any]], operations: Sequence[dict[str, Any]] = (), **plan: Any) -> Timeline:
    """A compiled plan; segments get ids s1, s2 ... and the first source where they name none."""
    rows = [{"id": f"s{number}", "source": sources[0].id, **segment} for number, segment in enumerate(segments, 1)]
    data = {
        "sources": [{"id": one.id, "media": one.artifact_id} for one in sources], "segments": rows, "film": list(operations),
        "output": {"height": 64, "fps": 25}, **plan,
    }  # fmt: skip
    return compile_plan(read_plan(data), {one.id: one for one in sources})


def onsets_s(sound: np.ndarray[Any, Any], threshold: float = 0.3, apart_s: float = 0.02) -> list[float]:
    """Seconds at which bursts begin: where the treble first passes a threshold."""
    edge = np.abs(np.diff(sound.mean(axis=1)))
    places = np.flatnonzero(edge > threshold)
    found: list[float] = []
    for place in places:
        if not found or place / RATE - found[-1] > apart_s:
            found.append(place / RATE)
    return found


def level_db(sound: np.ndarray[Any, Any]) -> float:
    """RMS of (n, 2), in dB."""
    return float(10 * np.log10(np.mean(np.asarray(sound, np.float64) ** 2) + 1e-15))
