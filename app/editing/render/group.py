"""One run of ffmpeg that leaves one file per piece: one graph, one encoder, cut at keyframes where a piece ends."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.editing.graph import Graph
from app.editing.render.bench import Workshop
from app.editing.render.cache import PieceCache
from app.editing.render.encode import Encoder, frame_time
from app.editing.render.film import Span, film_pad
from app.editing.render.words import Words
from app.editing.timeline import Timeline
from app.video import ffmpeg

OnStep = Callable[[float, str], None]


@dataclass(frozen=True)
class Group:
    """Pieces that are rendered together, in order, and their keys. They follow each other unless the film is nothing but cuts."""

    spans: Sequence[Span]
    keys: Sequence[str]

    @property
    def frames(self) -> int:
        """How many frames they are."""
        return sum(span.frames for span in self.spans)


class GroupRun:
    """Renders a group; each piece goes into the cache as soon as it is finished, so that what was done survives whatever comes."""

    def __init__(self, timeline: Timeline, group: Group, encoder: Encoder, cache: PieceCache, folder: Path) -> None:
        self._timeline, self._group, self._encoder, self._cache = timeline, group, encoder, cache
        self._folder = folder / f"pieces-{uuid.uuid4().hex[:8]}"
        self._list = self._folder / "done.txt"
        self._kept = 0

    def go(self, shop: Workshop, words: Words, on_step: OnStep) -> None:
        """Renders; whatever ``on_step`` raises stops it.

        Raises:
            StudioError: ffmpeg failed.
        """
        self._folder.mkdir(parents=True)
        try:
            arguments = self._arguments(shop, words)

            def step(fraction: float, message: str) -> None:
                self._keep()
                on_step(fraction, message)

            seconds = float(self._group.frames / self._timeline.rate)
            ffmpeg.watch(arguments, duration_s=seconds, on_step=step, message="Rendering")
            self._keep()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _keep(self) -> None:
        """Takes in the pieces that ffmpeg has finished."""
        try:
            names = self._list.read_text(encoding="utf-8").splitlines()
        except OSError:
            return
        for name in names[self._kept : len(self._group.keys)]:
            self._cache.keep(self._group.keys[self._kept], self._folder / Path(name).name)
            self._kept += 1

    def _arguments(self, shop: Workshop, words: Words) -> list[str]:
        timeline, encoder, spans = self._timeline, self._encoder, self._group.spans
        graph = Graph()
        stretches = merged(spans)
        captions = words.file(stretches[0], self._folder)
        pad = film_pad(graph, timeline, stretches[0], shop, captions, stretches[1:])
        script = self._folder / "graph.txt"
        script.write_text(graph.text(), encoding="utf-8")
        arguments = ["-copyts", *graph.input_arguments(), "-/filter_complex", str(script), "-map", f"[{pad.label}]", "-an"]
        arguments += ["-fps_mode", "passthrough", *encoder.arguments, "-pix_fmt", encoder.pix_fmt]
        cuts: list[int] = []
        for span in spans[:-1]:
            cuts.append(span.frames + (cuts[-1] if cuts else 0))
        if cuts:
            arguments += ["-force_key_frames", ",".join(frame_time(cut, timeline.rate) for cut in cuts)]
        arguments += ["-f", "segment", "-segment_format", encoder.piece, "-segment_list", str(self._list), "-segment_list_type", "flat"]
        arguments += ["-segment_frames", ",".join(str(cut) for cut in cuts) or str(self._group.frames)]
        return [*arguments, str(self._folder / f"%06d{encoder.suffix}")]


def merged(spans: Sequence[Span]) -> list[Span]:
    """Neighbours as one."""
    found = [spans[0]]
    for span in spans[1:]:
        if span.begin == found[-1].end:
            found[-1] = Span(found[-1].begin, span.end)
        else:
            found.append(span)
    return found
