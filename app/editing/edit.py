"""The capabilities `video.edit` and `video.moment`: a plan becomes a film, or one exact frame of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.capability import capability
from app.editing.admission import Plan, check_plan
from app.editing.captions.notes import notes_of
from app.editing.check import compile_plan
from app.editing.plan import EditPlan
from app.editing.render.cache import PieceCache
from app.editing.render.moment import frame_at, take
from app.editing.render.renderer import Materials, Rendered, render, smaller
from app.editing.render.words import words_of
from app.editing.sources import facts_of
from app.editing.timeline import Timeline
from configs.errors import BadInput
from jobs.context import JobContext
from storage.records import RESULT, SUPPORT

MEDIA_TYPES = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "gif": "image/gif"}
MEDIA_ENDING = re.compile(r"\.(mp4|m4v|mov|mkv|webm|avi|gif|m?ts|m2ts|mpe?g|wmv|flv|mxf|png|jpe?g|webp)$", re.IGNORECASE)
_RENDERED = 0.97


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class EditVideo(Strict):
    """A plan to render."""

    plan: Plan = Field(description="The film.")
    preview: bool = Field(default=False, description="Small and quick, with the same frames at the same times.")
    edit: str | None = Field(default=None, max_length=64, description="The draft it belongs to.")
    revision: int | None = Field(default=None, ge=0, description="Of that draft.")


class EditResult(Strict):
    """The finished film and how it was made."""

    artifact_id: str
    plan_artifact_id: str = Field(description="The plan, kept as JSON.")
    frames: int = Field(gt=0)
    seconds: float = Field(gt=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    fps: float = Field(gt=0)
    engine: str
    took_s: float = Field(ge=0)
    pieces: int = Field(ge=0, description="The film is rendered and kept in so many pieces.")
    pieces_reused: int = Field(ge=0, description="Of these, so many were there from an earlier render.")
    smart_copied: int = Field(ge=0, description="Frames taken over from the source without encoding them again.")
    notes: list[str] = Field(default_factory=list)


@capability("video.edit", lane="cpu", title="Render a film", engine="built in, CPU (ffmpeg)", version=1, checks=check_plan)
def edit_video(request: EditVideo, job: JobContext) -> EditResult:
    """Renders an edit plan: cuts, speed, moves, layers, colour, words and sound, exactly as the plan says.

    The film is made in pieces that are kept, so a second render makes only what changed, and an interrupted one goes on where it
    was. Cancelling leaves nothing behind. Runs on the processor, and on a hardware encoder where one works; no model is needed.
    """
    began = time.monotonic()
    plan = request.plan
    timeline = timeline_of(plan, job)
    name = f"{file_name(plan, timeline)}{'-preview' if request.preview else ''}.{plan.output.format}"
    job.progress(0.0, "Rendering")
    materials = Materials(job.work_dir, PieceCache(job.cache_dir / "render"), *files_of(plan, job))
    made = render(timeline, job.work_dir / f"film.{plan.output.format}", materials, job.span(0.0, _RENDERED), preview=request.preview)
    job.progress(_RENDERED, "Keeping the film")
    inputs = sorted({facts.artifact_id for facts in timeline.sources.values()})
    kept = job.save(
        name, made.path, kind="video", role=RESULT, media_type=MEDIA_TYPES[plan.output.format], meta=_meta(request, timeline, made),
        inputs=inputs,
    )  # fmt: skip
    written = job.work_dir / "plan.json"
    written.write_text(plan.model_dump_json(indent=1), encoding="utf-8")
    plan_kept = job.save("plan.json", written, kind="data", role=SUPPORT, media_type="application/json", inputs=[kept.id])
    job.progress(1.0, "Done")
    return EditResult(
        artifact_id=kept.id, plan_artifact_id=plan_kept.id, frames=made.frames, seconds=timeline.seconds, width=made.width,
        height=made.height, fps=float(timeline.rate), engine=made.engine, took_s=round(time.monotonic() - began, 3), pieces=made.pieces,
        pieces_reused=made.reused, smart_copied=made.copied,
        notes=[*timeline.notes, *notes_of(words_of(timeline, materials.files).captions)],
    )  # fmt: skip


class TakeMoment(Strict):
    """A moment of a film that need not be rendered yet. Exactly one of ``at_s`` and ``frame`` is given."""

    plan: Plan = Field(description="The film.")
    at_s: float | None = Field(default=None, ge=0, le=24 * 3600, description="Seconds of the film.")
    frame: int | None = Field(default=None, ge=0, description="Or a frame of the film, from 0.")
    height: int | None = Field(default=None, ge=64, le=4320, description="Of the shorter side; left out: as the film.")
    format: Literal["jpg", "png"] = Field(default="jpg", description="png is exact.")


class Moment(Strict):
    """The picture."""

    artifact_id: str
    frame: int = Field(ge=0)
    time_s: float = Field(ge=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)


@capability("video.moment", lane="cpu", title="Show a moment of a film", engine="built in, CPU (ffmpeg)", version=1, checks=check_plan)
def take_moment(request: TakeMoment, job: JobContext) -> Moment:
    """Draws one exact frame of an edit plan as a picture, with everything that the plan does to it, without rendering the film."""
    timeline = timeline_of(request.plan, job)
    if (request.at_s is None) == (request.frame is None):
        raise BadInput("Either at_s or frame says which moment is meant, and one of them is needed.", "Give one of the two.")
    frame = frame_at(timeline, request.at_s if request.at_s is not None else float((request.frame or 0) / timeline.rate) + 1e-9)
    if request.height is not None:
        timeline = smaller(timeline, request.height)
    path = job.work_dir / f"moment-{frame:06d}.{request.format}"
    materials = Materials(job.work_dir, PieceCache(job.cache_dir / "render"), *files_of(request.plan, job))
    take(timeline, frame, path, materials, job.span(0.0, 0.95))
    kept = job.save(
        path.name, path, kind="image", role=SUPPORT, media_type="image/png" if request.format == "png" else "image/jpeg",
        meta={"frame": frame}, inputs=sorted({facts.artifact_id for facts in timeline.sources.values()}), thumbnail=True,
    )  # fmt: skip
    return Moment(artifact_id=kept.id, frame=frame, time_s=float(frame / timeline.rate), width=timeline.width, height=timeline.height)


def timeline_of(plan: EditPlan, job: JobContext) -> Timeline:
    """The plan, checked against the files that the job was given.

    Raises:
        BadPlan: it cannot be rendered.
    """
    return compile_plan(plan, {source.id: facts_of(source.id, job.artifact(source.media)) for source in plan.sources})


def files_of(plan: EditPlan, job: JobContext) -> tuple[dict[str, Path], dict[str, str]]:
    """Path and content hash, by artifact id, of what the plan's operations read besides its sources."""
    found = {name: job.artifact(name) for name in _file_ids(plan)}
    return {name: artifact.path for name, artifact in found.items()}, {name: artifact.content_hash for name, artifact in found.items()}


def _file_ids(plan: EditPlan) -> Iterator[str]:
    for operations in (plan.film, *(segment.operations for segment in plan.approved)):
        for operation in operations:
            yield from operation.file_ids()


def file_name(plan: EditPlan, timeline: Timeline) -> str:
    """What the film is called: its title, else its first clip's name; no character that a file system minds."""
    first = timeline.clips[0].source.name
    words = MEDIA_ENDING.sub("", plan.title) or f"{Path(first).stem} edit"
    cleaned = " ".join(re.sub(r"[\x00-\x1f<>:\"/\\|?*]+", " ", words).split()).strip(" .")
    return cleaned[:80].strip(" .") or "film"


def _meta(request: EditVideo, timeline: Timeline, made: Rendered) -> dict[str, object]:
    from app.video.probe import probe_video

    return {
        "probe": probe_video(made.path).model_dump(mode="json"),
        "preview": request.preview,
        "edit": request.edit,
        "revision": request.revision,
        "frames": made.frames,
    }
