"""Clips that describe their colours otherwise look the same on one film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.editing.facts import SourceFacts
from app.editing.graph import Graph, Pad
from app.editing.render.colours import DRAWN, film_colours, recoloured, tagged
from app.video.ffmpeg import run
from tests.app.editing.render.conftest import Studio, segment, timeline_of
from tests.app.editing.shelf import known


def plain(folder: Path, name: str, matrix: str, spread: str) -> SourceFacts:
    """Half a second of one orange, described and stored in a matrix and a range."""
    picture = f"scale=out_color_matrix={matrix}:out_range={spread},format=yuv420p"
    tags = f"setparams=colorspace={matrix}:color_primaries={matrix}:color_trc={matrix}:range={spread}"
    source = ["-f", "lavfi", "-i", "color=0xE08020:s=64x48:r=24:d=0.5,format=rgb24"]
    path = run([*source, "-vf", f"{picture},{tags}", "-c:v", "libx264", "-crf", "1", "-preset", "ultrafast"], folder / f"{name}.mp4")
    return known(name, "video", path)


@pytest.mark.parametrize(("matrix", "spread"), [("smpte170m", "tv"), ("bt709", "pc"), ("smpte170m", "pc")])
def test_one_colour_stays_one_colour(studio: Studio, tmp_path: Path, matrix: str, spread: str) -> None:
    import av

    sources = {"a": plain(tmp_path, "a", "bt709", "tv"), "b": plain(tmp_path, "b", matrix, spread)}
    timeline = timeline_of(sources, segment(0, 0.5), segment(0, 0.5, source="b"), quality="best")
    with av.open(str(studio.render(timeline).path)) as container:
        frames = list(container.decode(video=0))
    colours = [frame.to_ndarray()[:, 10] for frame in (frames[3], frames[20])]
    assert np.abs(colours[0].astype(int) - colours[1]).max() <= 3
    assert {(int(frame.colorspace), int(frame.color_range)) for frame in frames} == {(1, 1)}


def test_the_first_video_decides(numbered: Callable[..., SourceFacts], tmp_path: Path) -> None:
    source = plain(tmp_path, "a", "smpte170m", "tv")
    timeline = timeline_of({"a": source, "b": numbered("b.mp4", size=(64, 48))}, segment(0, 0.5), segment(0, 1, source="b"))
    assert film_colours(timeline)[2] == "smpte170m"
    graph = Graph()
    assert recoloured(graph, Pad("0:v"), source, timeline) == Pad("0:v")
    tagged(graph, Pad("0:v"), timeline)
    assert "colorspace=smpte170m" in graph.text()


def test_stills_alone_are_for_high_definition(tmp_path: Path) -> None:
    still = run(["-f", "lavfi", "-i", "color=red:s=64x48,format=rgb24", "-frames:v", "1"], tmp_path / "still.png")
    timeline = timeline_of(known("a", "image", still), segment(0, 1))
    assert film_colours(timeline) == DRAWN
    graph = Graph()
    recoloured(graph, Pad("0:v"), timeline.clips[0].source, timeline)
    assert "out_color_matrix=bt709" in graph.text()
