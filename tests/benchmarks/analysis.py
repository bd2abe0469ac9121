"""Analysing a clip beside PySceneDetect's ContentDetector alone and a bare decode, each in a process of its own, in turns.

``STUDIO_BENCH_MEDIA`` names a clip to use, or a folder of clips; otherwise clips are drawn with ffmpeg. The sample clip
is always measured too. Ratios are judged only on a full run: on a few seconds of film the report costs more than the pass.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.video.probe import probe_video

ROOT = Path(__file__).parent.parent.parent
RATIO_TARGETS = ((1000, 1.25), (0, 1.5))  # from so many lines on; ours / PySceneDetect
DECODE_RATIO_TARGET, MEMORY_TARGET_MB, SAMPLE_TARGET_S = 2.0, 700.0, 10.0
FIRST_TARGET_S, AGAIN_TARGET_S, SOUND_TARGET = 2.0, 0.05, 0.05
MEDIA = (".mp4", ".mkv", ".mov", ".webm", ".avi", ".ts")

OURS = """
import json, sys, tempfile, time
from pathlib import Path
from app.video.analysers.transitions import find_transitions
from app.video.analyze import analyze_video
from app.video.curves import Curves
from app.video.models import AnalyzeVideo
from app.video.probe import probe_video
from jobs.context import JobContext, artifact_to_json
from jobs.order import Order
from storage.records import Artifact

def artifact(path, **more):
    fields = dict(id=path.name, name=path.name, kind="video", role="source", media_type="video/mp4", size_bytes=0, content_hash="",
                  path=path, external=True, missing=False, project_id="p", job_id=None, created_at=0.0)
    return Artifact(**{**fields, **more})

class Link:
    first = None
    def call(self, verb, **fields):
        if verb == "publish" and self.first is None:
            self.first = time.perf_counter()
        if verb == "save":
            if fields["name"] == "curves.npz":
                curves.append(Path(fields["staged"]).read_bytes())
            return artifact_to_json(artifact(Path(fields["staged"]), id=fields["name"], name=fields["name"]))
    def tell(self, verb, **fields): pass
    def stage_blob(self, path):
        kept = Path(tempfile.mkdtemp(dir=sys.argv[1])) / path.name
        kept.write_bytes(path.read_bytes())
        return str(kept), "", 0

def analyse(clip, heard=True, **settings):
    info = probe_video(clip)
    media = artifact(clip, meta={"probe": (info if heard else info.model_copy(update={"audio": []})).model_dump(mode="json")})
    work = Path(tempfile.mkdtemp(dir=sys.argv[1]))
    link = Link()
    order = Order(job_id="j", attempt=1, capability="test", request={}, project_id="p", work_dir=str(work), blob_dir="",
                  media={media.id: artifact_to_json(media)})
    job = JobContext(order, link, lambda: False)
    began = time.perf_counter()
    result = analyze_video(AnalyzeVideo(video=media.id, **settings), job)
    return time.perf_counter() - began, link.first - began, [s.start_frame for s in result.scenes]

def processor_s(heard):
    began = time.process_time()
    analyse(clip, heard)
    return time.process_time() - began

curves, clip = [], Path(sys.argv[3])
analyse(Path(sys.argv[2]))
took, first, _ = analyse(clip)
began = time.perf_counter()
find_transitions(Curves.unpack(curves[-1]), 1.3)
again = time.perf_counter() - began
share = processor_s(True) / processor_s(False) - 1 if probe_video(clip).audio else None
_, _, cuts = analyse(clip, detector="content")  # the peer's own detector must give the peer's cuts
peak_kb = int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
print(json.dumps({"s": took, "first_s": first, "cuts": cuts, "rss_mb": peak_kb / 1024, "again_s": again, "sound": share}))
"""
PEER = """
import json, sys, time
import scenedetect
scenedetect.detect(sys.argv[2], scenedetect.ContentDetector())
began = time.perf_counter()
scenes = scenedetect.detect(sys.argv[3], scenedetect.ContentDetector(), start_in_scene=True)
took = time.perf_counter() - began
peak_kb = int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
print(json.dumps({"s": took, "cuts": [start.frame_num for start, _ in scenes], "rss_mb": peak_kb / 1024}))
"""
DECODE = """
import json, subprocess, sys, time
import imageio_ffmpeg
began = time.perf_counter()
subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", sys.argv[3], "-map", "0:v:0", "-f", "null", "-"], check=True)
print(json.dumps({"s": time.perf_counter() - began}))
"""


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows of the benchmark table; quick uses a small clip, once."""
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        place = Path(folder)
        tiny = drawn(place / "tiny.mp4", seconds=1, size="160x90")
        rows: list[dict[str, Any]] = []
        for clip in [given for given in _given() if given.is_file()] or _drawn_clips(place, quick):
            rows += _compare(clip, tiny, place, repeats=1 if quick else 3)
        rows.append(_sample(place, tiny))
    return [_unjudged(row) for row in rows] if quick else rows


def _unjudged(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "met"}


def _compare(clip: Path, tiny: Path, place: Path, repeats: int) -> list[dict[str, Any]]:
    runs: dict[str, list[dict[str, Any]]] = {"ours": [], "peer": [], "decode": []}
    for _ in range(repeats):
        for name, code in (("ours", OURS), ("peer", PEER), ("decode", DECODE)):
            runs[name].append(_child(code, place, tiny, clip))
    ours, peer, decode = (statistics.median(r["s"] for r in runs[name]) for name in ("ours", "peer", "decode"))
    first_s = statistics.median(r["first_s"] for r in runs["ours"])
    rss_mb, peer_mb = (max(r["rss_mb"] for r in runs[name]) for name in ("ours", "peer"))
    again_s = statistics.median(r["again_s"] for r in runs["ours"])
    shares = [r["sound"] for r in runs["ours"] if r["sound"] is not None]
    target = next(ratio for lines, ratio in RATIO_TARGETS if probe_video(clip).video.height >= lines)
    same = runs["ours"][0]["cuts"] == runs["peer"][0]["cuts"]
    return [
        {
            "what": f"{clip.name}: whole analysis, s (peer: PySceneDetect content detector alone)",
            "ours": ours, "peer": peer, "ratio": ours / peer, "target": target, "met": ours / peer <= target,
        },
        {
            "what": f"{clip.name}: whole analysis, s (peer: ffmpeg decoding only)",
            "ours": ours, "peer": decode, "ratio": ours / decode, "target": DECODE_RATIO_TARGET,
            "met": ours / decode <= DECODE_RATIO_TARGET,
        },
        {
            "what": f"{clip.name}: first scene shown after, s",
            "ours": first_s, "target": FIRST_TARGET_S, "met": first_s <= FIRST_TARGET_S,
        },
        {
            "what": f"{clip.name}: deciding anew from the stored curves, s",
            "ours": again_s, "target": AGAIN_TARGET_S, "met": again_s <= AGAIN_TARGET_S,
        },
        *_sound(clip, shares),
        {"what": f"{clip.name}: the same cuts as the peer", "ours": same, "met": same},
        {
            "what": f"{clip.name}: peak memory, MB",
            "ours": rss_mb, "peer": peer_mb, "target": MEMORY_TARGET_MB, "met": rss_mb <= MEMORY_TARGET_MB,
        },
    ]  # fmt: skip


def _sound(clip: Path, shares: list[float]) -> list[dict[str, Any]]:
    """Processor time that sound adds, on all threads."""
    if not shares:
        return []
    share = statistics.median(shares)
    row = {"what": f"{clip.name}: processor time that sound adds, share of the rest", "ours": share, "target": SOUND_TARGET}
    return [{**row, "met": share <= SOUND_TARGET}]


def _sample(place: Path, tiny: Path) -> dict[str, Any]:
    """Drawing the built-in sample and analysing it, as for somebody who tries the studio for the first time."""
    import time

    clip = place / "studio-sample.mp4"
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "app.video.sample", str(clip)], cwd=ROOT, check=True)
    drawn_s = time.perf_counter() - began
    both_s = drawn_s + _child(OURS, place, tiny, clip)["s"]
    return {
        "what": f"the sample drawn ({drawn_s:.1f} s) and analysed, s",
        "ours": both_s, "target": SAMPLE_TARGET_S, "met": both_s <= SAMPLE_TARGET_S,
    }  # fmt: skip


def _child(code: str, place: Path, tiny: Path, clip: Path) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(place), str(tiny), str(clip)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _given() -> Sequence[Path]:
    named = os.environ.get("STUDIO_BENCH_MEDIA", "")
    if not named:
        return []
    path = Path(named)
    return sorted(p for p in path.iterdir() if p.suffix in MEDIA) if path.is_dir() else [path]


def _drawn_clips(place: Path, quick: bool) -> list[Path]:
    if quick:
        return [drawn(place / "drawn-320x180.mp4", seconds=6, size="320x180")]
    return [drawn(place / f"drawn-{size}.mp4", seconds=60, size=size) for size in ("1280x720", "1920x1080")]


def drawn(path: Path, seconds: int, size: str) -> Path:
    """A clip with a cut every second between four kinds of moving pictures."""
    import imageio_ffmpeg

    kinds = (
        "testsrc2=s={}:r=24",
        "rgbtestsrc=s={}:r=24,hue=H=0.2*t,noise=alls=12:allf=t",
        "smptehdbars=s={}:r=24,hue=H=t",
        "gradients=s={}:r=24:speed=0.2:seed=7",
    )
    parts = [f"{kinds[n % 4].format(size)},trim=duration=1,hue=h={n * 47},setpts=PTS-STARTPTS,format=yuv420p[p{n}]" for n in range(seconds)]
    graph = ";".join([*parts, "".join(f"[p{n}]" for n in range(seconds)) + f"concat=n={seconds}:v=1[v]"])
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-filter_complex", graph, "-map", "[v]"]
    subprocess.run([*command, "-c:v", "libx264", "-preset", "veryfast", "-g", "96", str(path)], check=True)
    return path
