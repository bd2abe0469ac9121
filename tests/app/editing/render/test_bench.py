"""What operations are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from app.editing.facts import SourceFacts
from app.editing.graph import Graph, Pad
from app.editing.operations.base import Bench, Operation, Stage, Tools
from app.editing.render.bench import Workshop
from app.video.ffmpeg import watch
from tests.app.editing.barcode import read_numbers
from tests.app.editing.render.conftest import segment, timeline_of

Numbered = Callable[..., SourceFacts]


class Noting(Operation):
    """Notes what it is given."""

    op: Literal["noting"] = "noting"
    TITLE: ClassVar[str] = "Noting"
    STAGE: ClassVar[Stage] = Stage.SOURCE
    seen: ClassVar[list[Any]] = []

    def prepare(self, tools: Tools, files: Mapping[str, Path]) -> Mapping[str, Any]:
        self.seen.append(tools.place.path)
        tools.look_through("vidstabdetect", "Looking", result=str(tools.folder / "seen.txt"), fileformat="ascii")
        return {"number": 7}

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        self.seen.append((bench.prepared["number"], bench.begins, bench.size))
        return pad


def test_an_operation_is_prepared_once_and_told_where_it_is(numbered: Numbered, tmp_path: Path) -> None:
    timeline = timeline_of(numbered(), segment(1, 2))
    place = timeline.place(timeline.clips[0], 0)
    shop, graph = Workshop(tmp_path, False, {}), Graph()
    Noting.seen.clear()
    for begins in (0, 12):
        shop.applied(graph, Pad("0:v"), [(Noting(), place)], begins, (64, 48))
    assert Noting.seen == [place.path, (7, 0, (64, 48)), (7, 12, (64, 48))]
    looked = (tmp_path / "seen.txt").read_text()
    assert looked.count("Frame ") == 24, "the segment's own frames, all of them"


def test_another_sources_pictures_at_the_films_rate(numbered: Numbered, tmp_path: Path) -> None:
    sources = {"a": numbered(), "b": numbered("b.mp4", frames=60)}
    timeline = timeline_of(sources, segment(0, 1, {"op": "grade"}), fps=48)
    shop, graph, pads = Workshop(tmp_path, False, {}), Graph(), []

    class Borrowing(Noting):
        def prepare(self, tools: Tools, files: Mapping[str, Path]) -> Mapping[str, Any]:
            return {}

        def picture(self, pad: Pad, bench: Bench) -> Pad:
            pads.append(bench.picture_of("b", 1.0, 2.0))
            return pad

    shop.applied(graph, Pad("0:v"), [(Borrowing(), timeline.place(timeline.clips[0], 0))])
    out = tmp_path / "borrowed.mp4"
    end = ["-filter_complex", graph.text(), "-map", f"[{pads[0].label}]", "-fps_mode", "passthrough", str(out)]
    watch(["-copyts", *graph.input_arguments(), *end])
    found = read_numbers(out)
    assert len(found) == 96
    assert found[:6] == [24, 24, 25, 25, 26, 26]
    assert found[-20:] == [59] * 20, "the last picture is held"
