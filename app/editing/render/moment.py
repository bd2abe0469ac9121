"""One exact frame of a film as a picture, through the very graph that would render it."""

from __future__ import annotations

from pathlib import Path

from app.editing.graph import Graph
from app.editing.render.bench import Workshop
from app.editing.render.film import Span, film_pad
from app.editing.render.renderer import Materials, OnStep
from app.editing.render.words import words_of
from app.editing.timeline import Timeline
from app.video import ffmpeg
from configs.errors import BadInput


def frame_at(timeline: Timeline, seconds: float) -> int:
    """The film frame on show at a moment.

    Raises:
        BadInput: the film is shorter.
    """
    from app.editing.facts import exact

    frame = int(exact(seconds) * timeline.rate)
    if not 0 <= frame < timeline.frames:
        raise BadInput(f"The film is {timeline.seconds:g} s long, so nothing is shown at {seconds:g} s.", "Give a moment within it.")
    return frame


def take(timeline: Timeline, frame: int, output: Path, materials: Materials, on_step: OnStep | None = None) -> Path:
    """Writes film frame ``frame`` to ``output`` (.jpg or .png). Only the clip concerned is opened, two within a transition."""
    span = around(timeline, frame)
    shop = Workshop(materials.folder, False, materials.files, on_step)
    graph = Graph()
    captions = words_of(timeline, materials.files).file(span, materials.folder)
    pad = film_pad(graph, timeline, span, shop, captions)
    pad = graph.filter("trim", [pad], start_frame=frame - span.begin, end_frame=frame - span.begin + 1)
    if output.suffix == ".jpg":
        pad = graph.filter("format", [pad], pix_fmts="yuvj420p")
    script = materials.folder / "moment.txt"
    script.write_text(graph.text(), encoding="utf-8")
    arguments = ["-copyts", *graph.input_arguments(), "-/filter_complex", str(script), "-map", f"[{pad.label}]", "-frames:v", "1"]
    arguments += ["-q:v", "2"] if output.suffix == ".jpg" else []
    return ffmpeg.run([*arguments, "-update", "1", "-f", "image2"], output, on_step=on_step, message="Drawing the frame")


def around(timeline: Timeline, frame: int) -> Span:
    """The frame by itself, or the whole transition that it lies in."""
    for clip in timeline.clips:
        if clip.begins <= frame < clip.begins + clip.overlap:
            return Span(clip.begins, clip.begins + clip.overlap)
    return Span(frame, frame + 1)
