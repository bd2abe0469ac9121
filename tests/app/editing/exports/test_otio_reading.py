"""OpenTimelineIO back to plans."""

from __future__ import annotations

from typing import Any

import opentimelineio as otio
import pytest

from app.editing.check import compile_plan
from app.editing.exports import export
from app.editing.exports.otio_reading import from_otio, media_of
from app.editing.exports.otio_timeline import METADATA_KEY, to_otio
from app.editing.timeline import Timeline
from configs.errors import BadInput
from tests.app.editing.exports import films


def stripped(timeline: Timeline) -> str:
    """As another program would have written it: without our metadata."""
    made = to_otio(timeline, {})
    del made.metadata[METADATA_KEY]
    return str(made.to_json_string())


def again(timeline: Timeline) -> Timeline:
    """The timeline of the plan that a stranger's file gives, on the same files."""
    plan = from_otio(stripped(timeline))
    by_path = {f"{facts.folder}/{facts.name}" if facts.folder else facts.name: facts for facts in timeline.sources.values()}
    return compile_plan(plan, {source.id: by_path[source.media] for source in plan.sources})


@pytest.mark.parametrize("name", films.ALL)
def test_our_own_comes_back_without_loss(name: str) -> None:
    timeline = films.ALL[name]()
    assert from_otio(export(timeline, "otio")[0].text) == timeline.plan


def test_by_path_it_names_the_files_instead_of_ids() -> None:
    plan = from_otio(export(films.uneven(), "otio")[0].text, by_path=True)
    assert [source.media for source in plan.sources] == ["/films/a.mp4", "a-phone"], "of an upload only the id is known"


@pytest.mark.parametrize("name", ["plain", "drop_frame", "uneven", "many_tracks", "stills", "joined"])
def test_a_strangers_cuts_show_the_same_frames(name: str) -> None:
    timeline = films.ALL[name]()
    found = again(timeline)

    def shown(one: Timeline) -> list[tuple[str, int]]:
        return [(one.sources[source].name, frame) for source, frame in one.planned_frames()]

    assert shown(found) == shown(timeline)


def test_a_strangers_freeze_and_reverse_show_the_same_frames() -> None:
    timeline = films.film(
        films.video("a"),
        segments=[
            films.cut(0, 2, {"op": "speed", "factor": 2}), films.cut(3, 4, {"op": "reverse"}),
            films.cut(4, 6, {"op": "freeze", "at_s": 1.0, "duration_s": 0.8}),
        ],
    )  # fmt: skip
    assert [frame for _, frame in again(timeline).planned_frames()] == [frame for _, frame in timeline.planned_frames()]


def test_what_was_changed_elsewhere_counts_more_than_our_plan() -> None:
    made = to_otio(films.plain(), {})
    del made.tracks[0][0]
    plan = from_otio(made.to_json_string())
    assert [(segment.start_s, segment.end_s, segment.reason) for segment in plan.segments] == [
        (5.0, 6.0, "The best moment."),
        (2.0, 5.0, ""),
    ]


def test_what_cannot_be_taken_over_is_named() -> None:
    made = to_otio(films.everything(), {})
    del made.metadata[METADATA_KEY]
    made.tracks[0].insert(0, otio.schema.Gap(source_range=otio.opentime.TimeRange(duration=otio.opentime.RationalTime(50, 25))))
    made.tracks[0][1].effects.append(otio.schema.Effect(effect_name="Glow"))
    made.tracks[0].append(
        otio.schema.Clip(name="offline", source_range=otio.opentime.TimeRange(duration=otio.opentime.RationalTime(5, 25)))
    )
    notes = from_otio(made.to_json_string()).notes
    assert notes == (
        "A gap of 2.00 s was closed.", "The effect Glow of a.mp4 was left out.", "offline names no file and was left out.",
        "2 more video tracks were left out.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no OpenTimelineIO file"),
        ('{"a": 1}', "not a timeline"),
        (otio.schema.Clip("c").to_json_string(), "Clip, not a timeline"),
        (otio.schema.Timeline("t").to_json_string(), "no video track"),
    ],
)
def test_what_is_no_timeline_is_one_sentence(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        from_otio(text)


def test_a_timeline_of_offline_clips_is_one_sentence() -> None:
    made: Any = otio.schema.Timeline("t")
    track = otio.schema.Track("V1", kind="Video")
    track.append(otio.schema.Clip("c", source_range=otio.opentime.TimeRange(duration=otio.opentime.RationalTime(5, 25))))
    made.tracks.append(track)
    with pytest.raises(BadInput, match="No clip of the timeline names its file"):
        from_otio(made.to_json_string())


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///films/a%20b.mp4", "/films/a b.mp4"), ("file:///C:/Films/a.mp4", "C:/Films/a.mp4"), ("a%20b.mp4", "a b.mp4"),
        ("file://localhost/films/a.mp4", "/films/a.mp4"), ("/films/a.mp4", "/films/a.mp4"),
    ],
)  # fmt: skip
def test_media_of(url: str, path: str) -> None:
    assert media_of(url) == path
