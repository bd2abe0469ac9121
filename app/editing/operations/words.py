"""Words over the picture: captions of any style, and subtitles."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from app.editing.caption import Caption
from app.editing.operations.base import NO_FILES, Colour, Operation, Place, Scope, Seconds, Share, Stage, Strict
from app.editing.problems import Problem
from app.media_fields import SubtitlesRef

_BOTH: frozenset[Scope] = frozenset({"segment", "film"})
Animation = Literal["none", "fade", "pop", "slide_up", "typewriter", "shake", "karaoke"]
LONGEST_TEXT = 2000


def _names_styles(schema: dict[str, Any]) -> None:
    """Forms and models see every style there is; one more in the file is one more here."""
    from configs.captions_file import caption_styles

    schema["examples"] = list(caption_styles())


class Text(Operation):
    """Words over the picture for a while."""

    op: Literal["text"] = "text"
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    at_s: Seconds = 0.0
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600, description="Left out: to the end.")
    style: str = Field(
        default="caption",
        max_length=40,
        description="A caption style: caption, title, meme_top, meme_bottom, lower_third, shout ...",
        json_schema_extra=_names_styles,
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
        """There is something to read, and its style and font are known."""
        yield from super().problems(place)
        if not self.text.strip():
            yield Problem("text_empty", f"{place.path}.text", "The text holds nothing but blanks.", "Write something, or take it out.")
        yield from _unknown_style(self.style, place)
        yield from _unknown_font(self.font, place)

    def captions(self, place: Place, files: Mapping[str, Path] = NO_FILES) -> Iterator[Caption]:
        """One caption, to the end of its place at most."""
        end = place.frames if self.duration_s is None else min(place.frames, place.frame(self.at_s + self.duration_s))
        begin = place.frame(self.at_s)
        if begin >= place.frames:
            return
        changes: dict[str, Any] = {
            "font": self.font, "size_percent": self.size_percent, "colour": self.colour, "outline_colour": self.outline_colour,
            "animation": self.animation, "x": self.x, "y": self.y,
        }  # fmt: skip
        yield Caption(
            self.text, *_seconds(place, begin, max(begin + 1, end)), self.style,
            position=(self.x, self.y) if self.x is not None and self.y is not None else None,
            changes={key: value for key, value in changes.items() if value is not None}, animation=self.animation or "none",
        )  # fmt: skip


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
    style: str = Field(default="subtitle", max_length=40, json_schema_extra=_names_styles)

    TITLE: ClassVar[str] = "Subtitles"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.FINISH

    def problems(self, place: Place) -> Iterator[Problem]:
        """The words come from the cues or from a file, in a known style; a cue ends after it begins."""
        yield from super().problems(place)
        if self.file is not None and self.cues:
            yield Problem("cues_and_file", f"{place.path}.file", "The subtitles have both cues and a file.", "Keep one of them.")
        if self.file is None and not self.cues:
            yield Problem("text_empty", f"{place.path}.cues", "The subtitles have neither cues nor a file.", "Give one of them.")
        for number, cue in enumerate(self.cues):
            if cue.end_s <= cue.start_s:
                said = f"A subtitle ends at {cue.end_s:g} s and begins at {cue.start_s:g} s."
                yield Problem("cue_reversed", f"{place.path}.cues[{number}].end_s", said, "Give an end after the beginning.")
        yield from _unknown_style(self.style, place)

    def captions(self, place: Place, files: Mapping[str, Path] = NO_FILES) -> Iterator[Caption]:
        """The cues, and those of the file, as far as they lie within the place."""
        cues: list[tuple[float, float, str]] = [(cue.start_s, cue.end_s, cue.text) for cue in self.cues]
        if self.file is not None and self.file in files:
            from app.editing.captions.cue_files import read_cues

            cues += read_cues(files[self.file])
        for start_s, end_s, text in sorted(cues):
            begin, end = place.frame(start_s), min(place.frames, place.frame(end_s))
            if begin < place.frames and end_s > start_s:
                yield Caption(text, *_seconds(place, begin, max(begin + 1, end)), self.style)


def _seconds(place: Place, begin: int, end: int) -> tuple[float, float]:
    """Frames of the place as seconds of the film."""
    return float((place.first_frame + begin) / place.rate), float((place.first_frame + end) / place.rate)


def _unknown_style(style: str, place: Place) -> Iterator[Problem]:
    from configs.captions_file import caption_styles

    styles = caption_styles()
    if style not in styles:
        near = difflib.get_close_matches(style, styles, n=1)
        remedy = f"Did you mean {near[0]!r}? There are {', '.join(styles)}." if near else f"Choose one of {', '.join(styles)}."
        said = f"There is no caption style {style!r}."
        yield Problem("unknown_style", f"{place.path}.style", said, remedy, near[0] if near else "caption")


def _unknown_font(font: str | None, place: Place) -> Iterator[Problem]:
    from app.editing.captions import fonts

    if font is not None and not fonts.known(font):
        near = fonts.close(font)
        remedy = f"Take {' or '.join(near)}, or another font of this machine; left out, the style's own is taken."
        yield Problem("unknown_font", f"{place.path}.font", f"There is no font {font!r} on this machine.", remedy, near[0])
