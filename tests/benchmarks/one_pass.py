"""The five analyses (scenes, quality, composition, camera, coherence) in one pass over the film, beside PySceneDetect's one detector.

``STUDIO_BENCH_MEDIA`` names a clip or a folder of clips; otherwise the sample clip is measured. The two take turns.
"""

from __future__ import annotations

import os
import statistics
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
TARGETS = ((720, 1.15), (1080, 1.0))  # picture height, ours / peer


def run(quick: bool) -> list[dict[str, Any]]:
    """A row per clip, and what decoding and scaling alone cost in it."""
    import cv2

    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        given = Path(os.environ["STUDIO_BENCH_MEDIA"]) if os.environ.get("STUDIO_BENCH_MEDIA") else None
        clips = [make_sample(Path(folder) / "sample.mp4")] if given is None else [given] if given.is_file() else sorted(given.glob("*.mp4"))
        return [row for clip in clips for row in _rows(clip, 1 if quick else 3)]


def _rows(clip: Path, turns: int) -> list[dict[str, Any]]:
    ours, peer, bare = zip(*[(_timed(_five, clip), _timed(_peer, clip), _timed(_bare, clip)) for _ in range(turns)], strict=True)
    ratio = statistics.median(a / b for a, b in zip(ours, peer, strict=True))
    height = next(Decoder(clip, 1 / 24).pictures()).raw.height
    target = dict(TARGETS).get(height)
    first = {"what": f"{clip.name}: five analyses, s (peer: PySceneDetect content detector alone)", "ours": statistics.median(ours)}
    first |= {"peer": statistics.median(peer), "ratio": ratio, "target": target, "met": None if target is None else ratio <= target}
    return [first, {"what": f"{clip.name}: decoding and scaling alone, s", "ours": statistics.median(bare)}]


def _timed(work: Callable[[Path], None], clip: Path) -> float:
    began = time.perf_counter()
    work(clip)
    return time.perf_counter() - began


def _five(clip: Path) -> None:
    _pass(clip, Table([row for row in ANALYSERS if row.name in FIVE], 24.0))


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
