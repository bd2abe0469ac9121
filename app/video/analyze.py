"""The capability `video.analyze`: one clip in; scenes, keyframes, quality, report and edit lists out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import ValidationError

from app.capability import capability
from app.video.analysers.base import Findings
from app.video.analysers.sound import why_absent
from app.video.curves import Shot
from app.video.decisions import cuts_on_beat, decide_all, with_banding
from app.video.document import AnalysedMedia, AnalysisSettings, VideoAnalysis
from app.video.memory import give_back
from app.video.models import AnalyzeVideo, MediaInfo, Scene
from app.video.outputs import Outputs, Tables, write_outputs
from app.video.reshots import Detection
from app.video.review_document import from_state
from app.video.reviewed import Material, apply
from app.video.sound_task import SoundTask
from app.video.stored import Samples
from configs.settings import load_settings
from jobs.context import JobContext
from storage.records import Artifact

if TYPE_CHECKING:
    from app.video.analysers.sound import Sound
    from app.video.scene_pass import PassResult

GENERATOR = "Animation AI Studio"
_PASS_SHARE = 0.93


@capability("video.analyze", lane="cpu", title="Analyze video", version=4, reusable=True, reviewed=True)
def analyze_video(request: AnalyzeVideo, job: JobContext) -> VideoAnalysis:
    """Finds the scenes of a video, picks keyframes from each and measures picture quality.

    The result is kept as analysis.json, with report.html to read, scenes.csv, and edit lists (EDL, OpenTimelineIO)
    that open in editing programs. Scenes are shown as they are found. Runs on the processor; no model is needed.
    """
    from app.video.scene_pass import ScenePass

    source = job.artifact(request.video)
    job.progress(0.0, "Opening the clip")
    info = media_info(source)
    with SoundTask(source.path, info) as listening:
        processes = load_settings().analysis_processes
        found = ScenePass(job, request, source.path, info, job.span(0.0, _PASS_SHARE), processes).run()
        job.progress(_PASS_SHARE, "Listening to the end")
        sound = listening.result()
    material = _material(request, source, info, found, sound)
    del found, sound
    review = from_state(job.review(source.id))
    if not review.is_empty:
        material = apply(job, material, Detection(), review, job.span(_PASS_SHARE, _PASS_SHARE + 0.03))
    job.progress(_PASS_SHARE + 0.03, "Writing the report and the edit lists")
    analysis = material.analysis
    outputs = Outputs(analysis, material.pictures, Tables(material.curves, material.samples))
    del material  # the tables are let go of while the files are written
    write_outputs(job, outputs)
    job.progress(1.0, "Done")
    return analysis


def _material(request: AnalyzeVideo, source: Artifact, info: MediaInfo, found: PassResult, sound: Sound | None) -> Material:
    curves, samples = found.table.hand_over(), Samples.of(found.table)
    give_back()  # what the pass itself needed
    analysis = assemble(request, source, info, found, Findings(curves, samples.rows, shots_of(found.scenes), info), sound)
    return Material(analysis, curves, samples, found.files, source.path)


def media_info(source: Artifact) -> MediaInfo:
    """What was found when the file came in; looked up anew when that is missing or of an older form."""
    try:
        return MediaInfo.model_validate(source.meta.get("probe"))
    except ValidationError:
        from app.video.probe import probe_video

        return probe_video(source.path)


def assemble(
    request: AnalyzeVideo, source: Artifact, info: MediaInfo, found: PassResult, findings: Findings, sound: Sound | None
) -> VideoAnalysis:
    """Everything that is known, as one document."""
    from app.video.quality import overall

    answers = decide_all(findings, found.interlacing)
    scenes = with_banding(found.scenes, answers["picture"])
    return VideoAnalysis(
        generator=GENERATOR,
        engine=engine_name(request),
        media=AnalysedMedia(
            artifact_id=source.id,
            name=source.name,
            path=str(source.path) if source.external else None,
            content_hash=source.content_hash,
            info=info,
        ),
        settings=AnalysisSettings(
            detector=request.detector,
            scene_threshold=request.threshold,
            min_scene_frames=request.shortest_scene,
            frames_per_scene=request.frames_per_scene,
        ),
        frame_count=found.frame_count,
        duration_s=found.duration_s,
        scenes=scenes,
        quality=overall([scene.quality for scene in scenes]),
        warnings=warnings_about(info, found.frame_count, found.damaged),
        sound=sound,
        cuts_on_beat=cuts_on_beat(found.scenes, sound, info),
        sound_absent=why_absent(info) if sound is None else None,
        **answers,
    )


def shots_of(scenes: Sequence[Scene]) -> list[Shot]:
    """The frames of each scene."""
    return [Shot(scene.start_frame, scene.end_frame) for scene in scenes]


def engine_name(request: AnalyzeVideo) -> str:
    """Who found the scenes."""
    if request.detector == "studio":
        return "built in, CPU"
    import scenedetect

    return f"built in, CPU (PySceneDetect {scenedetect.__version__})"


def warnings_about(info: MediaInfo, decoded: int, damaged: int) -> list[str]:
    """What a person should know before trusting the figures; one sentence each."""
    video, found = info.video, []
    if damaged:
        found.append(f"{damaged} part{'s' if damaged != 1 else ''} of the file could not be decoded; scenes near them may be wrong.")
    if not video.frame_count_estimated and decoded < video.frame_count - 1:
        found.append(f"The file announces {video.frame_count} frames, but only {decoded} could be decoded.")
    if video.vfr:
        found.append("Frames are unevenly spaced in time. Edit lists place cuts on the even grid of the nominal frame rate.")
    return found
