"""Words over the picture: captions of any style, and subtitles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from app.capability import SubtitlesRef
from app.editing.operations.base import Colour, Operation, Place, Scope, Seconds, Share, Stage, Strict
from app.editing.problems import Problem

_BOTH: frozenset[Scope] = frozenset({"segment", "film"})
Animation = Literal["none", "fade", "pop", "slide_up", "typewriter", "shake", "karaoke"]
LONGEST_TEXT = 2000


class Text(Operation):
    """Words over the picture for a while."""

    op: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    at_s: Seconds = 0.0
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600, description="Left out: to the end.")
    style: str = Field(
        default="caption", max_length=40, description="A caption style: caption, title, meme_top, meme_bottom, lower_third, shout ..."
    )
    x: Share | None = Field(default=None, description="Middle, share of the width; left out: where the style has it.")
    y: Share | None = None
    font: str | None = Field(default=None, max_length=80, description="A font family on this machine; left out: the style's.")
    size_percent: float | None = Field(default=None, gt=0.5, le=60, description="Height of the letters, % of the canvas height.")
    colour: Colour | None = None
    outline_colour: Colour | None = None
    animation: Animation | None = Field(default=None, description="Left out: the style's.")

    TITLE: ClassVar[str] = "Text"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.FINISH

    def problems(self, place: Place) -> Iterator[Problem]:
        """There is something to read."""
        yield from super().problems(place)
        if not self.text.strip():
            yield Problem("text_empty", f"{place.path}.text", "The text holds nothing but blanks.", "Write something, or take it out.")


class Cue(Strict):
    """One subtitle, in seconds from the beginning of the place."""

    start_s: Seconds
    end_s: Seconds
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class Subtitles(Operation):
    """Many captions of one style, burnt in."""

    op: Literal["subtitles"] = "subtitles"
    cues: tuple[Cue, ...] = Field(default=(), max_length=20_000)
    file: SubtitlesRef | None = Field(default=None, max_length=4096, description="An .srt, .vtt or .ass file instead: an artifact id.")
    style: str = Field(default="subtitle", max_length=40)

    TITLE: ClassVar[str] = "Subtitles"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.FINISH

    def problems(self, place: Place) -> Iterator[Problem]:
        """The words come from the cues or from a file; a cue ends after it begins."""
        if self.file is not None and self.cues:
            yield Problem("cues_and_file", f"{place.path}.file", "The subtitles have both cues and a file.", "Keep one of them.")
        if self.file is None and not self.cues:
            yield Problem("text_empty", f"{place.path}.cues", "The subtitles have neither cues nor a file.", "Give one of them.")
        for number, cue in enumerate(self.cues):
            if cue.end_s <= cue.start_s:
                said = f"A subtitle ends at {cue.end_s:g} s and begins at {cue.start_s:g} s."
                yield Problem("cue_reversed", f"{place.path}.cues[{number}].end_s", said, "Give an end after the beginning.")
