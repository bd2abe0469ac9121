"""The five analyses (scenes, quality, composition, camera, coherence) in one pass over the film, beside PySceneDetect's one detector.

Beside them: the five one after the other, each in a pass of its own, and ffmpeg decoding only. ``STUDIO_BENCH_MEDIA`` names a clip
or a folder of clips; otherwise the sample clip is measured. All take turns.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.video.analysers import ANALYSERS
from app.video.decode import Decoder, Picture, ahead, small_frame
from app.video.sample import make_sample
from app.video.table import Table

FIVE = {"transitions", "picture", "composition", "camera", "coherence"}
TARGETS = {720: 1.15, 1080: 1.0}  # picture height, ours / peer
DECODE_TARGETS = {720: 1.55, 1080: 1.35}  # ours / ffmpeg decoding only
SEPARATE_TARGET = 3.5


def run(quick: bool) -> list[dict[str, Any]]:
    """A row per clip, and what decoding and scaling alone cost in it."""
    import cv2

    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        given = Path(os.environ["STUDIO_BENCH_MEDIA"]) if os.environ.get("STUDIO_BENCH_MEDIA") else None
        clips = [make_sample(Path(folder) / "sample.mp4")] if given is None else [given] if given.is_file() else sorted(given.glob("*.mp4"))
        return [row for clip in clips for row in _rows(clip, 1 if quick else 3)]


def _rows(clip: Path, turns: int) -> list[dict[str, Any]]:
    works = (_five, _peer, _bare, _separate, _decode)
    ours, peer, bare, separate, decode = zip(*[[_timed(work, clip) for work in works] for _ in range(turns)], strict=True)
    height = next(Decoder(clip, 1 / 24).pictures()).raw.height
    name, median = clip.name, statistics.median

    def row(what: str, other: tuple[float, ...], target: float | None) -> dict[str, Any]:
        ratio = median(a / b for a, b in zip(ours, other, strict=True))
        met = None if target is None else ratio <= target
        return {"what": f"{name}: {what}", "ours": median(ours), "peer": median(other), "ratio": ratio, "target": target, "met": met}

    saved = median(b / a for a, b in zip(ours, separate, strict=True))
    return [
        row("five analyses, s (peer: PySceneDetect content detector alone)", peer, TARGETS.get(height)),
        row("five analyses, s (peer: ffmpeg decoding only)", decode, DECODE_TARGETS.get(height)),
        {
            "what": f"{name}: the five as separate passes, s, and by how much longer than one pass",
            "ours": median(separate), "ratio": saved, "target": SEPARATE_TARGET, "met": saved >= SEPARATE_TARGET,
        },
        {"what": f"{name}: decoding and scaling alone, s", "ours": median(bare)},
    ]  # fmt: skip


def _timed(work: Callable[[Path], None], clip: Path) -> float:
    began = time.perf_counter()
    work(clip)
    return time.perf_counter() - began


def _five(clip: Path) -> None:
    _pass(clip, Table([row for row in ANALYSERS if row.name in FIVE], 24.0))


def _separate(clip: Path) -> None:
    for row in ANALYSERS:
        if row.name in FIVE:
            _pass(clip, Table([row], 24.0))


def _decode(clip: Path) -> None:
    import imageio_ffmpeg

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(clip), "-map", "0:v:0", "-f", "null", "-"]
    subprocess.run(command, check=True)


def _bare(clip: Path) -> None:
    _pass(clip, Table([], 24.0))


def _pass(clip: Path, table: Table) -> None:
    for picture in ahead(map(_scaled, Decoder(clip, 1 / 24).pictures())):
        assert picture.small is not None
        table.take(picture.small, picture.stamp)


def _scaled(picture: Picture) -> Picture:
    picture.small = small_frame(picture)
    return picture


def _peer(clip: Path) -> None:
    from scenedetect import ContentDetector, detect

    detect(str(clip), ContentDetector())
