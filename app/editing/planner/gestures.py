"""What can be done with a stretch of the clip: one function per gesture, each giving rows with effects, sounds, words and a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.editing.operations import AnyOperation
from app.editing.operations.colour import Fade, Grade
from app.editing.operations.moves import PanZoom, View, Zoom
from app.editing.operations.time import Freeze, Ramp, Reverse, Smoothing, Speed
from app.editing.planner.cutting import MIDDLE, Cutting
from app.editing.planner.footage import Hit
from app.editing.planner.lines import reading_s, traits
from app.editing.planner.reasons import because, percent, time_words
from app.editing.planner.rows import Row
from app.editing.planner.scoring import Stretch
from app.editing.planner.styles import GestureName, Part

UNDER_FACE = 0.87  # words over a picture that has closed in on the subject

Make = Callable[[Cutting, Stretch, float, Part], list[Row]]


@dataclass(frozen=True)
class Gesture:
    """``source_share``: seconds of the clip per second of film; ``shortest_s``: on the film.

    ``likes``: what it chooses by, over what its part does; ``needs``: what a stretch must have at least, or it makes no sense.
    ``slows``: it is shown at its part's speed.
    """

    make: Make
    source_share: float = 1.0
    shortest_s: float = 0.3
    likes: tuple[tuple[str, float], ...] = ()
    needs: tuple[tuple[str, float], ...] = ()
    slows: bool = False

    def suits(self, parts: Mapping[str, float]) -> bool:
        """Whether a stretch has what it needs."""
        return all(parts.get(name, 0.0) >= least for name, least in self.needs)


def plain(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """The moment as it is, perhaps with words."""
    row = cut.row(stretch, stretch.start_s, stretch.end_s, part, "plain")
    slowly = _slowed(part, row, seconds, _smooth(cut, stretch.start_s, stretch.end_s))
    row.operations += _words(cut, part, stretch, row)
    row.reason = because(cut.footage, stretch, part.choose, f"shown {slowly}" if slowly else "shown as it is")
    return [row]


def push(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Closes in slowly on the subject."""
    return _moved(cut, stretch, seconds, part, "push")


def pull(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Begins close on the subject and draws back."""
    return _moved(cut, stretch, seconds, part, "pull")


def glide(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Drifts sideways past the subject."""
    return _moved(cut, stretch, seconds, part, "glide")


def _moved(cut: Cutting, stretch: Stretch, seconds: float, part: Part, kind: str) -> list[Row]:
    row = cut.row(stretch, stretch.start_s, stretch.end_s, part, kind)
    slowly = _slowed(part, row, seconds, _smooth(cut, stretch.start_s, stretch.end_s))
    aim = cut.framing.aim(stretch.end_s if kind == "push" else stretch.start_s)
    scale = round(max(1.03, min(cut.between(cut.style.push), aim.closest)), 3)
    near = View(x=aim.x, y=aim.y, scale=scale)
    views = {"push": (View(), near), "pull": (near, View())}.get(kind) or _sideways(cut, scale)
    row.operations.append(PanZoom(start=views[0], end=views[1], easing="linear" if kind == "push" else "ease_in_out"))
    row.operations += cut.effect(cut.style.beds, 0.1, -4.0) if cut.rng.random() < 0.5 else []
    row.operations += _words(cut, part, stretch, row)
    done = {"push": "pushes in to", "pull": "draws back from", "glide": "drifts at"}[kind]
    row.reason = because(cut.footage, stretch, part.choose, " ".join((f"{aim.words}: {done} {scale:.2f}x", slowly)).strip())
    return [row]


def _smooth(cut: Cutting, start_s: float, end_s: float) -> Smoothing:
    """Frames are blended where little moves; what moves much would be seen twice."""
    return "blend" if cut.footage.action.mean(start_s, end_s) < 0.5 else "none"


def _slowed(part: Part, row: Row, seconds: float, smooth: Smoothing) -> str:
    """Slow motion where the part has it; in words, nothing at full speed."""
    factor = round(min(max(row.seconds / max(seconds, 0.1), part.speed[0]), part.speed[1]), 2)
    if factor > 0.95:
        return ""
    row.operations.append(Speed(factor=factor, smooth=smooth, keep_pitch=False))
    return f"at {factor:g}x"


def _sideways(cut: Cutting, scale: float) -> tuple[View, View]:
    left, right = View(x=0.42, y=0.48, scale=scale), View(x=0.58, y=0.5, scale=scale)
    return (left, right) if cut.rng.random() < 0.5 else (right, left)


def punch(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Zooms in on the subject at once where the sound or the movement peaks."""
    row = cut.row(stretch, stretch.start_s, stretch.end_s, part, "punch")
    hit = cut.peak(stretch.start_s, stretch.end_s)
    at = row.seconds_at(hit.at_s)
    hold = max(0.3, min(0.9, row.seconds - at))
    aim = cut.framing.aim(hit.at_s)
    zoom = cut.zoom(hit.at_s, at, cut.style.punch, hold, out_s=min(0.25, hold / 3))
    row.operations += [zoom, *cut.shake(at, hit.strength), *cut.effect(cut.style.impact, at)]
    row.operations += _words(cut, part, stretch, row)
    said = f"{_peak(hit)}, {aim.words}: punch to {zoom.scale:.2f}x"
    row.reason = because(cut.footage, stretch, part.choose, said)
    return [row]


def ramp(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Rushes towards the peak, then passes it slowly."""
    hit = cut.peak(stretch.start_s + 0.25 * stretch.seconds, stretch.end_s - 0.15 * stretch.seconds)
    turn = min(max(hit.at_s - 0.08, stretch.start_s + 0.2), stretch.end_s - 0.12)
    slow = round(cut.between(cut.style.slow), 2)
    rush = cut.row(stretch, stretch.start_s, turn, part, "ramp")
    rush.operations.append(Ramp(from_factor=1.0, to_factor=2.4, easing="ease_in"))
    rush.operations += cut.effect(cut.style.risers or cut.style.whooshes, max(0.0, rush.seconds - 1.2), -3.0)
    rush.least_end = rush.end
    late = cut.row(stretch, turn, stretch.end_s, part, "ramp")
    late.operations.append(Speed(factor=slow, smooth=_smooth(cut, turn, stretch.end_s), keep_pitch=False))
    zoom = cut.zoom(hit.at_s, 0.0, cut.style.push, None, in_s=min(1.2, late.seconds * 0.8))
    late.operations += [zoom, *cut.shake(0.0, 0.6), *cut.effect(cut.style.impact, 0.0)]
    late.operations += _words(cut, part, stretch, late)
    peak = _peak(hit)
    rush.reason = because(cut.footage, stretch, part.choose, f"speeds up to 2.4x into the {peak}")
    late.reason = f"{peak[:1].upper()}{peak[1:]}: passed at {slow:g}x, {cut.framing.aim(hit.at_s).words}."
    return [rush, late]


def freeze(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Holds the peak, closes in, and says something about it."""
    hold = min(cut.between(cut.style.freeze_s), max(0.8, seconds * 0.6))
    text = cut.lines.pick("freeze", traits(cut.footage, stretch), hold + 0.5, cut.style.reading) if cut.wishes.captions else None
    hold = max(hold, reading_s(text, cut.style.reading) + 0.25) if text else hold
    hit = cut.sight(stretch.start_s + 0.3 * stretch.seconds, stretch.end_s)
    row = cut.row(stretch, stretch.start_s, stretch.end_s, part, "freeze")
    held = min(max(cut.footage.on_frame(hit.at_s) - float(row.first / row.rate), 0.0), (row.end - row.first - 1) / float(row.rate))
    row.operations.append(Freeze(at_s=round(held, 6), duration_s=round(hold, 3)))
    at = row.seconds_at(float(row.first / row.rate) + held)
    zoom = cut.zoom(hit.at_s, at, cut.style.punch, hold, in_s=min(0.9, hold * 0.6) if "boom" in cut.style.freeze_sounds else 0.1)
    row.operations += [zoom, *cut.effect(cut.style.freeze_sounds, at, 2.0)]
    if text:
        words = cut.words(text, stretch, at + 0.1, hold - 0.1, cut.style.freeze_style)
        row.operations.append(words.model_copy(update={"y": UNDER_FACE}) if cut.style.freeze_style in MIDDLE else words)
    row.least_end = min(row.end, row.first + int(held * row.rate) + 3)
    said = f"{_peak(hit)}: frozen for {hold:.1f} s, "
    row.reason = because(cut.footage, stretch, part.choose, f"{said}{cut.framing.aim(hit.at_s).words}, closes in to {zoom.scale:.2f}x")
    return [row]


def replay(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Shows the peak, then once more, slower and closer."""
    hit = cut.peak(stretch.start_s, stretch.end_s)
    slow = round(cut.between(cut.style.slow), 2)
    first = cut.row(stretch, stretch.start_s, stretch.end_s, part, "replay")
    first.reason = because(cut.footage, stretch, part.choose, f"{_peak(hit)}: seen once as it is")
    room = max(0.3, (seconds - first.seconds) * slow)
    start, end = max(stretch.start_s, hit.at_s - 0.5 * room), min(stretch.end_s, hit.at_s + 0.5 * room)
    again = cut.row(stretch, start, max(end, start + 0.2), part, "replay")
    again.operations.append(Speed(factor=slow, smooth=_smooth(cut, start, end), keep_pitch=False))
    zoom = cut.zoom(hit.at_s, 0.0, cut.style.punch, None, in_s=0.0)
    again.operations += [zoom, *cut.effect(cut.style.whooshes, 0.0)]
    if cut.style.replay_grade:
        again.operations.append(Grade.model_validate({"op": "grade", **cut.style.replay_grade}))
    again.operations += cut.caption("replay", stretch, 0.15, again.seconds - 0.2)
    again.reason = f"The {_peak(hit)} of the row before, once more at {slow:g}x and {zoom.scale:.2f}x closer."
    return [first, again]


def triple(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """The same blow three times, closer each time."""
    hit = cut.sight(stretch.start_s, stretch.end_s)
    each = min(max(seconds / 3, 0.35), 0.9)
    start = max(stretch.start_s, min(hit.at_s - 0.12, stretch.end_s - each))
    aim = cut.framing.aim(hit.at_s)
    rows = []
    for number, scale in enumerate((1.0, 1.3, 1.7)):
        row = cut.row(stretch, start, start + each, part, "triple")
        row.least_end = row.end
        close = round(min(scale, max(aim.closest, 1 + 0.1 * number)), 3)
        if close > 1:
            row.operations.append(Zoom(at_s=0.0, scale=close, x=aim.x, y=aim.y, in_s=0.0))
        row.operations += [*cut.shake(0.0, 0.5 + 0.3 * number), *cut.effect(cut.style.impact, 0.0, 1.0 * number)]
        row.reason = f"{number + 1} of 3: the {_peak(hit)}, {aim.words}, at {close:.2f}x."
        rows.append(row)
    return rows


def stutter(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """A very short bit of the peak again and again, then on it goes."""
    hit = cut.peak(stretch.start_s, stretch.end_s)
    bit = 0.16
    start = min(max(stretch.start_s, hit.at_s - 0.04), max(stretch.start_s, stretch.end_s - 0.4))
    times = min(4, max(2, int((seconds - 0.4) / bit)))
    rows = []
    for number in range(times):
        row = cut.row(stretch, start, start + bit, part, "stutter")
        row.least_end = row.end
        if number % 2:
            row.operations.append(cut.zoom(hit.at_s, 0.0, cut.style.punch, None, in_s=0.0))
        row.operations += cut.effect(("glitch",), 0.0) if number == 0 and cut.style.whooshes else []
        row.reason = f"{number + 1} of {times} bits of {bit:g} s from the {_peak(hit)}."
        rows.append(row)
    on = cut.row(stretch, start, min(stretch.end_s, start + max(0.4, seconds - times * bit)), part, "stutter")
    on.operations += _words(cut, part, stretch, on)
    on.reason = because(cut.footage, stretch, part.choose, f"goes on from the {_peak(hit)}")
    return [*rows, on]


def rewind(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Forwards, back at double speed, and the same again, slowly."""
    forth = cut.row(stretch, stretch.start_s, stretch.end_s, part, "rewind")
    forth.least_end = forth.end
    forth.reason = because(cut.footage, stretch, part.choose, "forwards first")
    back = cut.row(stretch, stretch.start_s, stretch.end_s, part, "rewind")
    back.operations += [Speed(factor=2.5, keep_pitch=False), Reverse(), *cut.effect(cut.style.whooshes, 0.0)]
    back.operations += cut.caption("rewind", stretch, 0.0, max(back.seconds, 0.9))[:1] if back.seconds >= 0.8 else []
    back.least_end = back.end
    back.reason = f"The {stretch.seconds:.1f} s of the row before, backwards at 2.5x."
    hit = cut.peak(stretch.start_s, stretch.end_s)
    slow = round(min(0.7, cut.between(cut.style.slow)), 2)
    half = max(0.2, (seconds - forth.seconds - back.seconds) * slow / 2)
    again = cut.row(stretch, max(stretch.start_s, hit.at_s - half), min(stretch.end_s, hit.at_s + half), part, "rewind")
    again.operations += [Speed(factor=slow, keep_pitch=False), cut.zoom(hit.at_s, 0.0, cut.style.punch, None, in_s=0.25)]
    again.operations += cut.caption("replay", stretch, 0.1, again.seconds - 0.1)
    again.reason = f"The {_peak(hit)} again at {slow:g}x, {cut.framing.aim(hit.at_s).words}."
    return [forth, back, again]


def rush(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Much in little time."""
    factor = round(min(4.0, max(1.3, stretch.seconds / max(seconds, 0.2))), 2)
    row = cut.row(stretch, stretch.start_s, stretch.end_s, part, "rush")
    row.operations += [Speed(factor=factor, keep_pitch=False), *cut.effect(cut.style.whooshes, 0.0)]
    row.operations += _words(cut, part, stretch, row)
    row.reason = because(cut.footage, stretch, part.choose, f"{stretch.seconds:.1f} s hurried through at {factor:g}x")
    return [row]


def card(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """Words on black."""
    title = cut.wishes.title if part.lines == "title" else None
    text = title or cut.lines.pick(part.lines or "card", traits(cut.footage, stretch), max(seconds, 1.6), cut.style.reading)
    if text is None or not cut.wishes.captions:
        return plain(cut, stretch, seconds, part)
    length = max(1.0, min(max(seconds, reading_s(text) + 0.5), stretch.seconds))
    row = cut.row(stretch, stretch.start_s, stretch.start_s + length, part, "card")
    dark = Grade(exposure_ev=-3, gamma=0.3, saturation=0)
    words = cut.words(text, stretch, 0.15, row.seconds - 0.3, cut.style.title_style).model_copy(update={"y": None})
    row.operations += [dark, dark, cut.mute(), words, *cut.effect(cut.style.impact, 0.1)]
    row.kept = True
    row.reason = f"A card on black for {row.seconds:.1f} s, {len(text)} characters to read: {text}"
    return [row]


def hold(cut: Cutting, stretch: Stretch, seconds: float, part: Part) -> list[Row]:
    """The end: a last look that stops, with the last words."""
    still = min(1.6, max(0.6, seconds * 0.45))
    row = cut.row(stretch, stretch.start_s, stretch.end_s, part, "hold")
    row.operations.append(Freeze(at_s=round(max(0.0, (row.end - row.first - 1) / float(row.rate)), 6), duration_s=round(still, 3)))
    aim = cut.framing.aim(stretch.end_s)
    scale = round(max(1.04, min(cut.style.push[1], aim.closest)), 3)
    row.operations.append(PanZoom(start=View(), end=View(x=aim.x, y=aim.y, scale=scale), easing="ease_in_out"))
    length = min(row.seconds - 0.2, still + 1.2)
    row.operations += cut.caption(part.lines or "end", stretch, max(0.1, row.seconds - length - 0.15), length, cut.style.title_style)
    if cut.style.fade_out_s:
        row.operations.append(Fade(out_s=round(min(cut.style.fade_out_s, row.seconds / 3), 3)))
    row.operations += cut.effect(cut.style.accents, max(0.1, row.seconds - length), -2.0)
    row.kept = True
    row.reason = because(cut.footage, stretch, part.choose, f"the end: its last picture stands for {still:.1f} s, {aim.words}")
    return [row]


def _words(cut: Cutting, part: Part, stretch: Stretch, row: Row) -> list[AnyOperation]:
    """A caption by the part's chance, with a small sound."""
    if not part.lines or cut.rng.random() >= part.caption_chance:
        return []
    said = cut.caption(part.lines, stretch, min(0.25, row.seconds / 6), row.seconds - min(0.35, row.seconds / 4))
    return [*said, *(cut.effect(cut.style.accents, 0.25, -4.0) if said else [])]


def _peak(hit: Hit) -> str:
    """ "peak of the sound at 0:21.3 (100 %)"."""
    return f"peak of {'the sound' if hit.kind == 'sound' else 'movement'} at {time_words(hit.at_s)} ({percent(hit.strength)})"


GESTURES: dict[GestureName, Gesture] = {
    "plain": Gesture(plain, slows=True),
    "push": Gesture(push, shortest_s=1.2, slows=True),
    "pull": Gesture(pull, shortest_s=1.2, slows=True),
    "glide": Gesture(glide, shortest_s=1.2, slows=True),
    "punch": Gesture(punch, shortest_s=0.7, likes=(("hit", 1.0),), needs=(("hit", 0.3),)),
    "ramp": Gesture(ramp, source_share=0.75, shortest_s=2.0, likes=(("hit", 0.5), ("action", 1.0)), needs=(("action", 0.35),)),
    "freeze": Gesture(freeze, source_share=0.45, shortest_s=2.0, likes=(("hit", 0.7), ("subject", 0.8)), needs=(("subject", 0.47),)),
    "replay": Gesture(replay, source_share=0.4, shortest_s=2.4, likes=(("action", 1.2), ("hit", 0.6)), needs=(("action", 0.45),)),
    "triple": Gesture(triple, source_share=0.4, shortest_s=1.3, likes=(("subject", 1.2), ("hit", 0.6)), needs=(("subject", 0.47),)),
    "stutter": Gesture(
        stutter, source_share=0.5, shortest_s=1.0, likes=(("hit", 1.0), ("action", 0.6)), needs=(("hit", 0.3), ("action", 0.3))
    ),
    "rewind": Gesture(rewind, source_share=0.35, shortest_s=2.2, likes=(("action", 1.2),), needs=(("action", 0.4),)),
    "rush": Gesture(rush, source_share=2.5, shortest_s=0.5, likes=(("action", 0.5),)),
    "card": Gesture(card, shortest_s=1.2),
    "hold": Gesture(hold, source_share=0.55, shortest_s=1.2),
}
