"""A name for each piece that is the same wherever its pixels would be: a hash of everything that determines them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from app.editing.operations.base import Operation, Place
from app.editing.render.clips import Part
from app.editing.render.colours import film_colours
from app.editing.render.encode import Encoder
from app.editing.render.film import Span, has_picture, parts_of
from app.editing.render.frames import shown
from app.editing.render.smooth import smoothing_of, stretches_within
from app.editing.render.words import Words
from app.editing.timeline import Timeline

VERSION = 1  # goes up whenever the renderer would draw the same piece differently


def piece_key(
    timeline: Timeline, span: Span, encoder: Encoder, words: Words, *, program: str, preview: bool, hashes: Mapping[str, str]
) -> str:
    """The name of a piece. ``program``: the version of ffmpeg; ``hashes``: artifact id -> content hash of files that operations read."""
    output = timeline.plan.output
    what = {
        "version": [VERSION, program, preview],
        "canvas": [timeline.width, timeline.height, str(timeline.rate), output.fit, output.background, output.alpha],
        "encoder": [encoder.arguments, encoder.pix_fmt, encoder.piece, film_colours(timeline)],
        "parts": [_part(timeline, part, hashes) for part in parts_of(timeline, span)],
        "film": [_film(timeline, *row, span, hashes) for row in enumerate(timeline.plan.film) if has_picture(row[1])],
        "captions": words.of(span),
        "frames": span.frames,
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()


def _part(timeline: Timeline, part: Part, hashes: Mapping[str, str]) -> dict[str, Any]:
    clip = part.clip
    frames = shown(clip, part.begin, part.end)
    rows = [row for row in timeline.staged(clip) if has_picture(row[0])]
    placed = [clip.frames, part.begin, clip.first, clip.end] if rows else []
    return {
        "source": clip.source.content_hash,
        "shape": [clip.source.width, clip.source.height, str(clip.source.rate), clip.source.vfr, clip.source.colour],
        "frames": hashlib.sha256(json.dumps(frames).encode()).hexdigest(),
        "smooth": _smoothed(part),
        "placed": placed,
        "operations": [_operation(operation, place, hashes) for operation, place in rows],
        "overlap": [clip.overlap if part.begin == 0 else 0, clip.transition.kind if clip.transition else ""],
    }


def _smoothed(part: Part) -> list[Any]:
    """Where frames are made between frames it counts exactly where they lie."""
    smoothing = smoothing_of(part.clip)
    if smoothing == "none":
        return []
    return [smoothing, part.clip.first, part.clip.end, [str(one) for one in stretches_within(part.clip, part.begin, part.end)]]


def _operation(operation: Operation, place: Place, hashes: Mapping[str, str]) -> list[Any]:
    others = [place.sources[name].content_hash for name in operation.source_ids() if name in place.sources]
    return [operation.model_dump(mode="json"), others, [hashes.get(name, name) for name in operation.file_ids()]]


def _film(timeline: Timeline, index: int, operation: Operation, span: Span, hashes: Mapping[str, str]) -> list[Any]:
    """An operation on the film; where on the film the piece lies counts only for those that change with time."""
    where = [] if operation.STEADY else [span.begin, timeline.frames]
    return [_operation(operation, timeline.film_place(index), hashes), where]
