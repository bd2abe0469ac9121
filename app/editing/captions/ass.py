"""All captions of a film as one ASS document. Every letter of a person's stands escaped; every command in it is ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.editing.caption import Caption
from app.editing.captions.animations import Moment, dressed
from app.editing.captions.fonts import is_bold
from app.editing.captions.layout import Block, laid_out
from app.editing.captions.wording import Run, cleaned, colour, right_to_left, runs

_EPSILON_S = 1e-6
# Every line runs as its text does, whatever word it begins with, and whatever squares stand for letters that no font here has.
_FROM_RIGHT, _FROM_LEFT = "\u200f", "\u200e"
_GAP = 0.012  # between captions that would lie over each other, share of the height

_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
LayoutResX: {width}
LayoutResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: None

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, \
ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Inter,40,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,0,0,2,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


@dataclass(frozen=True)
class Event:
    """Something on show from ``start_s`` to ``end_s`` of the film."""

    layer: int
    start_s: float
    end_s: float
    text: str


def ass_document(captions: Sequence[Caption], width: int, height: int, offset_s: float = 0.0, length_s: float | None = None) -> str:
    """The whole document: for libass, on a picture of ``width`` x ``height`` pixels.

    Args:
        offset_s: the film's second that is the document's 0; captions before it are left out, those under way go on as they would.
        length_s: how much of the film from there; None for all.
    """
    end_s = float("inf") if length_s is None else offset_s + length_s
    events = (event for block in _stacked(captions, width, height) for event in _events(block, offset_s))
    rows = [_row(event, offset_s, end_s) for event in events if event.end_s > offset_s and event.start_s < end_s]
    return _HEAD.format(width=width, height=height) + "".join(rows)


def _stacked(captions: Sequence[Caption], width: int, height: int) -> Iterator[Block]:
    """The captions laid out; one that would lie over another at the same time moves above it, where there is room."""
    shown: list[Block] = []
    for caption in sorted(captions, key=lambda one: (one.start_s, one.end_s)):
        block = laid_out(caption, width, height) if caption.end_s > caption.start_s else None
        if block is None:
            continue
        shown = [one for one in shown if one.caption.end_s > caption.start_s + _EPSILON_S]
        block = _free(block, shown, height * _GAP)
        shown.append(block)
        yield block


def _free(block: Block, shown: Iterable[Block], gap: float) -> Block:
    moved = block
    for other in sorted(shown, key=lambda one: -one.box[1]):
        if _meet(moved.box, other.box):
            moved = moved.lifted(moved.box[3] - other.box[1] + gap)
    return moved if moved.box[1] >= 0 else block


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _events(block: Block, offset_s: float) -> Iterator[Event]:
    """What a caption puts on the screen, piece by piece of time."""
    start, end = block.caption.start_s, block.caption.end_s
    under_way_ms = max(0, round((offset_s - start) * 1000))
    if block.style.box:
        yield Event(0, start, end, _box(block))
    count = sum(len(text) for text, _, _ in block.lines)
    from_right = right_to_left(cleaned(block.caption.text))
    done = 0
    for line, (text, x, baseline) in enumerate(block.lines):
        parts = runs(text, block.face)
        if from_right or right_to_left(text, anywhere=True):
            parts[0] = Run(parts[0].face, (_FROM_RIGHT if from_right else _FROM_LEFT) + parts[0].text)
        down = max(run.face.descent for run in parts) * block.em
        moment = Moment(round((end - start) * 1000), under_way_ms, done, count, line)
        for piece in dressed(block, parts, (x, baseline + down), moment):
            yield Event(1, start + piece.start_ms / 1000, min(end, start + piece.end_ms / 1000), _look(block) + piece.text)
        done += len(text)


def _look(block: Block) -> str:
    """Colours, outline and place of a line; the font stands with each run."""
    style, capital = block.style, block.em * block.face.capital
    align = {-1: 1, 0: 2, 1: 3}[block.side]
    return (
        f"{{\\an{align}\\q2\\1c{colour(style.colour)}\\3c{colour(style.outline_colour)}\\4c{colour(style.outline_colour)}\\4a&H60&"
        f"\\bord{0 if style.box else capital * style.outline / 100:.2f}\\shad{capital * style.shadow / 100:.2f}"
        f"\\fsp{capital * style.spacing / 100:.2f}\\b{int(is_bold(block.face))}}}"
    )


def _box(block: Block) -> str:
    """A rounded rectangle behind the words."""
    left, top, right, bottom = block.box
    wide, tall = right - left, bottom - top
    r = min(wide, tall) * 0.12
    path = (
        f"m {r:.1f} 0 l {wide - r:.1f} 0 b {wide:.1f} 0 {wide:.1f} 0 {wide:.1f} {r:.1f} l {wide:.1f} {tall - r:.1f} "
        f"b {wide:.1f} {tall:.1f} {wide:.1f} {tall:.1f} {wide - r:.1f} {tall:.1f} l {r:.1f} {tall:.1f} "
        f"b 0 {tall:.1f} 0 {tall:.1f} 0 {tall - r:.1f} l 0 {r:.1f} b 0 0 0 0 {r:.1f} 0"
    )
    clear = round(255 * (1 - block.style.box))
    return (
        f"{{\\an7\\pos({left:.2f},{top:.2f})\\bord0\\shad0\\1c{colour(block.style.box_colour)}\\1a&H{clear:02X}&\\fad(120,120)\\p1}}{path}"
    )


def _row(event: Event, offset_s: float, end_s: float) -> str:
    times = (_clock(max(0.0, one - offset_s)) for one in (event.start_s, min(event.end_s, end_s)))
    return f"Dialogue: {event.layer},{','.join(times)},Default,,0,0,0,,{event.text}\n"


def _clock(seconds: float) -> str:
    """ASS counts hundredths; rounded down, a frame that begins at the time itself is within and the one before is not."""
    hundredths = int(seconds * 100 + _EPSILON_S * 100)
    return f"{hundredths // 360_000}:{hundredths // 6000 % 60:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"
