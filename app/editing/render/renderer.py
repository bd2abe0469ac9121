"""From a timeline to a film: pieces that are there are used again, those that are missing are rendered, all are joined with the sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.editing.render.bench import Workshop
from app.editing.render.cache import PieceCache
from app.editing.render.clips import Part, inputs_of
from app.editing.render.encode import Encoder, beside, encoder_of, gop
from app.editing.render.film import Span, parts_of
from app.editing.render.gif import write_gif
from app.editing.render.group import Group, GroupRun
from app.editing.render.hardware import found as hardware_found
from app.editing.render.keys import piece_key
from app.editing.render.mux import Film, Piece, WrongPiece, join
from app.editing.render.pieces import pieces_of
from app.editing.render.smart import Copied, free_id, smart_cut
from app.editing.render.smart_sound import copied_sound
from app.editing.render.sound import Sound
from app.editing.render.words import words_of
from app.editing.timeline import Timeline
from app.video import ffmpeg
from configs.errors import StudioError

OnStep = Callable[[float, str], None]
PREVIEW_PX = 360
MOST_INPUTS = 40  # files open at once in one run
_JOINING = 0.96  # how far it is when all pieces are there


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
    if preview:
        timeline = smaller(timeline)
    step = on_step or (lambda fraction, message: None)
    work = _Render(timeline, materials, step, preview)
    if work.use_hardware():
        try:
            return work.film(output)
        except StudioError as error:
            if error.code == "disk_full":
                raise
            work = _Render(timeline, materials, step, preview)  # what a card cannot do, the processor can
    return work.film(output)


def smaller(timeline: Timeline, side: int = PREVIEW_PX) -> Timeline:
    """The same film on a canvas whose shorter side is ``side`` pixels at most."""
    share = min(1.0, side / min(timeline.width, timeline.height))
    return replace(timeline, width=_even(timeline.width * share), height=_even(timeline.height * share))


class _Render:
    """One render under way."""

    def __init__(self, timeline: Timeline, materials: Materials, on_step: OnStep, preview: bool) -> None:
        self.timeline, self.materials, self.on_step, self.preview = timeline, materials, on_step, preview
        self.encoder = encoder_of(timeline, preview=preview)
        self.header: bytes | None = None
        self.parts: Sequence[Span | Copied] = pieces_of(timeline)
        smart = None if preview else smart_cut(timeline)
        if smart is not None:
            self.encoder = beside(self.encoder, smart.profile, free_id(smart.header))
            self.header, self.parts = smart.header, smart.parts
        whole = smart is not None and smart.copied == timeline.frames
        self.heard = copied_sound(timeline) if whole else None
        self.words = words_of(timeline, materials.files)

    def use_hardware(self) -> bool:
        """Takes an encoder of the machine's hardware for H.264, where one works; not for previews, nor between copied stretches."""
        output = self.timeline.plan.output
        if self.preview or self.header is not None or output.alpha or output.format not in ("mp4", "mov"):
            return False
        hardware = hardware_found()
        if hardware is not None:
            arguments = (*hardware.arguments[output.quality], "-g", gop(self.timeline))
            self.encoder = Encoder(f"ffmpeg {hardware.name}", arguments, "matroska", "yuv420p")
        return hardware is not None

    def film(self, output: Path) -> Rendered:
        """Makes what is missing and joins everything."""
        cache = self.materials.cache
        spans = [part for part in self.parts if isinstance(part, Span)]
        keys = dict(zip(spans, self._keys(spans), strict=True))
        missing = [span for span in spans if cache.find(keys[span], self.encoder.suffix) is None]
        with Sound(self.timeline, self.materials.folder, cache, silent=self.heard is not None) as sound:
            self._make(missing, keys, sound)
            try:
                path = self._joined(output, keys, sound)
            except WrongPiece as error:
                cache.drop(error.path)
                raise
        cache.prune()
        timeline = self.timeline
        copied = sum(part.frames for part in self.parts if isinstance(part, Copied))
        return Rendered(
            path=path, width=timeline.width, height=timeline.height, frames=timeline.frames, pieces=len(spans),
            reused=len(spans) - len(missing), copied=copied, engine=_engine(self.encoder, copied, timeline.frames),
        )  # fmt: skip

    def _keys(self, spans: Sequence[Span]) -> list[str]:
        program, hashes = ffmpeg.version(), self.materials.hashes
        return [
            piece_key(self.timeline, span, self.encoder, self.words, program=program, preview=self.preview, hashes=hashes)
            for span in spans
        ]  # fmt: skip

    def _joined(self, output: Path, keys: Mapping[Span, str], sound: Sound) -> Path:
        parts: list[Piece | Copied] = []
        for part in self.parts:
            if isinstance(part, Copied):
                parts.append(part)
                continue
            path = self.materials.cache.find(keys[part], self.encoder.suffix)
            if path is None:
                raise WrongPiece(Path(keys[part]), 0, part.frames)
            parts.append(Piece(path, part.frames))
        film = Film(parts, self.timeline.rate, self.heard or sound.wait(self.on_step), self.header)

        def step(fraction: float, message: str) -> None:
            self.on_step(_JOINING + (1 - _JOINING) * fraction, message)

        form = self.timeline.plan.output.format
        if form == "gif":
            whole = join(film, self.materials.folder / "film.mp4", "mp4", step)
            return write_gif(whole, output, self.timeline, step)
        return join(film, output, form, step)

    def _make(self, missing: Sequence[Span], keys: Mapping[Span, str], sound: Sound) -> None:
        """Renders what is missing, neighbours together."""
        folder = self.materials.folder
        shop = Workshop(folder, self.preview, self.materials.files, self.on_step)
        total, done = sum(span.frames for span in missing), 0
        for spans in self._groups(missing):
            group = Group(spans, [keys[span] for span in spans])

            def step(fraction: float, message: str, done: int = done, frames: int = group.frames) -> None:
                sound.check()
                self.on_step(_JOINING * (done + frames * fraction) / max(1, total), message)

            GroupRun(self.timeline, group, self.encoder, self.materials.cache, folder).go(shop, self.words, step)
            done += group.frames

    def _groups(self, missing: Sequence[Span]) -> list[list[Span]]:
        """What is rendered in one graph: neighbours, and in a film of nothing but cuts any others, as long as few files are open."""
        groups: list[list[Span]] = []
        inputs = 0
        for span in missing:
            needed = sum(self._inputs(part) for part in parts_of(self.timeline, span))
            together = bool(groups) and (self.header is not None or groups[-1][-1].end == span.begin)
            if together and inputs + needed <= MOST_INPUTS:
                groups[-1].append(span)
                inputs += needed
            else:
                groups.append([span])
                inputs = needed
        return groups

    def _inputs(self, part: Part) -> int:
        others = sum(len(operation.source_ids()) for operation in part.clip.segment.operations)
        return others + inputs_of(part)


def _engine(encoder: Encoder, copied: int, frames: int) -> str:
    if copied == frames:
        return "built in, CPU (stream copy)"
    where = "CPU" if "lib" in encoder.arguments[1] or "prores" in encoder.arguments[1] else "hardware encoder"
    return f"built in, {where} ({encoder.name}{', stream copy' if copied else ''})"


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
