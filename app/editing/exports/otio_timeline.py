"""The film as an OpenTimelineIO timeline, with the whole plan in its metadata, and back again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from app.editing.exports.base import GENERATOR, File, path_of, url_of
from app.editing.exports.extras import Bed, Files, Overlay, Words, beds, in_lanes, overlays, words
from app.editing.exports.layout import FilmClock, Piece, Row, SourceClock, rows, source_frames, title_of
from app.editing.facts import SourceFacts
from app.editing.timeline import Timeline

METADATA_KEY = "animation_ai_studio"
TRANSITIONS = {"dissolve": "SMPTE_Dissolve"}


def write_otio(timeline: Timeline, files: Files) -> list[File]:
    """OTIO JSON."""
    return [File(".otio", str(to_otio(timeline, files).to_json_string(indent=2)))]


def to_otio(timeline: Timeline, files: Files) -> Any:
    """An `opentimelineio.schema.Timeline`.

    One clip per piece at one speed; its source range begins at the source frame it shows first (counted from the source's start
    timecode, at its rate) and lasts as long as on the film (at the film's rate), as OTIO has it for clips with a time warp. A transition
    begins where the next clip does: its out offset is its length. Video lies on the first track, layers above, the sound of the
    clips on the first audio track, music below. A clip that goes backwards begins at its lowest frame.
    """
    import opentimelineio as otio

    clock = FilmClock.of(timeline)
    made = otio.schema.Timeline(name=title_of(timeline), global_start_time=_time(clock.first, timeline.rate))
    made.metadata[METADATA_KEY] = {
        "generator": GENERATOR, "plan": timeline.plan.model_dump(mode="json"), "rate": str(timeline.rate), "frames": timeline.frames,
        "paths": {name: path_of(source) for name, source in timeline.sources.items() if source.folder},
        "width": timeline.width, "height": timeline.height,
    }  # fmt: skip
    found = rows(timeline)
    made.tracks.append(_picture_track(found, timeline))
    for number, lane in enumerate(in_lanes(overlays(timeline)), 2):
        made.tracks.append(_lane(f"V{number}", otio.schema.TrackKind.Video, lane, timeline))
    if any(row.heard for row in found):
        made.tracks.append(_sound_track(found, timeline))
    for number, bed_lane in enumerate(in_lanes(beds(timeline)), 2):
        made.tracks.append(_lane(f"A{number}", otio.schema.TrackKind.Audio, bed_lane, timeline))
    for word in words(timeline, files):
        made.tracks.markers.append(_word(word, timeline.rate))
    made.metadata[METADATA_KEY]["cuts"] = signature(made)
    return made


def signature(timeline: Any) -> list[str]:
    """The cuts of the first video track in short: a timeline that was changed elsewhere has another."""
    import opentimelineio as otio

    found: list[str] = []
    tracks = [track for track in timeline.tracks if track.kind == otio.schema.TrackKind.Video]
    for item in tracks[0] if tracks else ():
        if isinstance(item, otio.schema.Transition):
            found.append(f"transition {item.in_offset.to_seconds():.4f} {item.out_offset.to_seconds():.4f}")
        else:
            span, url = item.trimmed_range(), getattr(getattr(item, "media_reference", None), "target_url", "")
            speeds = " ".join(f"{getattr(effect, 'time_scalar', 1.0):.4f}" for effect in item.effects)
            found.append(f"{url} {span.start_time.to_seconds():.4f} {span.duration.to_seconds():.4f} {speeds}".strip())
    return found


def _time(value: Fraction | int, rate: Fraction) -> Any:
    import opentimelineio as otio

    return otio.opentime.RationalTime(float(value), float(rate))


def _range(start: Any, frames: int, rate: Fraction) -> Any:
    import opentimelineio as otio

    return otio.opentime.TimeRange(start, _time(frames, rate))


def _reference(source: SourceFacts, film_rate: Fraction) -> Any:
    import opentimelineio as otio

    clock = SourceClock.of(source, film_rate)
    frames = source_frames(source, film_rate)
    made = otio.schema.ExternalReference(
        target_url=url_of(source), available_range=_range(_time(clock.first, clock.rate), frames, clock.rate)
    )
    made.name = source.name
    made.metadata[METADATA_KEY] = {
        "source": source.id, "start_timecode": source.start_timecode or "", "drop_frame": source.drop_frame, "reel": source.reel or "",
        "uneven_frame_rate": source.vfr, "audio_tracks": source.audio_tracks, "kind": source.kind,
    }  # fmt: skip
    return made


def _picture_track(found: Sequence[Row], timeline: Timeline) -> Any:
    import opentimelineio as otio

    track = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    for row in found:
        if row.clip.overlap:
            track.append(_transition(row))
        pieces = row.without_overlap()
        for number, piece in enumerate(pieces):
            made = _clip(row, piece, timeline)
            if number == 0:
                made.markers.extend(_reason(row, piece, timeline))
            track.append(made)
    return track


def _sound_track(found: Sequence[Row], timeline: Timeline) -> Any:
    """The clips' own sound: silent where a picture is held or a row is muted; crossfades as on the picture."""
    import opentimelineio as otio

    track = otio.schema.Track(name="A1", kind=otio.schema.TrackKind.Audio)
    for row in found:
        if row.clip.overlap and row.heard and len(track) and isinstance(track[-1], otio.schema.Clip) and not row.pieces[0].held:
            track.append(_transition(row))
        for piece in row.without_overlap():
            if not row.heard or piece.held:
                track.append(otio.schema.Gap(source_range=_range(_time(0, timeline.rate), piece.frames, timeline.rate)))
                continue
            made = _clip(row, piece, timeline)
            made.metadata[METADATA_KEY]["audio_track"] = row.volume().track
            made.metadata[METADATA_KEY]["gain_db"] = row.volume().gain_db
            track.append(made)
    return track


def _clip(row: Row, piece: Piece, timeline: Timeline) -> Any:
    import opentimelineio as otio

    clip = row.clip
    shown = 0 if row.still else piece.first
    made = otio.schema.Clip(
        name=clip.source.name,
        media_reference=_reference(clip.source, timeline.rate),
        source_range=_range(_time(row.clock.first + shown, row.clock.rate), piece.frames, timeline.rate),
    )
    speed = row.speed(piece)
    if row.still or piece.held:
        made.effects.append(otio.schema.FreezeFrame(name="Freeze frame"))
    elif speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp(name="Speed", time_scalar=float(speed)))
    made.metadata[METADATA_KEY] = {
        "segment": clip.segment.id, "row": row.number, "first_frame": piece.first, "end_frame": piece.end, "begins": piece.begins,
        "frames": piece.frames, "start": str(piece.start), "step": str(piece.step), "ramp": not piece.even,
        "operations": [operation.model_dump(mode="json") for operation in clip.segment.operations],
    }  # fmt: skip
    return made


def _transition(row: Row) -> Any:
    import opentimelineio as otio

    kind = row.clip.transition.kind if row.clip.transition else "dissolve"
    return otio.schema.Transition(
        name=kind,
        transition_type=TRANSITIONS.get(kind, "Custom_Transition"),
        in_offset=_time(0, row.film_rate),
        out_offset=_time(min(row.clip.overlap, row.pieces[0].frames), row.film_rate),
        metadata={METADATA_KEY: {"kind": kind}},
    )


def _reason(row: Row, piece: Piece, timeline: Timeline) -> Iterable[Any]:
    """Why the row is in the film, as a marker on its first frame."""
    import opentimelineio as otio

    if row.clip.segment.reason:
        start = _time(row.clock.first + (0 if row.still else piece.first), row.clock.rate)
        yield otio.schema.Marker(
            name=row.clip.segment.reason[:60], marked_range=_range(start, 1, timeline.rate), color="GREEN", comment=row.clip.segment.reason
        )


def _lane(name: str, kind: str, items: Sequence[Overlay | Bed], timeline: Timeline) -> Any:
    import opentimelineio as otio

    track, at = otio.schema.Track(name=name, kind=kind), 0
    for item in items:
        if item.begins > at:
            track.append(otio.schema.Gap(source_range=_range(_time(0, timeline.rate), item.begins - at, timeline.rate)))
        clock = SourceClock.of(item.source, timeline.rate)
        made = otio.schema.Clip(
            name=item.source.name,
            media_reference=_reference(item.source, timeline.rate),
            source_range=_range(_time(clock.first + round(item.start_s * clock.rate), clock.rate), item.frames, timeline.rate),
        )
        if item.source.kind == "image":
            made.effects.append(otio.schema.FreezeFrame(name="Freeze frame"))
        about = {key: value for key, value in item.__dict__.items() if key not in ("source", "start_s") and value is not None}
        made.metadata[METADATA_KEY] = about
        track.append(made)
        at = item.begins + item.frames
    return track


def _word(word: Words, rate: Fraction) -> Any:
    import opentimelineio as otio

    text = " ".join(word.caption.text.split())
    made = otio.schema.Marker(
        name=text[:60], marked_range=_range(_time(word.begins, rate), word.frames, rate), color="YELLOW", comment=word.caption.text
    )
    made.metadata[METADATA_KEY] = {"caption": word.caption.text, "style": word.caption.style}
    return made
