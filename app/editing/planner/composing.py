"""Composing: part by part, stretches are chosen and gestures made of them, until the film is about as long as it should be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.editing.operations.joins import Transition
from app.editing.planner.cutting import Cutting
from app.editing.planner.gestures import GESTURES
from app.editing.planner.rows import Row, film_frames
from app.editing.planner.scoring import Stretch, choose
from app.editing.planner.styles import GestureName, Part

MOST_ROWS = 600
SHORT_S = 2.2  # a film shorter than this is one moment
# What is made of a stretch that lacks what a gesture needs.
_INSTEAD: dict[GestureName, tuple[GestureName, ...]] = {
    **dict.fromkeys(GESTURES, ("plain",)),
    "ramp": ("punch", "push", "plain"),
    "replay": ("punch", "push", "plain"),
    "freeze": ("push", "plain"),
    "triple": ("punch", "push", "plain"),
    "rewind": ("punch", "plain"),
    "stutter": ("punch", "plain"),
}


@dataclass
class Group:
    """Rows that belong together: one gesture."""

    rows: list[Row]
    stretch: Stretch


def compose(cut: Cutting, seconds: float) -> list[Row]:
    """The film's rows in order, roughly ``seconds`` long."""
    if seconds < SHORT_S:
        return _short(cut, seconds)
    parts = _parts_for(cut, seconds)
    shares = sum(part.share for part in parts)
    made: dict[int, list[Group]] = {}
    count, behind = 0, 0.0
    for index in sorted(range(len(parts)), key=lambda one: (-parts[one].claims, one)):
        wanted = seconds * parts[index].share / shares
        made[index] = _part(cut, parts[index], wanted + behind, count)
        behind += wanted - sum(row.seconds for group in made[index] for row in group.rows)
        count += len(made[index])
    rows: list[Row] = []
    for index, part in enumerate(parts):
        rows += _joined(cut, part, _ordered(part, made[index]), rows)
    return rows


def _short(cut: Cutting, seconds: float) -> list[Row]:
    """One moment, where there is no time for more: the best one."""
    part = max(cut.style.parts, key=lambda one: (one.share, one.name))
    name: GestureName = "punch" if seconds >= GESTURES["punch"].shortest_s and "punch" in part.gestures else "plain"
    group = _make(cut, part, name, seconds)
    return group.rows if group is not None else []


def _parts_for(cut: Cutting, seconds: float) -> list[Part]:
    """The style's parts; in a film too short for all of them the last and the strongest stay."""
    parts = list(cut.style.parts)
    while len(parts) > 1 and seconds < sum(part.length_s[0] for part in parts) / cut.wishes.pace:
        weakest = min(range(len(parts)), key=lambda index: (index == len(parts) - 1, parts[index].share))
        del parts[weakest]
    return parts


def _part(cut: Cutting, part: Part, wanted: float, before: int) -> list[Group]:
    groups: list[Group] = []
    filled, last = 0.0, None
    shortest = part.length_s[0] / cut.wishes.pace
    while filled < wanted - shortest / 2 and len(groups) < part.at_most and before + len(groups) < MOST_ROWS:
        name = _gesture(cut, part, wanted - filled, last)
        length = _length(cut, part, filled, wanted, len(groups) + 1 >= part.at_most)
        group = _make(cut, part, name, max(length, GESTURES[name].shortest_s * cut.rng.uniform(1.0, 1.25)))
        if group is None:
            break
        groups.append(group)
        filled += sum(row.seconds for row in group.rows)
        last = name
    return groups


def _length(cut: Cutting, part: Part, filled: float, wanted: float, final: bool) -> float:
    low, high = (edge / cut.wishes.pace for edge in part.length_s)
    if final:
        return min(max(wanted - filled, low), high * 1.3)
    length = cut.rng.uniform(low, high) * (1 - (1 - part.quickens) * min(1.0, filled / max(wanted, 1e-6)))
    left = wanted - filled
    return left if left < 1.6 * low else min(length, max(left - low * 0.6, low))


def _gesture(cut: Cutting, part: Part, left: float, last: GestureName | None) -> GestureName:
    """One of the part's gestures by weight and chance; not the same twice, none that there is no time for."""
    able = {name: weight for name, weight in part.gestures.items() if GESTURES[name].shortest_s <= left * 1.15}
    able = able or {min(part.gestures, key=lambda name: GESTURES[name].shortest_s): 1.0}
    fresh = {name: weight for name, weight in able.items() if name != last} or able
    names = sorted(fresh)
    return cut.rng.choices(names, [fresh[name] for name in names])[0]


def _make(cut: Cutting, part: Part, name: GestureName, length: float) -> Group | None:
    for gesture in (GESTURES[name], *(GESTURES[other] for other in _INSTEAD[name])):
        weights = dict(part.choose)
        for component, weight in gesture.likes:
            weights[component] = weights.get(component, 0.0) + weight
        share = gesture.source_share * (cut.between(part.speed) if gesture.slows else 1.0)
        stretch = choose(cut.footage, max(0.15, length * share), weights, cut.used, cut.rng, repeats=part.repeats)
        if stretch is None:
            return None
        stretch = cut.settle(stretch)
        if gesture.suits(stretch.parts) and stretch.seconds >= (0.5 if gesture.needs else 0.0):
            return Group(gesture.make(cut, stretch, length, part), stretch)
    return None


def _ordered(part: Part, groups: Sequence[Group]) -> list[Group]:
    if part.order == "time":
        return sorted(groups, key=lambda group: (group.stretch.start_s, group.stretch.end_s))
    if part.order == "rising":
        return sorted(groups, key=lambda group: (_force(group.stretch), group.stretch.start_s))
    return list(groups)


def _force(stretch: Stretch) -> float:
    return max(stretch.parts.get("action", 0.0), stretch.parts.get("hit", 0.0))


def _joined(cut: Cutting, part: Part, groups: Sequence[Group], before: Sequence[Row]) -> list[Row]:
    """The rows of the groups with transitions between them where the part has any."""
    rows: list[Row] = []
    for group in groups:
        previous = (list(before) + rows)[-1:]
        if previous and part.transitions and cut.rng.random() < part.transition_chance:
            _join(cut, part, previous[0], group.rows[0])
        elif previous:
            _closer(cut, previous[0], group.rows[0])
        rows += group.rows
    return rows


def _closer(cut: Cutting, before: Row, after: Row) -> None:
    """Two pieces of one shot in a row look like a fault unless the second is framed closer, so it is."""
    if before.shot != after.shot or after.gesture != "plain" or not before.first < after.first < before.end + 6 * after.rate:
        return
    zoom = cut.zoom(float(after.first / after.rate), 0.0, (1.2, 1.35), None, in_s=0.0)
    after.operations.append(zoom)
    after.reason = f"{after.reason[:-1]}, {zoom.scale:.2f}x closer than the row before of the same shot."


def _join(cut: Cutting, part: Part, before: Row, after: Row) -> None:
    """Lays the beginning of a row over the end of the one before, as far as both have room."""
    names = sorted(part.transitions)
    kind = cut.rng.choices(names, [part.transitions[name] for name in names])[0]
    room = min(before.seconds - float(before.overlap / before.rate), after.seconds) * 0.4
    length = min(0.9 if kind == "dissolve" else 0.7, room)
    if length < 0.2:
        return
    frames = max(2, round(length * after.rate))
    after.operations.insert(0, Transition(kind=kind, duration_s=round(float(frames / after.rate), 6)))


def fill(cut: Cutting, rows: list[Row], frames: int) -> None:
    """Adds pieces to the part that claims least until the film has at least ``frames``."""
    names = {row.part for row in rows}
    part = min((one for one in cut.style.parts if one.name in names), key=lambda one: (one.claims, -one.share), default=cut.style.parts[0])
    insert_at = max((index + 1 for index, row in enumerate(rows) if row.part == part.name and not row.kept), default=0)
    for _ in range(MOST_ROWS):
        missing = frames - film_frames(rows)
        length = float(missing / cut.rate)
        if length < 0.3 or len(rows) >= MOST_ROWS:
            return
        name: GestureName = "push" if "push" in part.gestures and length >= GESTURES["push"].shortest_s else "plain"
        group = _make(cut, part, name, min(max(length, part.length_s[0] / 2), part.length_s[1]))
        if group is None:
            return
        rows[insert_at:insert_at] = group.rows
        insert_at += len(group.rows)
