"""What a language model decides: a small closed form, checked against the clip, and made into rows of the film."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.editing.operations.colour import Grade
from app.editing.operations.joins import Transition
from app.editing.operations.moves import PanZoom, View
from app.editing.operations.sounds import EffectName, SoundEffect
from app.editing.operations.time import Freeze, Reverse, Speed
from app.editing.planner.cutting import Cutting
from app.editing.planner.footage import Footage, ShotView
from app.editing.planner.reasons import percent, time_words
from app.editing.planner.rows import Row
from app.editing.planner.scoring import Stretch, parts_of
from app.editing.planner.styles import Part
from app.editing.problems import BadPlan, Problem

MOST_CUTS, LONGEST_CAPTION, LONGEST_WHY = 80, 80, 240
Effect = Literal["none", "push_in", "pull_out", "punch", "shake", "freeze", "reverse", "replay"]
Joint = Literal["none", "dissolve", "dip_black", "dip_white"]
SoundName = Literal["none"] | EffectName
FREEZE_S, REPLAY_SPEED, TRANSITION_S = 1.4, 0.4, 0.5
SHORTEST_S = 0.12
NEAR = 0.3  # by how much of what was asked the length may differ before the model hears of it
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
_ANY_PART = Part(name="model", share=1.0, length_s=(0.2, 600.0), gestures={"plain": 1.0})


class Closed(BaseModel):
    """A frozen model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Decision(Closed):
    """One cut of the film."""

    shot: int
    from_s: float = Field(allow_inf_nan=False)
    to_s: float = Field(allow_inf_nan=False)
    speed: float = Field(default=1.0, allow_inf_nan=False)
    effect: Effect = "none"
    at_s: float | None = Field(default=None, allow_inf_nan=False)
    caption: str = ""
    sound: SoundName = "none"
    transition: Joint = "none"
    why: str = ""


class Decisions(Closed):
    """The whole answer."""

    title: str = ""
    style: str = ""
    cuts: tuple[Decision, ...]


def schema(shots: int, styles: Sequence[str]) -> dict[str, Any]:
    """The JSON schema that the answer is held to: flat, closed, everything required, no references."""
    text = {"type": "string"}
    cut = {
        "shot": {"type": "integer", "minimum": 1, "maximum": max(1, shots)},
        "from_s": {"type": "number"},
        "to_s": {"type": "number"},
        "speed": {"type": "number", "enum": [0.25, 0.5, 1, 2, 4]},
        "effect": {**text, "enum": list(get_args(Effect))},
        "at_s": {"type": "number"},
        "caption": {**text, "maxLength": LONGEST_CAPTION},
        "sound": {**text, "enum": ["none", *get_args(EffectName)]},
        "transition": {**text, "enum": list(get_args(Joint))},
        "why": {**text, "maxLength": LONGEST_WHY},
    }
    item = {"type": "object", "properties": cut, "required": list(cut), "additionalProperties": False}
    whole = {
        "title": {**text, "maxLength": 80},
        "style": {**text, "enum": list(styles)},
        "cuts": {"type": "array", "items": item, "minItems": 1, "maxItems": MOST_CUTS},
    }
    return {"type": "object", "properties": whole, "required": list(whole), "additionalProperties": False}


def read_decisions(text: str) -> Decisions:
    """The answer as a form; of an answer with other words around it, the outermost object counts.

    Raises:
        BadPlan: there is no object in it, or it is of another form; every fault with its place.
    """
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end <= begin:
        said = f"The answer holds no JSON object: {' '.join(text.split())[:80]!r}." if text.strip() else "The answer is empty."
        raise BadPlan([Problem("not_json", "$", said, "Answer with one JSON object and nothing else.")])
    try:
        data = json.loads(text[begin : end + 1])
    except (ValueError, RecursionError) as error:
        raise BadPlan([Problem("not_json", "$", f"The answer is no valid JSON: {error}.", "Finish every list and object.")]) from None
    try:
        return Decisions.model_validate(data)
    except ValidationError as error:
        raise BadPlan([_told(one) for one in error.errors(include_url=False)[:20]]) from None


def _told(error: Any) -> Problem:
    path = "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    return Problem(str(error["type"]), path, f"{error['msg']} (given {str(error['input'])[:60]!r}).", "Keep to the form.")


def problems_of(decisions: Decisions, footage: Footage, seconds: float | None) -> list[Problem]:
    """What is wrong with decisions of the right form: shots that are not there, times outside them, a wrong length."""
    found: list[Problem] = []
    for index, cut in enumerate(decisions.cuts):
        found += _cut_problems(cut, f"$.cuts[{index}]", footage)
    if not decisions.cuts:
        found.append(Problem("nothing_to_render", "$.cuts", "There is no cut.", "Choose at least one."))
    length = film_seconds(decisions.cuts)
    if seconds is not None and not found and abs(length - seconds) > max(NEAR * seconds, 1.0):
        said = f"The film lasts {length:.1f} s; {seconds:g} s were asked for."
        found.append(Problem("wrong_length", "$.cuts", said, "Drop or shorten cuts." if length > seconds else "Add or lengthen cuts."))
    return found


def _cut_problems(cut: Decision, path: str, footage: Footage) -> list[Problem]:
    if not 1 <= cut.shot <= len(footage.shots):
        return [Problem("no_such_shot", f"{path}.shot", f"There is no shot {cut.shot}.", f"Shots: 1 to {len(footage.shots)}.")]
    shot = footage.shots[cut.shot - 1]
    span = f"shot {cut.shot} lasts from {shot.first_s:.2f} to {shot.last_s:.2f}"
    found = []
    if cut.to_s - cut.from_s < SHORTEST_S:
        said = f"It runs from {cut.from_s:g} to {cut.to_s:g}, which is less than {SHORTEST_S:g} s."
        found.append(Problem("reversed_cut", f"{path}.to_s", said, "Give a to_s after from_s."))
    for name, value in (("from_s", cut.from_s), ("to_s", cut.to_s)):
        if not shot.first_s - 0.05 <= value <= shot.last_s + 0.05:
            found.append(Problem("out_of_range", f"{path}.{name}", f"{value:g} lies outside: {span}.", "Stay within the shot."))
    if cut.speed not in SPEEDS:
        found.append(Problem("wrong_speed", f"{path}.speed", f"{cut.speed:g} is no speed.", "0.25, 0.5, 1, 2 or 4."))
    return found


def film_seconds(cuts: Sequence[Decision]) -> float:
    """Length of the film that the cuts make."""
    return sum(_seconds(cut) for cut in cuts)


def _seconds(cut: Decision) -> float:
    length = max(0.0, cut.to_s - cut.from_s) / (cut.speed if cut.speed > 0 else 1.0)
    more = FREEZE_S if cut.effect == "freeze" else min(1.0, length) / REPLAY_SPEED if cut.effect == "replay" else 0.0
    return length + more - (TRANSITION_S if cut.transition != "none" else 0.0)


def mended(decisions: Decisions, footage: Footage) -> tuple[Decisions, list[str]]:
    """The decisions with every time within its shot; cuts that cannot be saved are left out. Says what was done."""
    kept, notes = [], []
    for number, cut in enumerate(decisions.cuts, 1):
        shot = _shot_for(cut, footage)
        if shot is None:
            notes.append(f"Cut {number} was left out: it lies outside the clip.")
            continue
        start, end = sorted((min(max(cut.from_s, shot.first_s), shot.last_s), min(max(cut.to_s, shot.first_s), shot.last_s)))
        if end - start < SHORTEST_S:
            notes.append(f"Cut {number} was left out: {cut.from_s:g} to {cut.to_s:g} s is nothing of shot {shot.index + 1}.")
            continue
        speed = min(SPEEDS, key=lambda one: abs(one - cut.speed))
        new = cut.model_copy(update={"shot": shot.index + 1, "from_s": start, "to_s": end, "speed": speed})
        if new != cut:
            notes.append(f"Cut {number} was brought to {start:.2f} to {end:.2f} s of shot {shot.index + 1} at {speed:g}x.")
        kept.append(new)
    return decisions.model_copy(update={"cuts": tuple(kept)}), notes


def _shot_for(cut: Decision, footage: Footage) -> ShotView | None:
    """The shot a cut means: the one it names if its times touch it, else the one its times lie in."""
    if 1 <= cut.shot <= len(footage.shots):
        named = footage.shots[cut.shot - 1]
        if max(cut.from_s, cut.to_s) > named.first_s and min(cut.from_s, cut.to_s) < named.last_s:
            return named
    middle = (cut.from_s + cut.to_s) / 2
    return footage.shot_at(middle) if 0 <= middle < footage.duration_s else None


def rows_of(cut: Cutting, decisions: Decisions) -> list[Row]:
    """The film's rows; decisions must be without problems."""
    rows: list[Row] = []
    for one in decisions.cuts:
        shot = cut.footage.shots[one.shot - 1]
        parts = parts_of(cut.footage, shot, one.from_s, one.to_s)
        stretch = Stretch(shot.index, one.from_s, one.to_s, 0.5, parts)
        row = cut.row(stretch, one.from_s, one.to_s, _ANY_PART, one.effect)
        _timed(row, one)
        _shown(cut, row, one)
        _said(cut, row, one, stretch)
        row.reason = _reason(cut.footage, one, stretch)
        if rows and one.transition != "none":
            room = min(rows[-1].seconds, row.seconds) * 0.4
            if room >= 0.15:
                row.operations.insert(0, Transition(kind=one.transition, duration_s=round(min(TRANSITION_S, room), 3)))
        rows.append(row)
        if one.effect == "replay":
            rows.append(_replay(cut, one, stretch))
    return rows


def _moment(one: Decision) -> float:
    at = one.at_s if one.at_s is not None else (one.from_s + one.to_s) / 2
    return min(max(at, one.from_s), one.to_s - 0.04)


def _timed(row: Row, one: Decision) -> None:
    if one.speed != 1:
        row.operations.append(Speed(factor=one.speed, smooth="blend" if one.speed < 0.6 else "none"))
    if one.effect == "freeze":
        last = (row.end - row.first - 1) / float(row.rate)
        held = min(max(_moment(one) - float(row.first / row.rate), 0.0), last)
        row.operations.append(Freeze(at_s=round(held, 6), duration_s=FREEZE_S))
    elif one.effect == "reverse":
        row.operations.append(Reverse())


def _shown(cut: Cutting, row: Row, one: Decision) -> None:
    at_s = _moment(one)
    on_film = row.seconds_at(at_s) if one.effect != "reverse" else row.seconds / 2
    aim = cut.framing.aim(at_s)
    near = View(x=aim.x, y=aim.y, scale=round(max(1.05, min(cut.style.push[1], aim.closest)), 3))
    if one.effect in ("push_in", "pull_out"):
        start, end = (View(), near) if one.effect == "push_in" else (near, View())
        row.operations.append(PanZoom(start=start, end=end, easing="ease_in_out"))
    elif one.effect == "punch":
        row.operations.append(cut.zoom(at_s, on_film, cut.style.punch, max(0.3, min(0.9, row.seconds - on_film)), out_s=0.2))
    elif one.effect == "freeze":
        row.operations.append(cut.zoom(at_s, on_film, cut.style.punch, FREEZE_S, in_s=0.5))
    elif one.effect == "shake":
        row.operations += cut.shake(on_film) or []


def _said(cut: Cutting, row: Row, one: Decision, stretch: Stretch) -> None:
    begins = 0.0 if one.effect in ("none", "push_in", "pull_out", "reverse") else row.seconds_at(_moment(one))
    begins = min(begins, max(0.0, row.seconds - 0.3))
    if one.sound != "none" and cut.wishes.effects:
        row.operations.append(SoundEffect(name=one.sound, at_s=round(begins, 3), gain_db=round(cut.effect_db, 1)))
    text = " ".join(one.caption.split())[:LONGEST_CAPTION]
    if text and cut.wishes.captions and row.seconds >= 0.5:
        style = cut.style.freeze_style if one.effect == "freeze" else None
        starts = begins + 0.1 if one.effect == "freeze" else min(0.15, row.seconds / 8)
        row.operations.append(cut.words(text, stretch, starts, row.seconds - starts - 0.1, style))


def _replay(cut: Cutting, one: Decision, stretch: Stretch) -> Row:
    at = _moment(one)
    half = min(0.5, (one.to_s - one.from_s) / 2)
    row = cut.row(stretch, max(one.from_s, at - half), min(one.to_s, at + half), _ANY_PART, "replay")
    row.operations += [Speed(factor=REPLAY_SPEED, smooth="blend"), cut.zoom(at, 0.0, cut.style.punch, None, in_s=0.0)]
    if cut.style.replay_grade:
        row.operations.append(Grade.model_validate({"op": "grade", **cut.style.replay_grade}))
    row.reason = f"The moment at {time_words(at)} of the row before once more, at {REPLAY_SPEED:g}x and closer."
    return row


def _reason(footage: Footage, one: Decision, stretch: Stretch) -> str:
    """The model's words, and figures that a person can hold against them."""
    heard = f", sound up to {footage.lufs.highest(one.from_s, one.to_s)[1]:.1f} LUFS" if footage.has_sound else ""
    figures = f"Shot {one.shot}, {time_words(one.from_s)} to {time_words(one.to_s)}: movement {percent(stretch.parts['action'])}{heard}."
    why = " ".join(one.why.split())[:LONGEST_WHY]
    return f"{why.rstrip('.')}. {figures}" if why else figures
