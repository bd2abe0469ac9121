"""A film as an animated GIF: one palette for the whole of it, found in a first pass, so that memory does not grow with its length."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.editing.graph import Graph, Pad
from app.editing.timeline import Timeline
from app.video import ffmpeg


def write_gif(film: Path, output: Path, timeline: Timeline, on_step: Callable[[float, str], None]) -> Path:
    """Writes ``output`` from a rendered film."""
    palette = film.with_suffix(".png")
    graph = Graph()
    found = graph.filter("palettegen", [Pad("0:v")], stats_mode="diff")
    arguments = ["-i", f"file:{film}", "-filter_complex", graph.text(), "-map", f"[{found.label}]", "-frames:v", "1", "-update", "1"]
    ffmpeg.run(arguments, palette, duration_s=timeline.seconds, on_step=on_step, message="Choosing colours")
    graph = Graph()
    drawn = graph.filter("paletteuse", [Pad("0:v"), Pad("1:v")], dither="bayer", bayer_scale=3, diff_mode="rectangle")
    arguments = ["-i", f"file:{film}", "-i", f"file:{palette}", "-filter_complex", graph.text(), "-map", f"[{drawn.label}]", "-loop", "0"]
    return ffmpeg.run(arguments, output, duration_s=timeline.seconds, on_step=on_step, message="Writing")
