"""What a prompt says about framing, place, light and who is there: words looked up in tables, no more. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.imaging.storyboard import vocabulary as words

_NUMBER = re.compile(r"\b\d\b")
MOST_FIGURES = 7
WIDE = ("WS", "EWS")


@dataclass(frozen=True)
class Subject:
    """Someone or something in the frame; ``kind`` is a key of `vocabulary.SUBJECTS`, ``colour`` #rrggbb or empty."""

    kind: str
    colour: str = ""


@dataclass(frozen=True)
class Reading:
    """A prompt, as far as it was understood; empty texts and names where it says nothing.

    Attributes:
        shot: a key of `vocabulary.SHOT_TITLES`; ``shot_said``: the prompt names it.
        angle, move: keys of `vocabulary.ANGLES` and `vocabulary.MOVES`.
        time, weather, place, mood, light, pose: keys of the tables of those names; ``indoors``: the place has walls.
        colours: #rrggbb, in the order in which they are named.
        people: how many are to be drawn, characters or not.
        landmark: a building to be seen from afar: a key of `vocabulary.LANDMARKS`.
    """

    shot: str
    shot_said: bool
    angle: str
    move: str
    time: str
    weather: str
    place: str
    mood: str
    light: str
    pose: str
    subjects: tuple[Subject, ...]
    colours: tuple[str, ...]
    time_said: bool = False
    people: int = 0
    landmark: str = ""


def read_prompt(prompt: str, members: int = 0) -> Reading:
    """What the words of a prompt say.

    Args:
        members: how many characters are named in it; they are drawn before what the words name.
    """
    text = " ".join(prompt.casefold().replace("’", "'").split())[:4000]
    shot, time = first(text, words.SHOTS), first(text, words.TIMES)
    place, weather = first(text, words.PLACES), first(text, words.WEATHERS)
    subjects = () if members else _subjects(text, bool(place))
    said = bool(shot)
    count = members or len(subjects)
    return Reading(
        shot=shot or _usual_shot(place, count, subjects),
        shot_said=said,
        angle=first(text, words.ANGLES),
        move=first(text, words.MOVES),
        time=time or ("grey" if weather in words.GREY_WEATHERS else "day"),
        time_said=bool(time),
        people=count,
        landmark=first(text, words.LANDMARKS),
        weather=weather,
        place=place,
        mood=first(text, words.MOODS),
        light=first(text, words.LIGHTS),
        pose=first(text, words.POSES) or "stand",
        subjects=subjects,
        colours=tuple(colour for _, colour in _colours(text)),
    )


def first(text: str, table: words.Words) -> str:
    """The key whose longest phrase in the text is longest; among equals, the one said first; "" for none."""
    found = [(-len(match[0]), match.start(), key) for key in table for match in _pattern(table[key]).finditer(text)]
    return min(found)[2] if found else ""


@lru_cache(maxsize=256)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _subjects(text: str, has_place: bool) -> tuple[Subject, ...]:
    """Everybody named, in order; a number word or a plural makes several of the first."""
    found: list[tuple[int, str]] = []
    for kind, phrases in words.SUBJECTS.items():
        found += [(match.start(), kind) for match in _pattern(phrases).finditer(text)]
    kinds = list(dict.fromkeys(kind for at, kind in sorted(found) if text[at:].split(maxsplit=1)[0] not in ("he", "she", "they")))
    if not kinds:
        unread = ["thing"] if text.isascii() else ["human"]  # in another language it is more likely about somebody
        kinds = [kind for _, kind in sorted(found)][:1] or ([] if has_place or not text else unread)
    coloured = _colours(text)
    places = {kind: min(at for at, one in found if one == kind) for kind in kinds} if found else dict.fromkeys(kinds, 0)
    subjects = [Subject(kind, _nearest(coloured, places[kind])) for kind in kinds[:3]]
    many = _how_many(text)
    if subjects and many > len(subjects):
        subjects = [subjects[0]] * (many - len(subjects) + 1) + subjects[1:]
    return tuple(subjects[:MOST_FIGURES])


def _nearest(coloured: list[tuple[int, str]], at: int) -> str:
    """The colour named nearest to a word, at most a few words away."""
    near = [(abs(where - at), colour) for where, colour in coloured if abs(where - at) < 40]
    return min(near)[1] if near else ""


def _how_many(text: str) -> int:
    counts = [count for word, count in words.NUMBERS.items() if re.search(rf"(?<!\w){word}(?!\w)", text)]
    return max(counts, default=1)


def _colours(text: str) -> list[tuple[int, str]]:
    text = _pattern(("golden hour", "golden light", "silver screen")).sub(lambda light: " " * len(light[0]), text)
    found = [(match.start(), words.COLOURS[match[0]]) for match in _pattern(tuple(words.COLOURS)).finditer(text)]
    return sorted(found)[:6]


def _usual_shot(place: str, count: int, subjects: tuple[Subject, ...]) -> str:
    """What one would draw where the prompt does not say it."""
    if not count:
        return "EWS"
    if subjects and subjects[0].kind in ("car", "boat", "rocket", "dragon"):
        return "WS"
    if count == 2:
        return "2S" if not place else "WS"
    if count > 2 or place in ("forest", "mountains", "desert", "sea", "meadow", "space"):
        return "WS"
    return "MS"
