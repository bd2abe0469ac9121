"""Films whose every cut, dissolve, fade and flash is known, because they are put together here from single-shot footage."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from app.video.ffmpeg import executable

SIZE = (480, 270)
FPS = 24
Frame = np.ndarray[Any, np.dtype[np.uint8]]
# Stretches of the openly licensed clips that hold one shot each: (file, first frame, end frame).
REAL_SHOTS = (
    ("bbb_0_30_720p.webm", 60, 283), ("bbb_0_30_720p.webm", 283, 376), ("bbb_0_30_720p.webm", 376, 480), ("bbb_0_30_720p.webm", 600, 719),
)  # fmt: skip


@dataclass
class Truth:
    """Frame numbers: first frames of new shots; (first, last, kind) of gradual transitions; (first, last) of flashes."""

    hard: list[int] = field(default_factory=list)
    gradual: list[tuple[int, int, str]] = field(default_factory=list)
    flash: list[tuple[int, int]] = field(default_factory=list)
    frames: int = 0


def labels(path: Path) -> Truth:
    """The labels that lie beside a clip as JSON."""
    data = json.loads(path.read_text())
    gradual = [tuple(g) if isinstance(g, list) else (g["start"], g["end"], g["kind"]) for g in data["gradual"]]
    return Truth(data["hard"], gradual, [tuple(f) for f in data.get("flash", [])], data["frames"])


def footage(media: Path | None) -> list[list[Frame]]:
    """Shots to choose from: of our own sample, drawn scenes, and, where there are any, real ones."""
    from app.video.sample import frames
    from app.video.sample_truth import FRAMES, GROUND_TRUTH, HEIGHT, WIDTH

    drawn = [cv2.resize(np.frombuffer(f, np.uint8).reshape(HEIGHT, WIDTH, 3), SIZE, interpolation=cv2.INTER_AREA) for f in frames()]
    edges = (0, *GROUND_TRUTH.cuts, FRAMES)
    shots = [[f for n, f in enumerate(drawn[a:b], a) if n not in range(*GROUND_TRUTH.flash)] for a, b in pairwise(edges)]
    shots += [_painted(np.random.default_rng([1, n])) for n in range(8)]
    for name, first, end in REAL_SHOTS if media is not None else ():
        path = media / name if media is not None else Path(name)
        if path.exists():
            shots.append(_decoded(path, first, end))
    return shots


def _decoded(path: Path, first: int, end: int) -> list[Frame]:
    import av

    found: list[Frame] = []
    with av.open(str(path)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index >= end:
                break
            if index >= first:
                found.append(frame.reformat(width=SIZE[0], height=SIZE[1], format="bgr24", interpolation="AREA").to_ndarray())
    return found


def _painted(rng: np.random.Generator) -> list[Frame]:
    """A painted backdrop under a slow pan, with figures moving over it."""
    width, height = SIZE[0] + 160, SIZE[1] + 60
    hue = rng.uniform(0, 180)
    layers = sum(
        cv2.resize(rng.random((2**n + 1, 2**n + 1), dtype=np.float32), (width, height), interpolation=cv2.INTER_CUBIC) / n
        for n in range(1, 7)
    )
    layers = cv2.normalize(layers, None, 0, 1, cv2.NORM_MINMAX)
    hsv = np.dstack([(hue + 40 * layers) % 180, 60 + 150 * layers[::-1], rng.uniform(40, 110) + 140 * layers]).clip(0, 255).astype(np.uint8)
    backdrop = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    for _ in range(12):
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        cv2.circle(backdrop, centre, int(rng.integers(8, 40)), tuple(int(c) for c in rng.integers(0, 255, 3)), -1, cv2.LINE_AA)
    speed, figure = rng.uniform(-1.2, 1.2), tuple(int(c) for c in rng.integers(0, 255, 3))
    x, y, vx, vy = rng.uniform(60, 420), rng.uniform(60, 210), rng.uniform(-5, 5), rng.uniform(-3, 3)
    found = []
    for n in range(110):
        shift = np.float32([[1, 0, -(80 + speed * (n - 55))], [0, 1, -30]])
        frame = cv2.warpAffine(backdrop, shift, SIZE, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        at = (int(abs((x + vx * n) % 960 - 480)), int(abs((y + vy * n) % 540 - 270)))
        cv2.circle(frame, at, 34, figure, -1, cv2.LINE_AA)
        found.append(frame)
    return found


def assemble(shots: list[list[Frame]], seed: int, changes: int) -> tuple[Iterator[Frame], Truth]:
    """A film with ``changes`` transitions (about three in four hard) and a flash in every tenth shot; and its truth."""
    rng = np.random.default_rng(seed)
    out: list[Frame] = []
    truth = Truth()
    source = int(rng.integers(len(shots)))
    out += _take(shots[source], rng, int(rng.integers(20, 50)))
    for n in range(changes):
        source = (source + int(rng.integers(1, len(shots)))) % len(shots)
        incoming = _take(shots[source], rng, int(rng.integers(10, 60)) + 40)
        kind = str(rng.choice(["cut", "dissolve", "fadeblack", "fadewhite"], p=[0.72, 0.14, 0.09, 0.05]))
        room = min(len(incoming), len(out) - _last_change(truth)) - 12
        if kind == "cut" or room < 3:
            truth.hard.append(len(out))
            out += incoming[: max(10, len(incoming) - 40)]
        else:
            _blend(out, incoming, kind, min(room, _length(kind, rng)), truth)
        if n % 10 == 4:
            _flash(out, rng, truth)
    truth.frames = len(out)
    return iter(out), truth


def _take(shot: list[Frame], rng: np.random.Generator, length: int) -> list[Frame]:
    length = min(length, len(shot) - 1)
    first = int(rng.integers(0, len(shot) - length))
    return list(shot[first : first + length])


def _last_change(truth: Truth) -> int:
    return max([*truth.hard, *(last + 1 for _, last, _ in truth.gradual), 0])


def _length(kind: str, rng: np.random.Generator) -> int:
    """Frames: dissolves as short as three, fades of a third of a second to more than one."""
    return int(rng.integers(3, 16)) if kind == "dissolve" else 2 * int(rng.integers(4, 16))


def _blend(out: list[Frame], incoming: list[Frame], kind: str, length: int, truth: Truth) -> None:
    tail = out[-length:]
    del out[-length:]
    truth.gradual.append((len(out), len(out) + length - 1, kind))
    ground = np.full_like(tail[0], 0 if kind == "fadeblack" else 255)
    for n in range(length):
        share = (n + 1) / (length + 1)
        if kind == "dissolve":
            out.append(cv2.addWeighted(tail[n], 1 - share, incoming[n], share, 0))
        elif share < 0.5:
            out.append(cv2.addWeighted(tail[n], 1 - 2 * share, ground, 2 * share, 0))
        else:
            out.append(cv2.addWeighted(ground, 2 - 2 * share, incoming[n], 2 * share - 1, 0))
    out += incoming[length:]


def _flash(out: list[Frame], rng: np.random.Generator, truth: Truth) -> None:
    """Whitens one or two frames in the middle of the last shot, well away from any change."""
    last_change = _last_change(truth)
    if len(out) - last_change < 24:
        return
    at, length = (last_change + len(out)) // 2, int(rng.integers(1, 3))
    for n in range(at, at + length):
        out[n] = cv2.addWeighted(out[n], 0.25, np.full_like(out[n], 255), 0.75, 0)
    truth.flash.append((at, at + length - 1))


def encode(frames: Iterator[Frame], path: Path) -> None:
    """H.264 at a quality that leaves traces of compression."""
    command = [executable(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(FPS)]
    command += ["-i", "pipe:0", "-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        assert child.stdin is not None
        for frame in frames:
            child.stdin.write(frame.tobytes())
        child.stdin.close()
    if child.returncode != 0:
        raise RuntimeError(f"ffmpeg ended with {child.returncode}")
