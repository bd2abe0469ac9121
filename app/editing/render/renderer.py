"""From a timeline to a film: pieces that are there are used again, those that are missing are rendered, all are joined with the sound."""

from __future__ import annotations

import shutil
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.editing.graph import Graph
from app.editing.operations.base import Caption
from app.editing.render.bench import Workshop
from app.editing.render.cache import PieceCache
from app.editing.render.encode import Encoder, colour_arguments, encoder_of, frame_time
from app.editing.render.film import Span, film_pad, parts_of
from app.editing.render.frames import runs, shown
from app.editing.render.keys import piece_key
from app.editing.render.mux import WrongPiece, join
from app.editing.render.pieces import pieces_of
from app.editing.render.sound import Sound
from app.editing.timeline import Timeline
from app.video import ffmpeg

OnStep = Callable[[float, str], None]
PREVIEW_PX = 360
MOST_INPUTS = 40
_SUFFIXES = {"matroska": ".mkv", "webm": ".webm", "mov": ".mov"}
_JOINING = 0.96


@dataclass(frozen=True)
class Materials:
    """What a render needs besides the timeline.

    ``folder``: empty, for working files; ``cache``: where pieces are kept; ``files``: artifact id -> path of what operations read;
    ``hashes``: artifact id -> content hash of the same.
    """

    folder: Path
    cache: PieceCache
    files: Mapping[str, Path] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    """A finished film. ``reused``: of how many ``pieces``; ``copied``: frames taken from the source without encoding."""

    path: Path
    width: int
    height: int
    frames: int
    pieces: int
    reused: int
    copied: int
    engine: str


def render(timeline: Timeline, output: Path, materials: Materials, on_step: OnStep | None = None, *, preview: bool = False) -> Rendered:
    """Renders a film; ``output`` appears only when it is whole.

    Args:
        on_step: called with (fraction, message); whatever it raises stops the work, and only whole pieces are kept.
        preview: small and quick; the same frames at the same times.

    Raises:
        StudioError: it could not be made; `disk_full` when there is no room for it.
    """
    return _Render(timeline if not preview else smaller(timeline), materials, on_step or (lambda fraction, message: None), preview).film(output)


def smaller(timeline: Timeline, side: int = PREVIEW_PX) -> Timeline:
    """The same film on a canvas whose shorter side is ``side`` pixels at most."""
    share = min(1.0, side / min(timeline.width, timeline.height))
    return replace(timeline, width=_even(timeline.width * share), height=_even(timeline.height * share))


def captions_of(timeline: Timeline, files: Mapping[str, Path]) -> tuple[Caption, ...]:
    """Every caption of the film, on its clock."""
    found: list[Caption] = []
    for clip in timeline.clips:
        for index, operation in enumerate(clip.segment.operations):
            found += operation.captions(timeline.place(clip, index), files)
    for index, operation in enumerate(timeline.plan.film):
        found += operation.captions(timeline.film_place(index), files)
    return tuple(found)


def captioned(timeline: Timeline, captions: Sequence[Caption], folder: Path) -> Path | None:
    """All captions as one ASS file on the film's clock; None where there are none."""
    if not captions:
        return None
    from app.editing.captions import ass

    path = folder / f"captions-{timeline.width}x{timeline.height}.ass"
    path.write_text(ass(captions, timeline.width, timeline.height, 0.0), encoding="utf-8")
    return path


@dataclass
class _Render:
    timeline: Timeline
    materials: Materials
    on_step: OnStep
    preview: bool

    def film(self, output: Path) -> Rendered:
        timeline, cache = self.timeline, self.materials.cache
        encoder = encoder_of(timeline, preview=self.preview)
        spans = pieces_of(timeline)
        captions = captions_of(timeline, self.materials.files)
        program = ffmpeg.version()
        keys = [
            piece_key(timeline, span, encoder, captions, program=program, preview=self.preview, hashes=self.materials.hashes)
            for span in spans
        ]  # fmt: skip
        suffix = _SUFFIXES[encoder.piece]
        with Sound(timeline, self.materials.folder, cache) as sound:
            missing = [number for number, key in enumerate(keys) if cache.find(key, suffix) is None]
            self._make(missing, spans, keys, encoder, captions, sound)
            try:
                path = self._joined(output, spans, keys, suffix, sound)
            except WrongPiece as error:
                cache.drop(error.path)
                raise
        cache.prune()
        return Rendered(
            path=path, width=timeline.width, height=timeline.height, frames=timeline.frames, pieces=len(spans),
            reused=len(spans) - len(missing), copied=0, engine=f"built in, CPU ({encoder.name})",
        )  # fmt: skip

    def _joined(self, output: Path, spans: Sequence[Span], keys: Sequence[str], suffix: str, sound: Sound) -> Path:
        self.on_step(_JOINING, "Joining")
        found = [(self.materials.cache.find(key, suffix), span.frames) for key, span in zip(keys, spans, strict=True)]
        pieces = [(path, frames) for path, frames in found if path is not None]
        form = self.timeline.plan.output.format
        return join(
            pieces, self.timeline.rate, sound.wait(self.on_step), output, form,
            lambda fraction, message: self.on_step(_JOINING + (1 - _JOINING) * fraction, message),
        )  # fmt: skip

    def _make(
        self, missing: Sequence[int], spans: Sequence[Span], keys: Sequence[str], encoder: Encoder, captions: Sequence[Caption], sound: Sound
    ) -> None:
        """Renders what is missing, neighbours together."""
        shop = Workshop(self.materials.folder, self.preview, self.materials.files, self.on_step)
        total, done = sum(spans[number].frames for number in missing), 0
        for group in self._groups(missing, spans):
            frames = sum(spans[number].frames for number in group)

            def step(fraction: float, message: str, done: int = done, frames: int = frames) -> None:
                sound.check()
                self.on_step(_JOINING * (done + frames * fraction) / max(1, total), message)

            run = _GroupRun(self, [spans[number] for number in group], [keys[number] for number in group], encoder)
            run.go(shop, captions, step)
            done += frames

    def _groups(self, missing: Sequence[int], spans: Sequence[Span]) -> list[list[int]]:
        """Neighbours that are rendered in one graph, as long as they do not need too many files open at once."""
        groups: list[list[int]] = []
        inputs = 0
        for number in missing:
            needed = sum(self._inputs(part) for part in parts_of(self.timeline, spans[number]))
            if groups and groups[-1][-1] == number - 1 and inputs + needed <= MOST_INPUTS:
                groups[-1].append(number)
                inputs += needed
            else:
                groups.append([number])
                inputs = needed
        return groups

    def _inputs(self, part: object) -> int:
        clip = part.clip  # type: ignore[attr-defined]
        others = sum(len(operation.source_ids()) for operation in clip.segment.operations)
        return others + len(runs(shown(clip, part.begin, part.end), 64))  # type: ignore[attr-defined]


class _GroupRun:
    """One run of ffmpeg that leaves one file per piece."""

    def __init__(self, render: _Render, spans: Sequence[Span], keys: Sequence[str], encoder: Encoder) -> None:
        self._render, self._spans, self._keys, self._encoder = render, spans, keys, encoder
        self._folder = render.materials.folder / f"pieces-{uuid.uuid4().hex[:8]}"
        self._list = self._folder / "done.txt"
        self._kept = 0

    def go(self, shop: Workshop, captions: Sequence[Caption], on_step: OnStep) -> None:
        self._folder.mkdir(parents=True)
        try:
            arguments = self._arguments(shop, captions)
            frames = self._spans[-1].end - self._spans[0].begin

            def step(fraction: float, message: str) -> None:
                self._keep()
                on_step(fraction, message)

            ffmpeg.watch(arguments, duration_s=float(frames / self._render.timeline.rate), on_step=step, message="Rendering")
            self._keep()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _keep(self) -> None:
        """Takes in the pieces that ffmpeg has finished."""
        try:
            names = self._list.read_text(encoding="utf-8").splitlines()
        except OSError:
            return
        for name in names[self._kept :]:
            if self._kept < len(self._keys):
                self._render.materials.cache.keep(self._keys[self._kept], self._folder / Path(name).name)
                self._kept += 1

    def _arguments(self, shop: Workshop, captions: Sequence[Caption]) -> list[str]:
        timeline, encoder = self._render.timeline, self._encoder
        span = Span(self._spans[0].begin, self._spans[-1].end)
        graph = Graph()
        within = [caption for caption in captions if caption.end_s * timeline.rate > span.begin and caption.start_s * timeline.rate < span.end]
        pad = film_pad(graph, timeline, span, shop, captioned(timeline, within, self._render.materials.folder))
        script = self._folder / "graph.txt"
        script.write_text(graph.text(), encoding="utf-8")
        cuts = [piece.begin - span.begin for piece in self._spans[1:]]
        arguments = ["-copyts", *graph.input_arguments(), "-/filter_complex", str(script), "-map", f"[{pad.label}]", "-an"]
        arguments += ["-fps_mode", "passthrough", *encoder.arguments, "-pix_fmt", encoder.pix_fmt, *colour_arguments(timeline)]
        if cuts:
            arguments += ["-force_key_frames", ",".join(frame_time(cut, timeline.rate) for cut in cuts)]
        arguments += ["-f", "segment", "-segment_format", encoder.piece, "-segment_list", str(self._list), "-segment_list_type", "flat"]
        arguments += ["-segment_frames", ",".join(str(cut) for cut in cuts) or str(span.frames)]
        return [*arguments, str(self._folder / f"%06d{_SUFFIXES[encoder.piece]}")]


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
