"""The captions of a stretch of the film as one ASS document, so that forty cost what one costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.editing.caption import Caption
from app.editing.render.film import Span
from app.editing.timeline import Timeline


@dataclass
class Words:
    """All captions of a film."""

    timeline: Timeline
    captions: Sequence[Caption]
    _written: dict[Span, str] = field(default_factory=dict)

    def of(self, span: Span) -> str:
        """The document whose second 0 is the span's first frame; empty where nothing is said."""
        if span not in self._written:
            self._written[span] = self._document(span)
        return self._written[span]

    def file(self, span: Span, folder: Path) -> Path | None:
        """The same as a file in ``folder``."""
        text = self.of(span)
        if not text:
            return None
        path = folder / f"captions-{span.begin}-{span.end}.ass"
        path.write_text(text, encoding="utf-8")
        return path

    def _document(self, span: Span) -> str:
        rate = self.timeline.rate
        begin_s, end_s = float(span.begin / rate), float(span.end / rate)
        near = self._near(begin_s, end_s)
        if not near:
            return ""
        from app.editing.captions.ass import ass_document

        return ass_document(near, self.timeline.width, self.timeline.height, begin_s, end_s - begin_s)

    def _near(self, begin_s: float, end_s: float) -> list[Caption]:
        """Those on show, and those on show together with one of these: where one stands depends on the others."""
        found: list[Caption] = []
        together: list[Caption] = []
        until = -1.0
        for caption in sorted(self.captions, key=lambda one: (one.start_s, one.end_s)):
            if caption.start_s >= until:
                together, until = [], caption.end_s
            together.append(caption)
            until = max(until, caption.end_s)
            if caption.start_s < end_s and caption.end_s > begin_s:
                found += [one for one in together if one not in found]
        return found


def words_of(timeline: Timeline, files: Mapping[str, Path]) -> Words:
    """Every caption of the film, on its clock; ``files``: artifact id -> path of what operations read."""
    found: list[Caption] = []
    for clip in timeline.clips:
        for index, operation in enumerate(clip.segment.operations):
            found += operation.captions(timeline.place(clip, index), files)
    for index, operation in enumerate(timeline.plan.film):
        found += operation.captions(timeline.film_place(index), files)
    return Words(timeline, found)
