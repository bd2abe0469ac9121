"""The capability `video.export`: a plan as files that other editing programs open, and a list of what each does not carry."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from app.capability import capability
from app.editing.admission import Plan, check_plan
from app.editing.edit import file_name, files_of, timeline_of
from app.editing.exports import FORMATS, Exported, export, file_stem
from app.editing.exports.base import FormatName, Lost
from app.editing.timeline import Timeline
from jobs.context import JobContext
from storage.records import RESULT, SUPPORT

REPORT = "lost.json"


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class ExportFilm(Strict):
    """A plan, and the formats it goes out in."""

    plan: Plan
    formats: list[FormatName] = Field(
        min_length=1, max_length=len(FORMATS), description="otio, edl, fcpxml, premiere, kdenlive, srt, chapters, csv."
    )
    name: str = Field(default="", max_length=120, description="Of the files, without ending; left out: the film's title.")


class ExportedFile(Strict):
    """One file. ``lost``: everything in the plan that it does not carry as the studio would render it."""

    format: FormatName
    artifact_id: str
    name: str
    size_bytes: int = Field(ge=0)
    lost: list[Lost]


class Exports(Strict):
    """The files in the order in which they were asked for; a format may give several."""

    files: list[ExportedFile]
    report_artifact_id: str = Field(description="lost.json: per format what it does not carry.")
    cuts: int = Field(ge=1, description="Rows of the film.")
    frames: int = Field(ge=1)
    seconds: float = Field(gt=0)


@capability("video.export", lane="cpu", title="Export a film", version=1, checks=check_plan)
def export_film(request: ExportFilm, job: JobContext) -> Exports:
    """Writes an edit plan for other programs: OpenTimelineIO, CMX 3600 edit lists, FCPXML, Premiere, Kdenlive, SRT, chapters, CSV.

    The files name the originals with their paths, reels and timecodes. Every file comes with an exact list of what its format does
    not carry of this plan, why, and what to do instead. Nothing is rendered; no model is needed.
    """
    timeline = timeline_of(request.plan, job)
    files, _ = files_of(request.plan, job)
    name = file_stem(request.name) if request.name.strip() else file_name(request.plan, timeline)
    inputs = sorted({facts.artifact_id for facts in timeline.sources.values()})
    kept: list[ExportedFile] = []
    formats = list(dict.fromkeys(request.formats))
    for number, format in enumerate(formats):
        job.progress(number / len(formats), f"Writing {FORMATS[format].title}")
        kept += [_keep(job, format, made, inputs) for made in export(timeline, format, name=name, files=files)]
    report = job.work_dir / REPORT
    report.write_text(report_of(timeline, kept).model_dump_json(indent=1), encoding="utf-8")
    saved = job.save(REPORT, report, kind="data", role=SUPPORT, media_type="application/json", inputs=[file.artifact_id for file in kept])
    job.progress(1.0, "Done")
    return Exports(
        files=kept, report_artifact_id=saved.id, cuts=len(timeline.clips), frames=timeline.frames, seconds=timeline.seconds
    )  # fmt: skip


def _keep(job: JobContext, format: FormatName, made: Exported, inputs: Sequence[str]) -> ExportedFile:
    path = job.work_dir / f"export-{format}"
    path.write_text(made.text, encoding="utf-8", newline="")
    about = {"format": format, "lost": len(made.lost)}
    saved = job.save(made.name, path, kind="timeline", role=RESULT, media_type=made.media_type, inputs=inputs, meta=about)
    path.unlink()
    return ExportedFile(format=format, artifact_id=saved.id, name=made.name, size_bytes=saved.size_bytes, lost=list(made.lost))


class Report(Strict):
    """What stands in lost.json."""

    title: str
    formats: dict[str, list[Lost]] = Field(description="By format; an empty list carries everything.")


def report_of(timeline: Timeline, files: Sequence[ExportedFile]) -> Report:
    """The report of all formats that were written."""
    return Report(title=file_name(timeline.plan, timeline), formats={file.format: file.lost for file in files})
