"""Judges files without a studio: analysis, measurements and expectations made right here."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.editing.check import compile_plan
from app.editing.judge.evidence import Asked, gather, unknown
from app.editing.judge.expected import expected
from app.editing.judge.forms import Evaluation
from app.editing.judge.parts import judge
from app.editing.judge.trace import Trace
from app.editing.judge.tracing import measure
from app.video.analyze import analyze_video
from app.video.document import VideoAnalysis
from app.video.models import AnalyzeVideo
from app.video.probe import probe_video
from jobs.context import JobContext, artifact_to_json
from jobs.order import Order
from storage.records import Artifact, Json
from tests.app.editing.judge.damages import Film

MODES = ("plan", "reference", "alone")


class Shelf:
    """The studio's side of a job, as little as an analysis needs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._count = folder, 0

    def call(self, verb: str, **fields: Json) -> Json:
        if verb != "save":
            return None
        self._count += 1
        made = artifact(Path(fields["staged"]), f"a-{self._count}", fields["kind"])
        return artifact_to_json(made)

    def tell(self, verb: str, **fields: Json) -> None:
        """Progress."""

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        kept = self.folder / f"kept-{digest[:16]}"
        shutil.copyfile(path, kept)
        return str(kept), digest, path.stat().st_size


def artifact(path: Path, identity: str, kind: str = "video") -> Artifact:
    """A file as the store knows it."""
    meta: dict[str, Any] = {"probe": probe_video(path).model_dump(mode="json")} if kind == "video" else {}
    return Artifact(
        id=identity, name=path.name, kind=kind, role="source", media_type="video/mp4",
        size_bytes=path.stat().st_size if path.exists() else 0,
        content_hash="0" * 64, path=path, external=True, missing=False, project_id="default", job_id=None, created_at=0.0, meta=meta,
    )  # fmt: skip


def analyse(path: Path, folder: Path) -> VideoAnalysis:
    """`video.analyze`, in this process."""
    folder.mkdir(parents=True, exist_ok=True)
    order = Order(
        job_id="job", attempt=1, capability="video.analyze", request={}, project_id="default", work_dir=str(folder), blob_dir="", steps={},
        checkpoint=None, media={"clip": artifact_to_json(artifact(path, "clip"))},
    )  # fmt: skip
    link: Any = Shelf(folder)
    return analyze_video(AnalyzeVideo(video="clip"), JobContext(order, link, lambda: False))


@dataclass(frozen=True)
class Seen:
    """A file, analysed and measured."""

    analysis: VideoAnalysis
    trace: Trace


def see(path: Path, folder: Path) -> Seen:
    """Looks at a film."""
    return Seen(analyse(path, folder / path.stem), trace_of(path))


def trace_of(path: Path) -> Trace:
    """Measures a clip."""
    return measure(path, probe_video(path), lambda fraction, message: None)


def evaluate(seen: Seen, film: Film, source: Trace, mode: str, asked: Asked | None = None) -> Evaluation:
    """Judges with the plan, with the source alone, or with nothing at all."""
    if mode == "plan":
        wanted = expected(compile_plan(film.plan, film.facts))
        evidence = gather(seen.analysis, seen.trace, asked or Asked(), [source], wanted)
    else:
        evidence = gather(seen.analysis, seen.trace, asked or Asked(), [source] if mode == "reference" else [])
    return judge(evidence, unknown("No content was asked for."), engine="built in, CPU", took_s=0.0)
