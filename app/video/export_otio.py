"""The scenes as an OpenTimelineIO timeline: one clip per scene, referring to the original file."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from app.video.clock import FilmClock
from app.video.document import AnalysedMedia, VideoAnalysis
from app.video.export_markers import otio_colour, place_of, title_of
from app.video.models import Scene
from app.video.review_document import AppliedMarker

METADATA_KEY = "animation_ai_studio"


def to_otio(analysis: VideoAnalysis) -> str:
    """OTIO JSON. Source ranges count from the film's start timecode at its nominal rate; people's markers lie on the timeline."""
    import opentimelineio as otio

    clock = FilmClock.of(analysis.media.info.video)
    rate = float(clock.fps)
    timeline = otio.schema.Timeline(name=analysis.media.name, global_start_time=otio.opentime.RationalTime(clock.first, rate))
    timeline.metadata[METADATA_KEY] = _about(analysis)
    track = otio.schema.Track(name="Scenes", kind=otio.schema.TrackKind.Video)
    timeline.tracks.append(track)
    frames = clock.position(analysis.frame_count, analysis.duration_s)
    for scene in analysis.scenes:
        track.append(_clip(scene, analysis.media, clock, max(1, frames)))
    for marker in analysis.review.markers if analysis.review else ():
        timeline.tracks.markers.append(_marker(marker, clock))
    return str(timeline.to_json_string(indent=2))


def _clip(scene: Scene, media: AnalysedMedia, clock: FilmClock, frames: int) -> Any:
    import opentimelineio as otio

    rate = float(clock.fps)
    first = clock.position(scene.start_frame, scene.start_s)
    last = max(first + 1, clock.position(scene.end_frame, scene.end_s))
    reference = otio.schema.ExternalReference(target_url=target_url(media), available_range=_range(clock.first, frames, rate))
    reference.name = media.name
    clip = otio.schema.Clip(
        name=f"Scene {scene.index + 1:04d}", media_reference=reference, source_range=_range(clock.first + first, last - first, rate)
    )
    clip.metadata[METADATA_KEY] = {
        "scene": scene.index + 1,
        "start_frame": scene.start_frame,
        "end_frame": scene.end_frame,
        "start_s": scene.start_s,
        "end_s": scene.end_s,
        "quality": scene.quality.model_dump(mode="json"),
        "keyframes": [{"frame": k.frame, "name": k.name} for k in scene.keyframes],
    }
    return clip


def _marker(marker: AppliedMarker, clock: FilmClock) -> Any:
    """A marker of the timeline; its range counts from the timeline's first frame."""
    import opentimelineio as otio

    made = otio.schema.Marker(
        name=title_of(marker) or f"Marker at frame {marker.frame}",
        marked_range=_range(*place_of(marker, clock), float(clock.fps)),
        color=otio_colour(marker),
        comment=marker.note,
    )
    made.metadata[METADATA_KEY] = marker.model_dump(mode="json", exclude_none=True)
    return made


def target_url(media: AnalysedMedia) -> str:
    """A file URL of the original where it was given by path, else its bare name for the editor to relink."""
    if media.path is None:
        return media.name
    path = PureWindowsPath(media.path) if media.path[1:2] == ":" else PurePosixPath(media.path)
    return path.as_uri() if path.is_absolute() else media.path


def _range(start: int, duration: int, rate: float) -> Any:
    import opentimelineio as otio

    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(duration, rate))


def _about(analysis: VideoAnalysis) -> dict[str, Any]:
    return {
        "generator": analysis.generator,
        "schema_version": analysis.schema_version,
        "settings": analysis.settings.model_dump(mode="json"),
        "start_timecode": analysis.media.info.video.start_timecode or "",
        "reel": analysis.media.info.video.reel or "",
        "uneven_frame_rate": analysis.media.info.video.vfr,
    }
