"""Memory over a two-hour film with sound: the whole analysis in a process of its own, looked at as the film goes by.

The film is the sample clip, coded once and then repeated without coding it again. ``--height 720`` takes a larger one:
``python -m tests.benchmarks.long_film --height 720 --minutes 120``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from app.video.sample import make_sample

ROOT = Path(__file__).parent.parent.parent
MINUTES = (1, 10, 30, 120)
TARGET_MB = 250.0
RATE = 24

CHILD = """
import json, sys, tempfile, time
from pathlib import Path
import app.capabilities
from app.video.analyze import analyze_video
from app.video.models import AnalyzeVideo
from app.video.probe import probe_video
from jobs.context import JobContext, artifact_to_json
from jobs.order import Order
from storage.records import Artifact

def rss(field="VmRSS"):
    return int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith(field))) / 1024

def artifact(path, **more):
    fields = dict(id=path.name, name=path.name, kind="video", role="source", media_type="video/mp4", size_bytes=0, content_hash="",
                  path=path, external=True, missing=False, project_id="p", job_id=None, created_at=0.0)
    return Artifact(**{**fields, **more})

class Link:
    def call(self, verb, **fields):
        if verb == "save":
            return artifact_to_json(artifact(Path(fields["staged"]), id=fields["name"], name=fields["name"]))
    def tell(self, verb, **fields):
        if verb == "progress" and marks and fields["fraction"] / 0.93 * minutes >= marks[0] - 1e-3:
            seen.append([marks.pop(0), rss()])
            print(f"after {seen[-1][0]} min: {seen[-1][1] - idle:.0f} MB above idle", file=sys.stderr, flush=True)
    def stage_blob(self, path):
        kept = Path(tempfile.mkdtemp(dir=sys.argv[2])) / path.name
        kept.write_bytes(path.read_bytes() if path.suffix == ".jpg" else b"")
        return str(kept), "", 0

clip, minutes, seen = Path(sys.argv[1]), float(sys.argv[3]), []
marks = [mark for mark in json.loads(sys.argv[4]) if mark <= minutes]
idle = rss()
media = artifact(clip, meta={"probe": probe_video(clip).model_dump(mode="json")})
order = Order(job_id="j", attempt=1, capability="test", request={}, project_id="p", work_dir=tempfile.mkdtemp(dir=sys.argv[2]), blob_dir="",
              media={media.id: artifact_to_json(media)})
began = time.perf_counter()
result = analyze_video(AnalyzeVideo(video=media.id), JobContext(order, Link(), lambda: False))
print(json.dumps({"idle": idle, "seen": seen, "peak": rss("VmHWM"), "s": time.perf_counter() - began,
                  "frames": result.frame_count, "scenes": len(result.scenes)}))
"""


def run(quick: bool) -> list[dict[str, Any]]:
    """A row per minute looked at, and the peak."""
    return _unjudged(rows(4 if quick else 120, 90)) if quick else rows(120, 90)


def rows(minutes: int, height: int) -> list[dict[str, Any]]:
    """For a film of ``minutes``; memory in MB above that of the idle process."""
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        found = _analyse(_repeated(Path(folder), minutes, height), Path(folder), minutes)
    name = f"{minutes} min of film, {height} lines"
    told = [
        {"what": f"{name}: memory after {mark:g} min of it, MB above idle", "ours": mb - found["idle"], "target": TARGET_MB,
         "met": mb - found["idle"] <= TARGET_MB}
        for mark, mb in found["seen"]
    ]  # fmt: skip
    peak = found["peak"] - found["idle"]
    told.append({"what": f"{name}: peak memory, MB above idle", "ours": peak, "target": TARGET_MB, "met": peak <= TARGET_MB})
    return [*told, {"what": f"{name}: {found['frames']} frames, {found['scenes']} scenes, s", "ours": found["s"]}]


def _analyse(film: Path, place: Path, minutes: int) -> dict[str, Any]:
    command = [sys.executable, "-c", CHILD, str(film), str(place), str(minutes), json.dumps(MINUTES)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STUDIO_ANALYSIS_PROCESSES": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _repeated(place: Path, minutes: int, height: int) -> Path:
    """The sample, coded small and repeated."""
    import imageio_ffmpeg

    sample, coded, film = make_sample(place / "sample.mp4"), place / "coded.mp4", place / "film.mkv"
    ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
    code = ["-vf", f"scale=-2:{height}", "-r", str(RATE), "-c:v", "libx264", "-preset", "ultrafast", "-g", "96", "-c:a", "aac"]
    subprocess.run([*ffmpeg, "-i", str(sample), *code, str(coded)], check=True)
    subprocess.run([*ffmpeg, "-stream_loop", "-1", "-i", str(coded), "-t", str(60 * minutes), "-c", "copy", str(film)], check=True)
    return film


def _unjudged(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in row.items() if key != "met"} for row in told]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=120)
    parser.add_argument("--height", type=int, default=90)
    given = parser.parse_args()
    for row in rows(given.minutes, given.height):
        print(json.dumps(row))
