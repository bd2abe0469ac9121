"""The capability `video.rescene`: an analysis with other thresholds and a person's edits, and all its files, without a second pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from app.capability import capability
from app.media_fields import AnalysisRef
from app.video.document import VideoAnalysis
from app.video.models import Keyframe, Strict
from app.video.outputs import Outputs, Tables, write_outputs
from app.video.reshots import Detection
from app.video.review import Review
from app.video.review_document import from_state
from app.video.reviewed import Material, apply, save_picture
from app.video.stored import CURVES, SAMPLES, read_curves, read_samples, too_old
from configs.errors import StudioError
from jobs.context import JobContext
from storage.records import Artifact

_PICTURES_SHARE, _DECIDED_SHARE = 0.3, 0.7
_GONE = {"not_found", "bad_media", "bad_input", "media_missing", "media_changed"}  # codes: of an error's type only they cross processes


class Rescene(Strict):
    """Decide an analysis' shots again from its stored curves, with a person's edits, and write all its files anew."""

    analysis: AnalysisRef = Field(description="A finished analysis: its job, or its analysis.json.")
    sensitivity: float | None = Field(default=None, gt=0, le=255, description="Higher finds more cuts. Left out: as analysed.")
    min_shot_s: float | None = Field(default=None, ge=0, le=600, description="Shortest shot in seconds. Left out: as analysed.")
    use_review: bool = Field(default=True, description="Apply what people have changed about the clip's shots, and their markers.")


@capability("video.rescene", lane="cpu", title="Apply thresholds and edits")
def rescene_video(request: Rescene, job: JobContext) -> VideoAnalysis:
    """Decides the shots of an analysed video again: other thresholds, hand-made cuts, markers with notes.

    Everything comes from what the analysis stored; only pictures of shots that have none are taken from the clip. The
    result is a whole new analysis with all its files: edit lists, markers for Resolve, OpenTimelineIO, FCPXML, CSV, report.
    """
    job.progress(0.0, "Reading the analysis")
    document = job.artifact(request.analysis)
    analysis = _read(document)
    sources = list(_made_from(job, document))
    stored = {source.name: source.path for source in sources if source.kind == "data"}
    if not stored.keys() >= {CURVES, SAMPLES}:
        raise too_old()
    curves, samples = read_curves(stored[CURVES]), read_samples(stored[SAMPLES])
    clip = next((source for source in sources if source.id == analysis.media.artifact_id), None)
    if clip is not None and clip.external:  # it may have been moved and found again since
        analysis = analysis.model_copy(update={"media": analysis.media.model_copy(update={"path": str(clip.path)})})
    analysis, pictures = _with_own_pictures(job, analysis)
    material = Material(analysis, curves, samples, pictures, clip.path if clip else None)
    review = from_state(job.review(analysis.media.artifact_id)) if request.use_review else Review()
    wanted = Detection(request.sensitivity, request.min_shot_s)
    material = apply(job, material, wanted, review, job.span(_PICTURES_SHARE, _DECIDED_SHARE))
    job.progress(_DECIDED_SHARE, "Writing the report and the edit lists")
    analysis, outputs = material.analysis, Outputs(material.analysis, material.pictures, Tables(curves, samples))
    del material, curves, samples  # the tables are let go of while the files are written
    write_outputs(job, outputs)
    job.progress(1.0, "Done")
    return analysis


def _read(document: Artifact) -> VideoAnalysis:
    try:
        return VideoAnalysis.model_validate_json(document.path.read_bytes())
    except ValidationError:
        raise too_old() from None


def _made_from(job: JobContext, document: Artifact) -> Iterator[Artifact]:
    """What the analysis was made from, as far as it is still there."""
    for artifact_id in document.inputs:
        found = _still_there(job, artifact_id)
        if found is not None:
            yield found


def _still_there(job: JobContext, artifact_id: str) -> Artifact | None:
    try:
        return job.made(artifact_id)
    except StudioError as error:
        if error.code not in _GONE:
            raise
        return None


def _with_own_pictures(job: JobContext, analysis: VideoAnalysis) -> tuple[VideoAnalysis, dict[str, str]]:
    """The analysis with its keyframes kept under this job too, so that it lasts when the first one is deleted."""
    pictures: dict[str, str] = {}
    scenes = []
    for scene in analysis.scenes:
        job.progress(_PICTURES_SHARE * scene.index / len(analysis.scenes), "Taking over the pictures")
        kept = [own for keyframe in scene.keyframes if (own := _own(job, keyframe, analysis, scene.index, pictures)) is not None]
        scenes.append(scene.model_copy(update={"keyframes": kept}))
    return analysis.model_copy(update={"scenes": scenes}), pictures


def _own(job: JobContext, keyframe: Keyframe, analysis: VideoAnalysis, scene: int, pictures: dict[str, str]) -> Keyframe | None:
    source = _still_there(job, keyframe.artifact_id)
    if source is None:
        return None  # deleted since: the shot gets a new picture where it has no other
    meta = {"width": keyframe.width, "height": keyframe.height, "frame": keyframe.frame, "time_s": keyframe.time_s, "scene": scene}
    first = scene == 0 and not pictures
    saved = save_picture(job, keyframe.name, Path(source.path), analysis.media.artifact_id, meta, thumbnail=first)
    pictures[keyframe.name] = saved[1]
    return keyframe.model_copy(update={"artifact_id": saved[0]})
