"""Timelines for the writers: retimed, 29.97 drop-frame, uneven rates, several audio tracks, stills, transitions."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.reading import read_plan
from app.editing.timeline import Timeline

NTSC = Fraction(30000, 1001)


def video(source_id: str, **changes: Any) -> SourceFacts:
    """A clip of ten seconds at 25 fps, 320x180, one stereo track, in /films."""
    facts: dict[str, Any] = {
        "id": source_id, "artifact_id": f"a-{source_id}", "kind": "video", "path": Path(f"/data/blobs/ab/{source_id}"),
        "name": f"{source_id}.mp4", "content_hash": source_id * 4, "duration_s": 10.0, "rate": Fraction(25), "frame_count": 250,
        "width": 320, "height": 180, "audio_tracks": 1, "audio_channels": 2, "folder": "/films",
    }  # fmt: skip
    return SourceFacts(**{**facts, **changes})


def still(source_id: str, **changes: Any) -> SourceFacts:
    """A picture."""
    return video(
        source_id, **{"kind": "image", "name": f"{source_id}.png", "duration_s": 0.0, "frame_count": 1, "audio_tracks": 0, **changes}
    )


def sound(source_id: str, **changes: Any) -> SourceFacts:
    """Four seconds of music."""
    silent = {"kind": "audio", "name": f"{source_id}.wav", "duration_s": 4.0, "frame_count": 0, "width": 0, "height": 0}
    return video(source_id, **{**silent, **changes})


def film(*sources: SourceFacts, segments: list[dict[str, Any]], **plan: Any) -> Timeline:
    """A compiled plan; segments get ids s1, s2 ... and the first source where they name none."""
    rows = [{"id": f"s{number}", "source": sources[0].id, **segment} for number, segment in enumerate(segments, 1)]
    whole = {"sources": [{"id": source.id, "media": source.artifact_id} for source in sources], "segments": rows, **plan}
    return compile_plan(read_plan(whole), {source.id: source for source in sources})


def cut(start_s: float, end_s: float, *operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A segment."""
    return {"start_s": start_s, "end_s": end_s, "operations": list(operations), **more}


def ntsc(source_id: str = "ntsc", **changes: Any) -> SourceFacts:
    """29.97 drop-frame from just before a minute, so that numbers are dropped within it."""
    facts = {
        "rate": NTSC, "frame_count": 300, "duration_s": float(300 / NTSC), "start_timecode": "01:00:57;00", "drop_frame": True,
        "reel": "A001_C002", "name": "ntsc.mov",
    }  # fmt: skip
    return video(source_id, **{**facts, **changes})


DISSOLVE = {"op": "transition", "kind": "dissolve", "duration_s": 0.4}


def plain() -> Timeline:
    """Three cuts of one clip."""
    return film(video("a"), segments=[cut(0, 2), cut(5, 6, reason="The best moment."), cut(2, 5)])


def retimed() -> Timeline:
    """Fast, slow, backwards, held, and a ramp."""
    return film(
        video("a"),
        segments=[
            cut(0, 2, {"op": "speed", "factor": 2}),
            cut(2, 3, {"op": "speed", "factor": 0.5}),
            cut(3, 4, {"op": "reverse"}),
            cut(4, 6, {"op": "freeze", "at_s": 1.0, "duration_s": 0.8}),
            cut(6, 9, {"op": "ramp", "from_factor": 1, "to_factor": 3}),
        ],
    )


def drop_frame() -> Timeline:
    """29.97 over the minute at which drop-frame leaves numbers out."""
    return film(ntsc(), segments=[cut(0, 2), cut(2.5, 6), cut(7, 8, {"op": "speed", "factor": 1.5})])


def uneven() -> Timeline:
    """A clip of an uneven frame rate after one of an even one."""
    phone = video("phone", vfr=True, rate=Fraction(30), frame_count=300, folder=None, name="phone.mp4")
    return film(video("a"), phone, segments=[cut(0, 1), cut(1, 3, source="phone"), cut(1, 2)])


def many_tracks() -> Timeline:
    """The second of three audio tracks, softer; then muted."""
    take = video("take", audio_tracks=3, start_timecode="10:00:00:00", reel="ROLL7")
    return film(take, segments=[cut(1, 3, {"op": "volume", "track": 1, "gain_db": -6}), cut(4, 5, {"op": "volume", "mute": True})])


def stills() -> Timeline:
    """A picture between two clips."""
    return film(video("a"), still("card"), segments=[cut(0, 1), cut(0, 2, source="card"), cut(1, 2)])


def joined() -> Timeline:
    """Dissolves and a wipe between clips, one of them retimed."""
    wipe = {"op": "transition", "kind": "wipe_left", "duration_s": 0.4}
    return film(
        video("a"), video("b"),
        segments=[cut(0, 2), cut(3, 5, DISSOLVE, source="b"), cut(5, 9, wipe, {"op": "speed", "factor": 2}), cut(0, 1)],
    )  # fmt: skip


def everything() -> Timeline:
    """Layers, words, music and moves."""
    words = {"op": "text", "text": 'Hello <you> & "me"\nagain', "at_s": 0.5, "duration_s": 1}
    small = {"op": "picture_in_picture", "source": "b", "at_s": 0.5, "duration_s": 1, "start_s": 2}
    grade = {"op": "grade", "exposure_ev": 0.5, "saturation": 0.8}
    ending = [{"op": "fade", "out_s": 0.5}, {"op": "volume", "gain_db": -3}, {"op": "sound_effect", "name": "boom"}]
    return film(
        video("a", width=640, height=360),
        video("b"),
        still("logo"),
        sound("song"),
        segments=[
            cut(0, 3, {"op": "zoom", "at_s": 1, "scale": 1.5, "x": 0.7, "y": 0.4}, words, reason="It opens = the film; #1"),
            cut(4, 7, DISSOLVE, small, grade),
            cut(0, 2, *ending),
        ],
        film=[
            {"op": "music", "source": "song", "gain_db": -12},
            {"op": "watermark", "source": "logo"},
            {"op": "fade", "in_s": 0.4, "out_s": 0.4},
            {"op": "loudness"},
        ],
        title="My film: part/1",
    )


ALL = {made.__name__: made for made in (plain, retimed, drop_frame, uneven, many_tracks, stills, joined, everything)}
