"""Two hours of film need no more memory than two minutes: everything is streamed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CODE = """
    import json, sys
    from fractions import Fraction
    from pathlib import Path
    from app.video.decode import Decoder
    from app.video.models import AnalyzeVideo
    from app.video.probe import probe_video
    from app.video.scene_pass import ScenePass
    from jobs.context import JobContext, artifact_to_json
    from jobs.order import Order
    from storage.records import Artifact

    class Link:
        def call(self, verb, **fields):
            if verb == "save":
                kept = Artifact(id=fields["name"], name=fields["name"], kind="image", role="support", media_type="image/jpeg", size_bytes=0,
                                content_hash="", path=Path(fields["name"]), external=False, missing=False, project_id="p", job_id="j",
                                created_at=0.0)
                return artifact_to_json(kept)
        def tell(self, verb, **fields): pass
        def stage_blob(self, path): return str(path), "", 0

    path, work = Path(sys.argv[1]), Path(sys.argv[2])
    order = Order(job_id="j", attempt=1, capability="test", request={}, project_id="p", work_dir=str(work), blob_dir="")
    job = JobContext(order, Link(), lambda: False)
    request = AnalyzeVideo(video="clip", scene_threshold=float(sys.argv[3]))
    found = ScenePass(job, request, path, probe_video(path), lambda fraction, message: None).run()
    # VmHWM, because ru_maxrss also remembers how large the process was that started this one.
    peak_kb = int(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
    print(json.dumps({"frames": found.frame_count, "scenes": len(found.scenes), "mb": peak_kb / 1024}))
"""


def measured(path: Path, work: Path, threshold: float) -> dict[str, float]:
    """Frames, scenes and peak memory of one pass in a process of its own."""
    work.mkdir(exist_ok=True)
    command = [sys.executable, "-c", textwrap.dedent(CODE), str(path), str(work), str(threshold)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is told in other units elsewhere")
@pytest.mark.parametrize(("threshold", "many"), [(0.001, False), (1.0, True)], ids=["one long scene", "many scenes"])
def test_memory_stays_flat_over_two_hours(clips: Callable[..., Path], tmp_path: Path, threshold: float, many: bool) -> None:
    arguments = ("-pix_fmt", "yuv420p", "-preset", "ultrafast", "-g", "120")
    graph = "color=gray:s=48x32:r=1:d={},geq=lum='mod(floor(N/30)*90,255)+mod(N,7)':cb=128:cr=128"
    short = measured(clips("short.mp4", *arguments, graph=graph.replace("{}", "120")), tmp_path / "short", threshold)
    long = measured(clips("long.mp4", *arguments, graph=graph.replace("{}", "7200")), tmp_path / "long", threshold)
    assert (short["frames"], long["frames"]) == (120, 7200)
    assert (long["scenes"] > 100) is many
    assert long["mb"] - short["mb"] < 40
    assert long["mb"] < 700
