"""The scenes as FCPXML 1.10: one asset, one clip per scene, for Final Cut Pro, Resolve and Premiere."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from urllib.parse import quote
from xml.etree import ElementTree as ET

from app.video.clock import FilmClock
from app.video.document import AnalysedMedia, VideoAnalysis
from app.video.export_edl import one_line
from app.video.export_markers import place_of, title_of
from app.video.export_otio import target_url
from app.video.models import AudioStream, Scene
from app.video.review_document import AppliedMarker

VERSION = "1.10"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
_FORMAT, _ASSET = "r1", "r2"


def to_fcpxml(analysis: VideoAnalysis) -> str:
    """The document. Every time is a whole number of frames, written as an exact fraction of a second.

    The timeline and the asset start at the film's start timecode. Films with an uneven frame rate are laid on the even
    grid of their nominal rate, as editing programs do.
    """
    clock = FilmClock.of(analysis.media.info.video)
    frames = max(1, clock.position(analysis.frame_count, analysis.duration_s))
    name = one_line(analysis.media.name)
    root = ET.Element("fcpxml", version=VERSION)
    resources = ET.SubElement(root, "resources")
    _format(resources, analysis.media, clock)
    _asset(resources, analysis.media, clock, frames)
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name=name)
    project = ET.SubElement(event, "project", name=f"{name} scenes")
    sequence = ET.SubElement(
        project, "sequence", format=_FORMAT, duration=seconds(frames, clock), tcStart=seconds(clock.first, clock), tcFormat=_counting(clock)
    )
    spine = ET.SubElement(sequence, "spine")
    starts = [scene.start_frame for scene in analysis.scenes]
    clips = [_clip(spine, scene, name, clock) for scene in analysis.scenes]
    for marker in analysis.review.markers if analysis.review else ():
        _marker(clips[bisect_right(starts, marker.frame) - 1], marker, clock)
    ET.indent(root)
    return _HEAD + ET.tostring(root, encoding="unicode") + "\n"


def seconds(frames: int, clock: FilmClock) -> str:
    """A number of frames as FCPXML writes time: ``1001/30000s``, whole seconds without a fraction."""
    time = Fraction(frames) / clock.fps
    return f"{time.numerator}s" if time.denominator == 1 else f"{frames * clock.fps.denominator}/{clock.fps.numerator}s"


def _format(resources: ET.Element, media: AnalysedMedia, clock: FilmClock) -> None:
    video = media.info.video
    ET.SubElement(resources, "format", id=_FORMAT, frameDuration=seconds(1, clock), width=str(video.width), height=str(video.height))


def _asset(resources: ET.Element, media: AnalysedMedia, clock: FilmClock, frames: int) -> None:
    facts = {
        "id": _ASSET, "name": one_line(media.name), "start": seconds(clock.first, clock), "duration": seconds(frames, clock),
        "hasVideo": "1", "videoSources": "1", "format": _FORMAT,
    }  # fmt: skip
    asset = ET.SubElement(resources, "asset", {**facts, **_sound(media.info.audio)})
    ET.SubElement(asset, "media-rep", kind="original-media", src=_source(media))


def _sound(tracks: list[AudioStream]) -> dict[str, str]:
    if not tracks:
        return {}
    first = tracks[0]
    rate = {"audioRate": str(first.sample_rate_hz)} if first.sample_rate_hz else {}
    return {"hasAudio": "1", "audioSources": str(len(tracks)), "audioChannels": str(max(1, first.channels)), **rate}


def _source(media: AnalysedMedia) -> str:
    """A file URL, or the bare name as a relative one, for the editor to relink."""
    return target_url(media) if media.path is not None else quote(one_line(media.name))


def _clip(spine: ET.Element, scene: Scene, name: str, clock: FilmClock) -> ET.Element:
    first = clock.position(scene.start_frame, scene.start_s)
    last = max(first + 1, clock.position(scene.end_frame, scene.end_s))
    clip = ET.SubElement(
        spine, "asset-clip", ref=_ASSET, name=f"Scene {scene.index + 1:04d}", offset=seconds(clock.first + first, clock),
        start=seconds(clock.first + first, clock), duration=seconds(last - first, clock), format=_FORMAT, tcFormat=_counting(clock),
    )  # fmt: skip
    words = "; ".join(scene.quality.remarks)
    ET.SubElement(clip, "note").text = f"{name}, frames {scene.start_frame} to {scene.end_frame - 1}" + (f": {words}" if words else "")
    return clip


def _marker(clip: ET.Element, marker: AppliedMarker, clock: FilmClock) -> None:
    """A marker in the clip that its first frame belongs to; FCPXML knows no colours, so the colour stands in the note."""
    first, frames = place_of(marker, clock)
    said = ": ".join(filter(None, (marker.author, marker.note)))
    ET.SubElement(
        clip, "marker", start=seconds(clock.first + first, clock), duration=seconds(frames, clock),
        value=title_of(marker) or f"Marker at frame {marker.frame}", note=f"{said} ({marker.colour})".strip(),
    )  # fmt: skip


def _counting(clock: FilmClock) -> str:
    return "DF" if clock.drop_frame else "NDF"
