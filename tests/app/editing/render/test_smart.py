"""Smart cut: exact to the frame, pixel for pixel where it is copied, and not tried where it would not be right."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.editing.facts import SourceFacts
from app.editing.render.film import Span
from app.editing.render.smart import Copied, free_id, is_idr, merged_headers, packets_from, parameter_sets, smart_cut
from app.video.ffmpeg import executable, run
from tests.app.editing.barcode import facts, read_numbers
from tests.app.editing.render.conftest import Studio, planned, segment, timeline_of

Numbered = Callable[..., SourceFacts]
VERYFAST = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "24", "-sc_threshold", "0", "-pix_fmt", "yuv420p")


def test_cuts_at_keyframes_are_copied_whole(numbered: Numbered, studio: Studio) -> None:
    source = numbered(frames=96)
    timeline = timeline_of(source, segment(1, 2), segment(3, 4), segment(0, 1))
    made = studio.render(timeline)
    assert (made.copied, made.pieces) == (72, 0)
    assert "x264" not in made.engine
    assert read_numbers(made.path) == planned(timeline)


@pytest.mark.parametrize(
    "encode", [VERYFAST, (*VERYFAST, "-profile:v", "baseline"), (*VERYFAST, "-x264-params", "bframes=5:b-pyramid=normal")]
)
@pytest.mark.parametrize("cuts", [((0.5, 3.2), (1, 3.9)), ((0.05, 4), (2.96, 3.1), (0, 2.01))])
def test_cuts_anywhere_encode_only_what_they_must(
    numbered: Numbered, studio: Studio, encode: tuple[str, ...], cuts: tuple[tuple[float, float], ...]
) -> None:
    timeline = timeline_of(numbered("b.mp4", encode=encode), *[segment(*cut) for cut in cuts])
    made = studio.render(timeline)
    assert made.copied > timeline.frames / 3
    assert read_numbers(made.path) == planned(timeline)


def test_other_players_read_it_too(numbered: Numbered, studio: Studio) -> None:
    timeline = timeline_of(numbered("c.mp4", encode=VERYFAST, clicks=[30]), segment(0.5, 3.3), segment(1, 3))
    made = studio.render(timeline)
    command = [executable(), "-v", "warning", "-i", str(made.path), "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    said = subprocess.run(command, capture_output=True, check=True)
    assert said.stderr == b""
    assert len(said.stdout) == timeline.frames * 160 * 90
    middle = run(["-ss", "3.0", "-i", str(made.path), "-frames:v", "1"], studio.folder / "seek.png")
    assert read_numbers(middle) == [planned(timeline)[72]]


def test_what_is_copied_is_the_source_bit_for_bit(numbered: Numbered, studio: Studio) -> None:
    import av

    source = numbered("d.mp4", encode=VERYFAST)
    made = studio.render(timeline_of(source, segment(1, 3)))

    def pictures(path: Path) -> list[Any]:
        with av.open(str(path)) as container:
            return [frame.to_ndarray() for frame in container.decode(video=0)]

    assert np.array_equal(pictures(made.path), pictures(source.path)[24:72])


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        ((segment(0, 2, {"op": "speed", "factor": 2}),), {}),
        ((segment(0, 2, {"op": "grade"}),), {}),
        ((segment(0, 2, {"op": "text", "text": "hi"}),), {}),
        ((segment(0, 2),), {"fps": 25}), ((segment(0, 2),), {"height": 64}), ((segment(0, 2),), {"format": "webm"}),
        ((segment(0, 2),), {"quality": "draft"}),
        ((segment(0, 2),), {"film": ({"op": "fade", "in_s": 1},)}),
        ((segment(0.5, 0.9), segment(1.2, 1.9)), {}),
    ],
    ids=["speed", "grade", "text", "rate", "size", "format", "draft", "film", "between keyframes"],
)  # fmt: skip
def test_anything_else_is_encoded(numbered: Numbered, rows: tuple[dict[str, Any], ...], options: Mapping[str, Any]) -> None:
    assert smart_cut(timeline_of(numbered(), *rows, **options)) is None


def test_sources_that_differ_are_encoded(numbered: Numbered) -> None:
    sources = {"a": numbered(), "b": numbered("b.mp4", encode=VERYFAST)}
    assert smart_cut(timeline_of(sources, segment(0, 2), segment(0, 2, source="b"))) is None


def test_the_same_settings_twice_are_copied(numbered: Numbered, studio: Studio) -> None:
    sources = {"a": numbered(), "b": numbered("again.mp4", frames=60)}
    timeline = timeline_of(sources, segment(0, 2), segment(0, 2, source="b"), segment(2, 4))
    assert read_numbers(studio.render(timeline).path) == planned(timeline)
    assert smart_cut(timeline) is not None


def test_a_turned_clip_is_encoded(numbered: Numbered, tmp_path: Path) -> None:
    turned = run(["-display_rotation", "180", "-i", str(numbered().path), "-c", "copy"], tmp_path / "turned.mp4")
    assert smart_cut(timeline_of(facts(turned), segment(0, 2))) is None


def test_uneven_clips_are_encoded(numbered: Numbered) -> None:
    assert smart_cut(timeline_of(replace(numbered(), vfr=True), segment(0, 2))) is None


def test_the_parts_follow_each_other(numbered: Numbered) -> None:
    timeline = timeline_of(numbered(), segment(0.5, 3.2), segment(1, 3.9))
    found = smart_cut(timeline)
    assert found is not None
    at = 0
    for part in found.parts:
        assert (part.begin if isinstance(part, Span) else part.at) == at
        at += part.frames
    assert at == timeline.frames
    assert found.copied == sum(part.frames for part in found.parts if isinstance(part, Copied))


def test_keyframes_are_told_from_other_pictures(numbered: Numbered) -> None:
    found = {frame for frame, packet in packets_from(numbered(), 0, 96) if is_idr(packet)}
    assert found == {0, 24, 48, 72}


def test_headers_are_put_together(numbered: Numbered) -> None:
    import av

    with av.open(str(numbered().path)) as container:
        header = bytes(container.streams.video[0].codec_context.extradata or b"")
    sequences, pictures, _ = parameter_sets(header)
    assert (len(sequences), len(pictures)) == (1, 1)
    both = merged_headers(header, header)
    assert [len(one) for one in parameter_sets(both)[:2]] == [2, 2]
    assert free_id(header) not in (0,)


def test_an_hour_of_packets_keeps_its_place(numbered: Numbered) -> None:
    source = numbered("ntsc.mp4", frames=900, rate=Fraction(30000, 1001), size=(64, 48))
    assert sorted(frame for frame, _ in packets_from(source, 0, 900)) == list(range(900))
    late = [frame for frame, _ in packets_from(source, 700, 720)]
    assert min(late) <= 700
    assert set(range(700, 720)) <= set(late)
