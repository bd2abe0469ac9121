"""OpenTimelineIO files, read by OpenTimelineIO."""

from __future__ import annotations

from typing import Any

import opentimelineio as otio
import pytest

from app.editing.exports import export
from app.editing.exports.layout import rows
from app.editing.exports.otio_timeline import METADATA_KEY, signature, to_otio
from app.editing.timeline import Timeline
from tests.app.editing.exports import films


def read(timeline: Timeline) -> Any:
    return otio.adapters.read_from_string(export(timeline, "otio")[0].text, "otio_json")


def clips_of(track: Any) -> list[Any]:
    return [item for item in track if isinstance(item, otio.schema.Clip)]


@pytest.mark.parametrize("name", films.ALL)
def test_every_cut_is_where_the_timeline_has_it(name: str) -> None:
    timeline = films.ALL[name]()
    found = read(timeline)
    track = found.tracks[0]
    expected = [(row, piece) for row in rows(timeline) for piece in row.without_overlap()]
    clips = clips_of(track)
    assert len(clips) == len(expected)
    for clip, (row, piece) in zip(clips, expected, strict=True):
        at = clip.trimmed_range_in_parent() if len(track) > 1 else clip.trimmed_range()
        if len(track) > 1:
            assert round(at.start_time.to_seconds() * timeline.rate) == piece.begins
        assert round(at.duration.to_seconds() * timeline.rate) == piece.frames
        source = clip.source_range.start_time
        assert source.value - row.clock.first == (0 if row.still else piece.first)
        assert source.rate == pytest.approx(float(row.clock.rate))
        assert clip.media_reference.target_url == (
            f"file:///films/{row.clip.source.name}" if row.clip.source.folder else row.clip.source.name
        )
        warps = [effect for effect in clip.effects if isinstance(effect, otio.schema.LinearTimeWarp)]
        assert [warp.time_scalar for warp in warps] == (
            [0.0] if row.still or piece.held else [] if row.speed(piece) == 1 else [pytest.approx(float(row.speed(piece)))]
        )
    assert round(found.duration().to_seconds() * timeline.rate) == timeline.frames


def test_the_source_range_of_a_drop_frame_clip_is_its_timecode() -> None:
    found = read(films.drop_frame())
    clip = clips_of(found.tracks[0])[1]
    assert otio.opentime.to_timecode(clip.source_range.start_time, 30000 / 1001, True) == "01:00:59;15"
    assert clip.media_reference.available_range.start_time.value == 109_602
    assert clip.media_reference.metadata[METADATA_KEY]["reel"] == "A001_C002"


def test_transitions_begin_where_their_second_clip_does() -> None:
    track = read(films.joined()).tracks[0]
    joins = [item for item in track if isinstance(item, otio.schema.Transition)]
    assert [(t.transition_type, t.name, t.in_offset.value, t.out_offset.value) for t in joins] == [
        ("SMPTE_Dissolve", "dissolve", 0, 10), ("Custom_Transition", "wipe_left", 0, 10),
    ]  # fmt: skip


def test_sound_layers_and_music_lie_on_tracks_of_their_own() -> None:
    found = read(films.everything())
    kinds = [(track.kind, track.name, [clip.name for clip in clips_of(track)]) for track in found.tracks]
    assert kinds == [
        ("Video", "V1", ["a.mp4", "a.mp4", "a.mp4"]), ("Video", "V2", ["logo.png"]), ("Video", "V3", ["b.mp4"]),
        ("Audio", "A1", ["a.mp4", "a.mp4", "a.mp4"]), ("Audio", "A2", ["song.wav", "song.wav"]),
    ]  # fmt: skip
    small = clips_of(found.tracks[2])[0]
    assert small.trimmed_range_in_parent().start_time.value == 78
    assert small.source_range.start_time.value == 50
    assert clips_of(found.tracks[4])[1].trimmed_range_in_parent().start_time.value == 100, "four seconds of music begin again"


def test_a_muted_row_and_a_held_frame_are_silent() -> None:
    for timeline, silent in ((films.many_tracks(), 25), (films.retimed(), 20)):
        found = read(timeline)
        track = next(track for track in found.tracks if track.kind == "Audio")
        gaps = [item for item in track if isinstance(item, otio.schema.Gap)]
        assert [gap.duration().value for gap in gaps] == [silent]
    found = read(films.many_tracks())
    chosen = clips_of(next(track for track in found.tracks if track.kind == "Audio"))[0]
    assert (chosen.metadata[METADATA_KEY]["audio_track"], chosen.metadata[METADATA_KEY]["gain_db"]) == (1, -6.0)


def test_reasons_and_words_are_markers() -> None:
    found = read(films.everything())
    assert [marker.comment for marker in clips_of(found.tracks[0])[0].markers] == ["It opens = the film; #1"]
    word = found.tracks.markers[0]
    assert (word.comment, word.marked_range.start_time.value, word.marked_range.duration.value) == ('Hello <you> & "me"\nagain', 13, 25)


def test_the_whole_plan_is_in_it() -> None:
    timeline = films.everything()
    found = read(timeline)
    about = found.metadata[METADATA_KEY]
    assert about["plan"]["segments"][0]["operations"][0]["op"] == "zoom"
    assert about["paths"] == {"a": "/films/a.mp4", "b": "/films/b.mp4", "logo": "/films/logo.png", "song": "/films/song.wav"}
    assert "/data/blobs" not in export(timeline, "otio")[0].text


def test_the_signature_tells_a_changed_cut() -> None:
    made = to_otio(films.joined(), {})
    before = signature(made)
    assert list(made.metadata[METADATA_KEY]["cuts"]) == before
    made.tracks[0][0].source_range = otio.opentime.TimeRange(made.tracks[0][0].source_range.start_time, otio.opentime.RationalTime(3, 25))
    assert signature(made) != before
