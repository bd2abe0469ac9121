"""Applies other thresholds and a person's review to an analysis: its shots, and everything that is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.video.analysers.base import Findings
from app.video.clock import FilmClock
from app.video.curves import Curves, Shot
from app.video.decisions import cuts_on_beat, decide_all, with_banding
from app.video.document import VideoAnalysis
from app.video.models import Keyframe, MediaInfo, Scene
from app.video.quality import measure, overall
from app.video.reshots import Detection, Film, changes, detected, scenes_of
from app.video.review import Review, boundaries
from app.video.review_document import applied
from app.video.stored import Samples
from configs.errors import StudioError
from jobs.context import JobContext, OnStep
from storage.records import SUPPORT

LEFT_OUT = "Some new shots have no picture, because the clip could not be read: {}"


@dataclass(frozen=True)
class Material:
    """An analysis with all it was decided from. ``pictures``: keyframe name -> path; ``clip``: None when it is gone."""

    analysis: VideoAnalysis
    curves: Curves
    samples: Samples
    pictures: Mapping[str, str]
    clip: Path | None


def film_of(analysis: VideoAnalysis, curves: Curves) -> Film:
    """The part of an analysis that shots are decided from."""
    before = analysis.review
    return Film(
        clip_id=analysis.media.artifact_id,
        info=analysis.media.info,
        frame_count=analysis.frame_count,
        duration_s=analysis.duration_s,
        scenes=analysis.scenes,
        detected=tuple(before.detected if before else (scene.start_frame for scene in analysis.scenes[1:])),
        curves=curves,
        detector=analysis.settings.detector,
        threshold=analysis.settings.scene_threshold,
        shortest=analysis.settings.min_scene_frames,
    )


def apply(job: JobContext, material: Material, wanted: Detection, review: Review, on_step: OnStep) -> Material:
    """The analysis with its shots decided anew; only pictures of shots that have none are decoded, and saved.

    Raises:
        BadInput: the settings do not suit the analysis' detector. JobCancelled: the job was cancelled.
    """
    analysis, curves, info = material.analysis, material.curves, material.analysis.media.info
    film = film_of(analysis, curves)
    plain = detected(film, wanted, changes(film, wanted))
    scenes = scenes_of(film, boundaries(plain, review, film.frame_count))
    pictures, warnings = dict(material.pictures), [w for w in analysis.warnings if not w.startswith(LEFT_OUT[:30])]
    try:
        _add_pictures(job, material, scenes, pictures, on_step)
    except StudioError as error:
        warnings.append(LEFT_OUT.format(error.message))
    shots = [Shot(scene.start_frame, scene.end_frame) for scene in scenes]
    update: dict[str, Any] = decide_all(Findings(curves, material.samples.rows, shots, info), analysis.technical.interlacing)
    scenes = with_banding(scenes, update["picture"])
    settings = {"min_scene_frames": film.shortest_shot(wanted)}
    if film.detector == "studio":
        settings["scene_threshold"] = film.sensitivity(wanted)  # type: ignore[assignment]
    clock = FilmClock.of(info.video)
    update |= {
        "settings": analysis.settings.model_copy(update=settings),
        "scenes": scenes,
        "quality": overall([scene.quality for scene in scenes]),
        "warnings": warnings,
        "cuts_on_beat": cuts_on_beat(scenes, analysis.sound, info),
        "review": None if review.is_empty else applied(review, plain, curves.times_s.tolist(), film.duration_s, clock),
    }
    return replace(material, analysis=analysis.model_copy(update=update), pictures=pictures)


def _add_pictures(job: JobContext, material: Material, scenes: list[Scene], pictures: dict[str, str], on_step: OnStep) -> None:
    """Decodes and saves pictures of the scenes that have none; ``scenes`` and ``pictures`` are added to."""
    from app.video.analysers.quality import best_frames

    bare = [n for n, scene in enumerate(scenes) if not scene.keyframes]
    if bare and material.clip is None:
        raise StudioError("it is no longer there.")
    wanted = material.analysis.settings.frames_per_scene
    for done, n in enumerate(bare):
        on_step(done / len(bare), f"Taking pictures of {len(bare)} new shot{'s' if len(bare) != 1 else ''}")
        shot = Shot(scenes[n].start_frame, scenes[n].end_frame)
        frames = sorted(best_frames(material.curves, shot, wanted)) or [shot.start]
        keyframes = [_take(job, material, frame, n, pictures) for frame in frames]
        scenes[n] = scenes[n].model_copy(update={"keyframes": keyframes})


def _take(job: JobContext, material: Material, frame: int, scene: int, pictures: dict[str, str]) -> Keyframe:
    from app.video.decode import Decoder, Place
    from app.video.keyframes import render, shrink, write_jpeg

    assert material.clip is not None
    info, stamps = material.analysis.media.info, material.samples.stamps
    at = Place(frame, int(stamps[frame]), int(stamps[0]))
    picture = next(iter(Decoder(material.clip, 1.0 / info.video.fps).pictures(at)))
    sar = info.video.sample_aspect_ratio
    image = render(shrink(picture.raw), Fraction(sar.num, sar.den), info.video.rotation_deg)
    name = f"keyframes/frame-{frame:06d}.jpg"
    path = job.work_dir / "keyframe.jpg"
    write_jpeg(image, path)
    size = {"width": int(image.shape[1]), "height": int(image.shape[0])}
    artifact = save_picture(job, name, path, material.analysis.media.artifact_id, {
        **size, "frame": frame, "time_s": picture.time_s, "scene": scene,
    })  # fmt: skip
    path.unlink()
    pictures[name] = artifact[1]
    return Keyframe(
        frame=frame,
        time_s=picture.time_s,
        timecode=_timecode(info, frame, picture.time_s),
        name=name,
        artifact_id=artifact[0],
        sharpness=round(measure(picture.image).sharpness, 2),
        **size,
    )


def save_picture(
    job: JobContext, name: str, path: Path, clip_id: str, meta: Mapping[str, Any], *, thumbnail: bool = False
) -> tuple[str, str]:
    """Keeps a keyframe; returns its artifact's id and path."""
    saved = job.save(
        name, path, kind="image", role=SUPPORT, media_type="image/jpeg", meta=meta, inputs=[clip_id], thumbnail=thumbnail
    )  # fmt: skip
    return saved.id, str(saved.path)


def _timecode(info: MediaInfo, frame: int, time_s: float) -> str:
    return FilmClock.of(info.video).timecode(frame, time_s)
