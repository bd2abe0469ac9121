"""What films are written with; files that other programs open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.editing.facts import SourceFacts
from app.editing.render.encode import beside, encoder_of, frame_time
from tests.app.editing.render.conftest import Studio, segment, timeline_of
from tests.app.editing.shelf import known

Numbered = Callable[..., SourceFacts]


def test_quality_is_a_row_of_a_table(numbered: Numbered) -> None:
    found = {
        quality: encoder_of(timeline_of(numbered(), segment(0, 1), quality=quality)).arguments for quality in ("draft", "good", "best")
    }
    assert len(set(found.values())) == 3
    assert "veryfast" in found["good"]
    assert "ultrafast" in encoder_of(timeline_of(numbered(), segment(0, 1)), preview=True).arguments


def test_between_copied_stretches_parameter_sets_have_their_own_number(numbered: Numbered) -> None:
    encoder = beside(encoder_of(timeline_of(numbered(), segment(0, 1))), "main", 7)
    assert "stitchable=1:sps-id=7" in encoder.arguments
    assert encoder.arguments[-2:] == ("-profile:v", "main")


def test_a_moment_lies_between_two_frames(numbered: Numbered) -> None:
    rate = numbered().rate
    assert [frame_time(frame, rate) for frame in (0, 1, 24)] == ["0.000000", "0.020833", "0.979167"]


@pytest.mark.parametrize(
    ("output", "codec", "pixels"),
    [
        ({"format": "mp4"}, "h264", "yuv420p"), ({"format": "mov"}, "h264", "yuv420p"), ({"format": "webm"}, "vp9", "yuv420p"),
        ({"format": "mov", "alpha": True}, "prores", "yuva444p"), ({"format": "gif", "fps": 10}, "gif", "bgra"),
    ],
    ids=str,
)  # fmt: skip
def test_formats(numbered: Numbered, studio: Studio, output: dict[str, Any], codec: str, pixels: str) -> None:
    import av

    made = studio.render(timeline_of(numbered("s.mp4", clicks=[3]), segment(0, 1, {"op": "grade"}), **{"quality": "draft", **output}))
    with av.open(str(made.path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.codec.canonical_name == codec
        assert bool(container.streams.audio) == (codec != "gif")
        frames = list(container.decode(video=0))
    assert len(frames) == made.frames
    assert frames[0].format.name.startswith(pixels)


@pytest.mark.parametrize("form", ["mov", "webm"])
def test_transparency_is_kept(numbered: Numbered, studio: Studio, form: str) -> None:
    import av

    key = {"op": "crop", "x": 0, "y": 0, "w": 0.5, "h": 1}
    timeline = timeline_of(numbered(), segment(0, 0.5, key), format=form, alpha=True, aspect="16:9")
    made = studio.render(timeline)
    again = known("b", "video", made.path)
    assert again.has_alpha
    over = timeline_of({"a": again}, segment(0, 0.5), background="#00ff00", format="mp4")
    with av.open(str(studio.render(over).path)) as container:
        corner = next(container.decode(video=0)).to_ndarray(format="rgb24")[45, 3]
    assert corner[1] > corner[0] + 60, "the background shows through"


def test_colour_tags_are_those_of_the_first_clip(numbered: Numbered, studio: Studio) -> None:
    import av

    tags = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    source = numbered("tagged.mp4", before=("-vf", f"format=yuv420p,{tags}"))
    assert source.colour == ("bt709", "bt709", "bt709", "limited")
    timeline = timeline_of(source, segment(0, 1, {"op": "grade"}))
    with av.open(str(studio.render(timeline).path)) as container:
        frame = next(container.decode(video=0))
    assert (int(frame.colorspace), int(frame.color_primaries), int(frame.color_trc), int(frame.color_range)) == (1, 1, 1, 1)
