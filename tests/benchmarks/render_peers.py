"""The same film by other means: one ffmpeg graph written by hand, encoding alone, and MoviePy in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from app.video.ffmpeg import executable

ENCODE = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
SOUND = ("-c:a", "aac", "-b:a", "192k")
SPEED, ZOOM = 1.5, 1.3

MOVIEPY = """
import json, os, sys, time
from moviepy import CompositeVideoClip, TextClip, VideoFileClip, concatenate_videoclips, vfx
clip, out, cuts, level, font = json.loads(sys.argv[1])
began = time.perf_counter()
parts = []
for number, (start, end) in enumerate(cuts):
    part = VideoFileClip(clip).subclipped(start, end)
    if level >= 1 and number == 2:
        part = part.with_effects([vfx.MultiplySpeed(1.5)])
    size = part.size
    if level >= 3 and number % 2 == 0:
        part = part.with_effects([vfx.Resize(lambda t: 1 + 0.3 * min(1, max(0, (t - 1) / 0.5)))]).with_position("center")
        part = CompositeVideoClip([part], size=size)
    if level >= 2:
        words = TextClip(font=font, text=f"Caption number {number}", font_size=48, color="white", stroke_color="black", stroke_width=2)
        part = CompositeVideoClip([part, words.with_duration(part.duration).with_position(("center", 0.85), relative=True)], size=size)
    parts.append(part)
film = concatenate_videoclips(parts)
film.write_videofile(out, codec="libx264", preset="veryfast", ffmpeg_params=["-crf", "20"], audio_codec="aac", logger=None,
    temp_audiofile_path=os.path.dirname(out))
print(time.perf_counter() - began)
"""


def timed(command: Sequence[str]) -> float:
    """Seconds that a command takes; it must succeed."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - began


def by_hand(clip: Path, out: Path, cuts: Sequence[tuple[float, float]], level: int, captions: Path) -> float:
    """One graph: cuts (0), one of them faster (1), captions (2), zooms (3)."""
    inputs: list[str] = []
    chains: list[str] = []
    for number, (start, end) in enumerate(cuts):
        inputs += ["-ss", str(start), "-t", str(end - start), "-i", str(clip)]
        picture, sound = f"[{number}:v]null", f"[{number}:a]anull"
        if level >= 1 and number == 2:
            picture, sound = f"[{number}:v]setpts=PTS/{SPEED},fps=24", f"[{number}:a]atempo={SPEED}"
        if level >= 3 and number % 2 == 0:
            share = f"(1+{ZOOM - 1}*min(1,max(0,(t-1)/0.5)))"
            picture += f",scale=w='trunc(iw*{share}/2)*2':h='trunc(ih*{share}/2)*2':eval=frame,crop=1280:720"
        chains += [f"{picture}[v{number}]", f"{sound}[a{number}]"]
    ends = "".join(f"[v{number}][a{number}]" for number in range(len(cuts)))
    last = f"[j]ass='{captions}'[v]" if level >= 2 else "[j]null[v]"
    graph = ";".join([*chains, f"{ends}concat=n={len(cuts)}:v=1:a=1[j][a]", last])
    command = [executable(), "-v", "error", "-y", *inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[a]"]
    return timed([*command, *ENCODE, *SOUND, "-movflags", "+faststart", str(out)])


def encoding_alone(clip: Path, out: Path, cuts: Sequence[tuple[float, float]], raw: Path) -> float:
    """What the encoder needs for the same pictures, ready in memory."""
    graph = "".join(f"[0:v]trim={start}:{end},setpts=PTS-STARTPTS[v{number}];" for number, (start, end) in enumerate(cuts))
    ends = "".join(f"[v{number}]" for number in range(len(cuts)))
    if not raw.exists():
        joined = f"{graph}{ends}concat=n={len(cuts)}:v=1[v]"
        timed(
            [executable(), "-v", "error", "-y", "-i", str(clip), "-filter_complex", joined, "-map", "[v]", "-f", "yuv4mpegpipe", str(raw)]
        )
    raw.read_bytes()  # so that it lies in memory
    return timed([executable(), "-v", "error", "-y", "-i", str(raw), *ENCODE, str(out)])


def moviepy_absent() -> str | None:
    """Why MoviePy cannot be measured; None where it can."""
    try:
        found = version("moviepy")
    except PackageNotFoundError:
        return "MoviePy is not installed (pip install moviepy==2.2.1)"
    return None if found == "2.2.1" else f"MoviePy is {found}; the target is for 2.2.1"


def by_moviepy(clip: Path, out: Path, cuts: Sequence[tuple[float, float]], level: int, font: Path) -> float:
    """The same film by MoviePy, without the time it takes to be imported."""
    request: list[Any] = [str(clip), str(out), list(cuts), level, str(font)]
    done = subprocess.run([sys.executable, "-c", MOVIEPY, json.dumps(request)], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
