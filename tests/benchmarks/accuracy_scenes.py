"""How truly cuts, dissolves, fades and flashes are told apart: ours beside PySceneDetect and ffmpeg on the same films."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from app.video.analysers.changes import Changes
from app.video.analysers.transitions import Transition, find_transitions
from app.video.curves import Curves
from app.video.decode import Decoder, small_frame
from app.video.ffmpeg import executable
from app.video.models import AnalyzeVideo
from app.video.scenes import SceneFinder, make_detector
from tests.benchmarks.scene_truth import FPS, SIZE, Frame, Truth, assemble, encode, footage, labels

TOLERANCE_FRAMES = 1
PEERS = {
    "content": "ContentDetector", "adaptive": "AdaptiveDetector", "threshold": "ThresholdDetector", "histogram": "HistogramDetector",
    "hash": "HashDetector",
}  # fmt: skip


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for freshly seeded films, and for the labelled ones in the folder STUDIO_BENCH_MEDIA where it is given."""
    media = Path(os.environ["STUDIO_BENCH_MEDIA"]) if os.environ.get("STUDIO_BENCH_MEDIA") else None
    seeds = (11,) if quick else (11, 12, 13)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        shots = footage(media)
        films = []
        for seed in seeds:
            frames, truth = assemble(shots, seed, 30 if quick else 80)
            path = Path(folder) / f"seed-{seed}.mp4"
            encode(frames, path)
            films.append((f"seeded film {seed}", path, truth))
        if media is not None:
            films += [("synth_cuts", media / "synth_cuts_480x270.mp4", labels(media / "synth_cuts_480x270.json"))]
            films += [("labelled real film", media / "bbb_0_30_720p.webm", labels(media / "bbb_0_30_720p.shots.json"))]
        for name, path, truth in films:
            rows += judge(name, path, truth)
        rows += numbered(Path(folder) / "numbered.mp4", 300 if quick else 900)
        rows += compatible([path for _, path, _ in films])
    return rows


def numbered(path: Path, count: int) -> list[dict[str, Any]]:
    """A film of plain shots whose every picture carries its number as bars: when many bars flip at once, that is no cut."""
    cuts = range(30, count, 30)
    encode((bars(number, number // 30) for number in range(count)), path)
    found = [t.boundary for t in find_transitions(measured(path))]
    false = [cut for cut in found if cut not in cuts]
    return [
        {"what": f"numbered film: cuts found ({len(cuts)})", "ours": len(found) - len(false), "target": str(len(cuts)),
         "met": len(found) - len(false) == len(cuts)},
        {"what": "numbered film: flipped bars taken for cuts", "ours": len(false), "target": "0", "met": not false},
    ]  # fmt: skip


def bars(number: int, shot: int) -> Frame:
    """The ground's colour tells the shot, twelve bars along the top the number, and a block goes across below."""
    image = np.empty((SIZE[1], SIZE[0], 3), np.uint8)
    image[:] = ((150, 60, 50), (50, 110, 160), (190, 170, 80), (70, 130, 80), (130, 80, 150))[shot % 5]
    wide = SIZE[0] // 12
    for bit in range(12):
        image[: SIZE[1] // 4, bit * wide : (bit + 1) * wide] = 235 if number >> (11 - bit) & 1 else 20
    left = number * 5 % (SIZE[0] - 24)
    image[SIZE[1] // 2 :, left : left + 24] = 235
    return image


def compatible(films: Sequence[Path]) -> list[dict[str, Any]]:
    """For each of PySceneDetect's detectors at its defaults: the films in which our cuts are its cuts."""
    rows = []
    for kind in PEERS:
        same = sum(ours_as(path, kind) == detected(path, kind) for path in films)
        rows.append({"what": f"PySceneDetect {kind}: films cut for cut the same", "ours": same, "target": str(len(films)),
                     "met": same == len(films)})  # fmt: skip
    return rows


def ours_as(path: Path, kind: str) -> list[int]:
    """Our cuts with one of PySceneDetect's detectors."""
    finder = SceneFinder(make_detector(AnalyzeVideo.model_validate({"video": "clip", "detector": kind})), Fraction(FPS), False)
    found = [cut.frame for picture in Decoder(path, 1 / FPS).pictures() for cut in finder.feed(picture)]
    return found + [cut.frame for cut in finder.finish()]


def judge(name: str, path: Path, truth: Truth) -> list[dict[str, Any]]:
    """Our figures for one film, with the best of the peers beside them."""
    ours = find_transitions(measured(path))
    cuts = [t.first for t in ours if t.kind == "cut"]
    gradual = [t for t in ours if t.kind in ("dissolve", "fade")]
    peers = {f"PySceneDetect {kind}": detected(path, kind) for kind in ("content", "adaptive", "histogram", "hash")} | {
        "ffmpeg scdet": scdet(path)
    }
    best = max(peers, key=lambda peer: f1(peers[peer], truth))
    wanted = 0.97 if name != "labelled real film" else 0.95
    score, found = f1(cuts, truth), sum(_met(g, gradual) for g in truth.gradual)
    needed = round(19 / 23 * len(truth.gradual)) if name != "labelled real film" else round(0.8 * len(truth.gradual))
    flashes = sum(any(first - 1 <= cut <= last + 2 for cut in cuts) for first, last in truth.flash)
    by_peer = sum(any(first - 1 <= cut <= last + 2 for cut in peers[best]) for first, last in truth.flash)
    spurious = sum(not any(t.first <= last + 2 and t.last >= first - 2 for first, last, _ in truth.gradual) for t in gradual)
    return [
        {
            "what": f"{name}: hard cuts F1 ({len(truth.hard)}), +-{TOLERANCE_FRAMES} frame",
            "ours": round(score, 3),
            "peer": f"{f1(peers[best], truth):.3f} ({best})",
            "target": f">= {wanted}",
            "met": score >= wanted,
        },
        {
            "what": f"{name}: flashes taken for cuts ({len(truth.flash)})",
            "ours": flashes,
            "peer": f"{by_peer} ({best})",
            "target": "0",
            "met": flashes == 0,
        },
        {
            "what": f"{name}: gradual transitions found ({len(truth.gradual)})",
            "ours": found,
            "target": f">= {needed}",
            "met": found >= needed,
        },
        {"what": f"{name}: gradual transitions that are none", "ours": spurious},
    ]


def measured(path: Path) -> Curves:
    """The change curves of a film."""
    changes = Changes()
    rows = np.asarray([changes.measure(small_frame(p)) for p in Decoder(path, 1 / FPS).pictures()], dtype=np.float32)
    columns = {name: rows[:, n] for n, name in enumerate(changes.columns)}
    return Curves(float(FPS), np.arange(len(rows)) / FPS, columns)


def f1(cuts: Sequence[int], truth: Truth) -> float:
    """Harmonic mean of precision and recall; each label and each cut is used once. Cuts inside gradual transitions count for neither."""
    outside = [c for c in cuts if not any(first - 1 <= c <= last + 2 for first, last, _ in truth.gradual)]
    left, hits = list(outside), 0
    for label in truth.hard:
        near = [c for c in left if abs(c - label) <= TOLERANCE_FRAMES]
        if near:
            left.remove(min(near, key=lambda c: abs(c - label)))
            hits += 1
    return 2 * hits / max(1, len(outside) + len(truth.hard))


def _met(label: tuple[int, int, str], found: Sequence[Transition]) -> bool:
    return any(t.first <= label[1] and t.last >= label[0] for t in found)


def detected(path: Path, kind: str) -> list[int]:
    """PySceneDetect's cuts at its defaults."""
    from scenedetect import detect, detectors

    return [int(start.frame_num) for start, _ in detect(str(path), getattr(detectors, PEERS[kind])(), start_in_scene=True)][1:]


def scdet(path: Path) -> list[int]:
    """The cuts of ffmpeg's scdet filter at its default threshold."""
    command = [
        executable(),
        "-hide_banner",
        "-nostats",
        "-i",
        str(path),
        "-vf",
        "scdet=t=10,metadata=print:file=-",
        "-an",
        "-f",
        "null",
        "-",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [round(float(time) * FPS) for time in re.findall(r"lavfi\.scd\.time=([\d.]+)", said)]
