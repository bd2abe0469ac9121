"""Kdenlive projects played by MLT itself, where `melt` is installed: the same source frames as the renderer's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.editing.exports import export
from app.editing.timeline import Timeline
from tests.app.editing.exports import films

DARKEST, STEP = 20, 13  # luma of a digit of 0, and per digit


def barcoded(folder: Path, ffmpeg: str) -> Path:
    """A clip of 100 frames whose two halves say each frame's number: its digit of ones, and its digit of sixteens."""
    clip = folder / "a.mp4"
    digits = f"if(lt(X,W/2),{DARKEST}+{STEP}*mod(N,16),{DARKEST}+{STEP}*floor(N/16))"
    picture = f"color=black:s=160x90:r=25,geq=lum='{digits}':cb=128:cr=128"
    made = [ffmpeg, "-v", "error", "-nostdin", "-f", "lavfi", "-i", picture, "-frames:v", "100", "-c:v", "libx264", "-qp", "4", str(clip)]
    subprocess.run(made, check=True, timeout=60)
    return clip


def numbers(film: Path) -> list[int]:
    import av

    found = []
    with av.open(str(film)) as container:
        for picture in container.decode(video=0):
            luma: Any = picture.reformat(format="yuv420p").to_ndarray()[: picture.height]
            ones, sixteens = (round((luma[30:60, at : at + 40].mean() - DARKEST) / STEP) for at in (20, 100))
            found.append(ones + 16 * sixteens)
    return found


def film(clip: Path) -> Timeline:
    size = {"width": 160, "height": 90, "frame_count": 100, "duration_s": 4.0}
    source = films.video("a", folder=str(clip.parent), audio_tracks=0, **size)
    return films.film(
        source,
        segments=[
            films.cut(0.4, 1), films.cut(1, 2, {"op": "speed", "factor": 2}), films.cut(2, 3, {"op": "reverse"}),
            films.cut(0, 1, {"op": "freeze", "at_s": 0.4, "duration_s": 0.4}),
            films.cut(0, 3, {"op": "ramp", "from_factor": 1, "to_factor": 3}),
        ],
    )  # fmt: skip


def test_melt_shows_the_planned_frames(tmp_path: Path, ffmpeg_exe: str) -> None:
    melt = shutil.which("melt") or shutil.which("melt-7")
    if melt is None:
        pytest.skip("melt is not installed")
    timeline = film(barcoded(tmp_path, ffmpeg_exe))
    project = tmp_path / "film.kdenlive"
    project.write_text(export(timeline, "kdenlive")[0].text, encoding="utf-8")
    target = ["-consumer", f"avformat:{tmp_path / 'out.mkv'}", "vcodec=ffv1", "pix_fmt=yuv420p", "real_time=-1", "an=1"]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "DISPLAY": os.environ.get("DISPLAY", ":0")}
    subprocess.run([melt, f"xml:{project}", *target], check=True, timeout=120, env=environment, capture_output=True)
    assert numbers(tmp_path / "out.mkv") == [frame for _, frame in timeline.planned_frames()]
