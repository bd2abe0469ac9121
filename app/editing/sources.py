"""From a stored file to the facts that a plan is checked against: what was learnt of it when it came in, no file is opened."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from app.editing.facts import SourceFacts, exact, nearest
from app.video.models import AudioStream, MediaInfo
from configs.errors import BadMedia
from storage.records import Artifact

FINEST_GRID = Fraction(120)  # of uneven frame rates; containers that count milliseconds declare 1000 and mean nothing by it
_GRIDS = tuple(Fraction(rate) for rate in (24, 25, 30, 50, 60, 120))
_AGAIN = "Add the file to the studio again."


def facts_of(source_id: str, artifact: Artifact) -> SourceFacts:
    """What is known of an artifact that stands in a plan as ``source_id``.

    Raises:
        BadMedia: it was never probed, or it is neither video, picture nor sound.
    """
    probe = artifact.meta.get("probe")
    if not isinstance(probe, Mapping) or not probe:
        raise BadMedia(f"Nothing is known of {artifact.name!r}: it was not examined when it came in.", _AGAIN)
    reader = _READERS.get(artifact.kind)
    if reader is None:
        raise BadMedia(f"{artifact.name!r} is a {artifact.kind}, which cannot stand in a film.", "Give a video, a picture or a sound.")
    try:
        found = reader(probe)
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        raise BadMedia(f"What is known of {artifact.name!r} is not what this version of the studio writes.", _AGAIN) from error
    return SourceFacts(
        id=source_id,
        artifact_id=artifact.id,
        path=artifact.path,
        name=artifact.name,
        content_hash=artifact.content_hash,
        folder=str(artifact.path.parent) if artifact.external else None,
        **found,
    )


def _video(probe: Mapping[str, Any]) -> dict[str, Any]:
    info = MediaInfo.model_validate(probe)
    video = info.video
    rate = Fraction(video.fps_rational.num, video.fps_rational.den)
    grid = _grid(rate, video.avg_fps) if video.vfr else rate
    return {
        "kind": "video",
        "duration_s": info.duration_s,
        "rate": grid,
        "frame_count": max(1, nearest(exact(info.duration_s) * grid)) if video.vfr else video.frame_count,
        "width": video.width,
        "height": video.height,
        "has_alpha": video.has_alpha,
        "vfr": video.vfr,
        "starts_s": video.start_time_s,
        "keyframe_interval_s": video.keyframe_interval_s,
        "start_timecode": video.start_timecode,
        "drop_frame": video.drop_frame,
        "reel": video.reel,
        "colour": (video.colour.primaries, video.colour.transfer, video.colour.matrix, video.colour.range),
        **_sound(info.audio),
    }


def _image(probe: Mapping[str, Any]) -> dict[str, Any]:
    width, height = int(probe["width"]), int(probe["height"])
    if width < 1 or height < 1:
        raise ValueError("a picture without size")
    return {
        "kind": "image", "duration_s": 0.0, "frame_count": 1, "width": width, "height": height,
        "has_alpha": bool(probe.get("has_alpha", False)),
    }  # fmt: skip


def _audio(probe: Mapping[str, Any]) -> dict[str, Any]:
    tracks = [AudioStream.model_validate(one) for one in probe["audio"]]
    return {"kind": "audio", "duration_s": float(probe["duration_s"]), **_sound(tracks)}


def _sound(tracks: list[AudioStream]) -> dict[str, Any]:
    """A track that no decoder knows has no channels; it still counts, since tracks are numbered."""
    known = [track for track in tracks if track.channels > 0]
    if not known:
        return {"audio_tracks": 0, "audio_channels": 0}
    return {
        "audio_tracks": len(tracks),
        "audio_channels": known[0].channels,
        "sample_rate_hz": known[0].sample_rate_hz or 48_000,
    }


def _grid(nominal: Fraction, average: float) -> Fraction:
    """The even grid that an uneven rate is counted on: its nominal rate where that is sane."""
    if nominal <= FINEST_GRID and nominal >= 1:
        return nominal
    return next((rate for rate in _GRIDS if rate >= min(average, float(FINEST_GRID)) - 0.5), FINEST_GRID)


_READERS = {"video": _video, "image": _image, "audio": _audio}
