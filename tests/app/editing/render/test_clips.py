"""One clip's chain: source, time, shape, canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.editing.facts import SourceFacts
from app.editing.graph import Graph
from app.editing.render import clips
from app.editing.render.bench import Workshop
from app.editing.render.clips import Part, inputs_of, part_pad
from tests.app.editing.barcode import read_numbers
from tests.app.editing.render.conftest import Studio, planned, segment, timeline_of
from tests.app.editing.shelf import fill, known

Numbered = Callable[..., SourceFacts]


def text_of(tmp_path: Path, timeline: object, part: Part) -> str:
    graph = Graph()
    part_pad(graph, timeline, part, Workshop(tmp_path, False, {}))  # type: ignore[arg-type]
    return graph.text()


def test_a_plain_cut_scales_nothing(numbered: Numbered, tmp_path: Path) -> None:
    timeline = timeline_of(numbered(), segment(1, 2))
    (clip,) = timeline.clips
    graph = text_of(tmp_path, timeline, Part(clip, 0, clip.frames))
    assert "scale" not in graph
    assert "select" not in graph


def test_long_reversals_are_read_in_stretches(numbered: Numbered, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "MOST_BACKWARDS_BYTES", 20 * 160 * 90 * 3 // 2)
    timeline = timeline_of(numbered(), segment(0, 4, {"op": "reverse"}, {"op": "denoise"}), quality="draft")
    (clip,) = timeline.clips
    assert inputs_of(Part(clip, 0, clip.frames)) == 5
    assert read_numbers(studio.render(timeline).path) == planned(timeline)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SourceFacts]:
    return fill(tmp_path_factory.mktemp("shelf"))


def test_uneven_frames_are_shown_when_they_should(shelf: dict[str, SourceFacts], studio: Studio) -> None:
    """On an even grid each moment shows the last picture whose time has come, as a player does."""
    import av

    source = shelf["uneven"]
    assert source.vfr
    with av.open(str(source.path)) as container:
        times = [float(frame.time or 0) for frame in container.decode(video=0)]
    numbers = read_numbers(source.path)
    timeline = timeline_of(shelf, *[segment(start, start + 0.7, source="uneven") for start in (0.0, 0.5, 1.3, 2.2)], quality="draft")
    wanted = []
    for _, frame in timeline.planned_frames():
        past = [number for number, time_s in zip(numbers, times, strict=True) if round((time_s - times[0]) * float(source.rate)) <= frame]
        wanted.append(past[-1])
    assert read_numbers(studio.render(timeline).path) == wanted


def test_a_still_stands(shelf: dict[str, SourceFacts], studio: Studio) -> None:
    import av

    timeline = timeline_of(shelf, segment(0, 1.5, source="still"), fps=24, height=90, quality="draft")
    made = studio.render(timeline)
    with av.open(str(made.path)) as container:
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(pictures) == 36
    assert abs(pictures[0].astype(int) - pictures[-1]).mean() < 3


def test_wide_pixels_and_turned_clips_come_upright(numbered: Numbered, studio: Studio, tmp_path: Path) -> None:
    from app.video.ffmpeg import run

    turned = run(["-display_rotation", "90", "-i", str(numbered().path), "-c", "copy"], tmp_path / "turned.mp4")
    source = known("a", "video", turned)
    assert (source.width, source.height) == (90, 160)
    made = studio.render(timeline_of(source, segment(0, 1)))
    assert (made.width, made.height) == (90, 160)
    wide = run(["-i", str(numbered().path), "-vf", "setsar=2"], tmp_path / "wide.mp4")
    timeline = timeline_of(known("a", "video", wide), segment(0, 1), fit="stretch")
    made = studio.render(timeline)
    assert (made.width, made.height) == (320, 90)
    assert read_numbers(made.path) == planned(timeline)
