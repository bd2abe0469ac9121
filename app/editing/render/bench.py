"""What operations work with while the graph is built, and what `prepare` may use before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.editing.facts import SourceFacts
from app.editing.graph import Graph, Pad, Value
from app.editing.operations.base import Operation, Place
from app.editing.render.look import look_at, picture_input

OnStep = Callable[[float, str], None]


@dataclass
class WorkBench:
    """One operation's place in the graph that is being built (`Bench` of `app.editing.operations.base`)."""

    graph: Graph
    place: Place
    prepared: Mapping[str, Any]
    preview: bool
    files: Path
    begins: int
    size: tuple[int, int]

    def picture_of(self, source_id: str, start_s: float, seconds: float) -> Pad:
        """Another source's pictures from a time on, at the film's rate and their own size, starting at 0; the last one is held."""
        source = self.place.sources[source_id]
        frames = max(1, self.place.frame(seconds))
        first = 0 if source.kind == "image" else min(max(0, source.frame_at(start_s)), max(0, source.frame_count - 1))
        pad = opened(self.graph, source, first, quick=self.preview)
        rate = self.place.rate
        if source.kind == "image":
            pad = self.graph.filter("settb", [pad], expr=1 / rate)
            pad = self.graph.filter("setpts", [pad], expr="0")
        else:
            pad = self.graph.filter("setpts", [pad], expr=f"PTS-{first}")
            pad = self.graph.filter("fps", [pad], fps=rate, start_time=0, round="down")
        pad = self.graph.filter("tpad", [pad], stop_mode="clone", stop=frames)
        return self.graph.filter("trim", [pad], end_frame=frames)

    def folder(self) -> Path:
        """Where helper files may be written; their names are ours."""
        return self.files


@dataclass
class WorkTools:
    """What an operation's `prepare` gets (`Tools` of `app.editing.operations.base`)."""

    folder: Path
    place: Place
    preview: bool
    on_step: OnStep | None = None

    def run(self, arguments: list[str], output: Path, seconds: float, message: str) -> Path:
        """Runs ffmpeg; cancelling passes through."""
        from app.video.ffmpeg import run

        return run(arguments, output, duration_s=seconds, on_step=self.on_step, message=message)

    def look_through(self, name: str, message: str, **options: Value) -> None:
        """Sends the source's frames of the place through one filter and throws them away."""
        if self.place.source is None:
            return
        graph = Graph()
        pad = graph.filter(name, [self._own_frames(graph)], **options)
        self._write(graph, pad, ["-f", "md5"], self.folder / "looked-through.md5", message).unlink(missing_ok=True)

    def copy_frames(self, output: Path, message: str) -> Path:
        """Writes the source's frames of the place down without loss, as RGB."""
        graph = Graph()
        pad = graph.filter("format", [self._own_frames(graph)], pix_fmts="gbrp")
        return self._write(graph, pad, ["-c:v", "ffv1", "-level", "3", "-g", "1", "-f", "matroska"], output, message)

    def _own_frames(self, graph: Graph) -> Pad:
        place = self.place
        assert place.source is not None
        pad = opened(graph, place.source, place.source_start)
        pad = graph.filter("setpts", [pad], expr=f"PTS-{place.source_start}")
        return graph.filter("trim", [pad], start_frame=0, end_frame=place.source_end - place.source_start)

    def _write(self, graph: Graph, pad: Pad, form: list[str], output: Path, message: str) -> Path:
        place = self.place
        assert place.source is not None
        seconds = float((place.source_end - place.source_start) / place.source.rate)
        arguments = ["-copyts", *graph.input_arguments(), "-filter_complex", graph.text(), "-map", f"[{pad.label}]"]
        arguments += ["-fps_mode", "passthrough", *form]
        return self.run(arguments, output, seconds, message)


@dataclass
class Workshop:
    """Makes benches, and prepares each operation once."""

    folder: Path
    preview: bool
    artifacts: Mapping[str, Path]
    on_step: OnStep | None = None
    _prepared: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def prepared(self, operation: Operation, place: Place) -> Mapping[str, Any]:
        """The result of `Operation.prepare`, worked out when it is first needed."""
        if type(operation).prepare is Operation.prepare:
            return {}
        key = f"{place.path} {place.width}x{place.height}"
        if key not in self._prepared:
            files = {name: self.artifacts[name] for name in operation.file_ids()}
            self._prepared[key] = operation.prepare(WorkTools(self.folder, place, self.preview, self.on_step), files)
        return self._prepared[key]

    def applied(
        self, graph: Graph, pad: Pad, rows: Sequence[tuple[Operation, Place]], begins: int = 0, size: tuple[int, int] | None = None
    ) -> Pad:
        """Adds the pictures of several operations, one behind another.

        ``begins``: the frame of their place with which the pictures begin; ``size``: of the pictures, that of the canvas if left out.
        """
        for operation, place in rows:
            here = size or (place.width, place.height)
            bench = WorkBench(graph, place, self.prepared(operation, place), self.preview, self.folder, begins, here)
            pad = operation.picture(pad, bench)
            size = operation.size_after(*here)
        return pad


def opened(graph: Graph, source: SourceFacts, first: int, *, quick: bool = False) -> Pad:
    """A source's frames on its even grid from ``first`` on, upright, with square pixels; stamps in source frames."""
    look = look_at(source)
    number = graph.input(*picture_input(source, look, first, quick=quick))
    pad = Pad(f"{number}:{look.index}")
    if source.kind == "video":
        pad = graph.filter("setpts", [pad], expr=f"PTS-({look.first_tick})")
        pad = graph.filter("fps", [pad], fps=source.rate, start_time=float(first / source.rate), round="near")
    if not look.square:
        pad = graph.filter("scale", [pad], w=source.width, h=source.height)
        pad = graph.filter("setsar", [pad], sar=1)
    return pad
