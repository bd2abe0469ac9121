"""How each fault of a plan is mended: a table from the codes of problems to changes of the plan's data."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.editing.facts import SourceFacts
from app.editing.problems import Problem
from app.editing.reading import keys_of

Keys = list[str | int]
_LISTS = ("sources", "segments", "operations", "film", "cues", "path")  # whose entries may be left out
_CLOCK = re.compile(r"^(?:(\d+):)?(?:(\d+):)?(\d+(?:\.\d+)?)\s*(?:s|x)?$")


class Mender:
    """Changes ``data`` in place. ``notes``: every change, in words."""

    def __init__(self, data: Any, sources: Mapping[str, SourceFacts]) -> None:
        self.data, self.sources = data, sources
        self.notes: list[str] = []
        self._gone: list[Keys] = []
        self._taken: dict[str, tuple[int, set[Any]]] = {}  # the last number given out, and the names there were

    def mend(self, problems: Sequence[Problem]) -> bool:
        """Mends what it can, from the end of the plan, so that places keep their numbers; whether anything was changed."""
        self._gone, self._taken = [], {}
        before = len(self.notes)
        for problem in sorted(problems, key=lambda one: _place(one), reverse=True):
            keys = keys_of(problem.path)
            if not any(keys[: len(gone)] == gone for gone in self._gone):
                MENDED.get(problem.code, Mender.leave_out)(self, keys, problem)
        self.notes[before:] = reversed(self.notes[before:])
        return len(self.notes) > before

    def at(self, keys: Sequence[str | int]) -> Any:
        """What stands at a place; None where nothing does."""
        found = self.data
        for key in keys:
            try:
                found = found[key]
            except (LookupError, TypeError):
                return None
        return found

    def set(self, keys: Keys, value: Any, problem: Problem) -> None:
        """Puts a value in a place."""
        holder = self.at(keys[:-1])
        if keys and isinstance(holder, (dict, list)):
            holder[keys[-1]] = value  # type: ignore[index]
            self.notes.append(f"{problem.message} It is now {_told(value)}.")

    def drop(self, keys: Keys, problem: Problem, said: str = "It was left out.") -> None:
        """Takes an entry of a list or a field of an object out."""
        holder = self.at(keys[:-1])
        try:
            del holder[keys[-1]]
        except (LookupError, TypeError):
            return
        self._gone.append(keys)
        self.notes.append(f"{problem.message} {said}")

    def leave_out(self, keys: Keys, problem: Problem) -> None:
        """Takes out the smallest whole that the fault lies in: an operation, a cue, a segment, or else the field."""
        whole = _whole(keys)
        if whole is not None and whole[:-1] != ["sources"]:
            self.drop(whole, problem)
        elif keys:
            self.drop(keys, problem)

    def fit(self, keys: Keys, problem: Problem) -> None:
        """The nearest value that is right; without one, or where it would mean something else, the smallest whole goes."""
        value = self.at(keys)
        turned = isinstance(value, (int, float)) and value <= 0 and isinstance(problem.fits, (int, float)) and problem.fits > 0
        if problem.fits is None or (turned and _whole(keys) is not None):
            self.leave_field_out(keys, problem)
        else:
            self.set(keys, problem.fits, problem)

    def fit_or_leave_out(self, keys: Keys, problem: Problem) -> None:
        """The nearest value that is right, else nothing of it."""
        if problem.fits is None:
            self.leave_out(keys, problem)
        else:
            self.set(keys, problem.fits, problem)

    def leave_field_out(self, keys: Keys, problem: Problem) -> None:
        """Takes the field out, so that its default holds; an entry of a list goes as a whole."""
        if keys and isinstance(keys[-1], int):
            self.leave_out(keys, problem)
        elif keys:
            self.drop(keys, problem)

    def mend_type(self, keys: Keys, problem: Problem) -> None:
        """A number written as text is a number; anything else is left out."""
        value = self.at(keys)
        seconds = seconds_in(value) if isinstance(value, str) else None
        if seconds is not None:
            self.set(keys, seconds, problem)
        else:
            self.leave_field_out(keys, problem)

    def add_missing(self, keys: Keys, problem: Problem) -> None:
        """What can be known is filled in; an operation without what it needs is left out."""
        if keys == ["sources"]:
            self.set(keys, [{"id": name, "media": facts.artifact_id} for name, facts in self.sources.items()], problem)
        elif len(keys) == 3 and keys[0] == "segments":
            self._complete_segment(keys, problem)
        elif len(keys) == 3 and keys[0] == "sources":
            facts = self.sources.get(str((self.at(keys[:2]) or {}).get("id")))
            if facts is not None and keys[2] == "media":
                self.set(keys, facts.artifact_id, problem)
            else:
                self.drop(keys[:2], problem)
        else:
            self.leave_out(keys, problem)

    def _complete_segment(self, keys: Keys, problem: Problem) -> None:
        if keys[2] == "id":
            self.set(keys, self._free_name("segments", "s"), problem)
        elif keys[2] == "source" and self._only_picture() is not None:
            self.set(keys, self._only_picture(), problem)
        elif keys[2] == "start_s":
            self.set(keys, 0.0, problem)
        elif keys[2] == "end_s" and (facts := self.sources.get(str(self.at([*keys[:2], "source"])))) and facts.kind == "video":
            self.set(keys, facts.duration_s, problem)
        else:
            self.leave_out(keys, problem)

    def mend_name(self, keys: Keys, problem: Problem) -> None:
        """A name keeps the letters that it may have; a colour that is none is left out."""
        value = self.at(keys)
        wanted = keys[-1] in ("id", "source", "background", "reference")
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", str(value)).strip("-_")[:40] if wanted and isinstance(value, str) else ""
        if plain:
            self.set(keys, plain, problem)
        else:
            self.leave_field_out(keys, problem)

    def rename(self, keys: Keys, problem: Problem) -> None:
        """The second segment of a name gets another; a second source of a name is left out."""
        if keys[0] == "segments":
            self.set(keys, self._free_name("segments", "s"), problem)
        else:
            self.drop(keys[:2], problem)

    def mend_source(self, keys: Keys, problem: Problem) -> None:
        """A segment of an unknown source is of the only one there is; anything else of an unknown source is left out."""
        only = self._only_picture()
        if len(keys) == 3 and only is not None and self.at(keys) != only:
            self._declare(only)
            self.set(keys, only, problem)
        elif keys[-1] == "background":
            self.drop(keys, problem)
        else:
            self.leave_out(keys, problem)

    def drop_source(self, keys: Keys, problem: Problem) -> None:
        """A source whose file is not there."""
        if len(self.at(["sources"]) or ()) > 1:
            self.drop(keys[:2], problem)
        elif self.sources:
            self.set(["sources"], [{"id": name, "media": facts.artifact_id} for name, facts in self.sources.items()], problem)

    def move_operation(self, keys: Keys, problem: Problem) -> None:
        """What belongs to the film goes there; what belongs to a segment has none to go to."""
        operation = self.at(keys)
        film = self.at(["film"]) or []
        if keys[0] == "segments" and isinstance(film, list) and not any(one.get("op") == operation["op"] for one in film):
            self.drop(keys, problem, "It was moved to the film.")
            self.data["film"] = [*film, operation]
        else:
            self.drop(keys, problem)

    def turn_cut(self, keys: Keys, problem: Problem) -> None:
        """Begin and end change places."""
        segment = self.at(keys[:2])
        segment["start_s"], segment["end_s"] = segment["end_s"], segment["start_s"]
        self.notes.append(f"{problem.message} The two changed places.")

    def sort_path(self, keys: Keys, problem: Problem) -> None:
        """Points in order of time, one for each moment."""
        at = keys[: keys.index("path") + 1]
        points = {point["at_s"]: point for point in self.at(at)}
        self.set(at, [points[moment] for moment in sorted(points)], problem)

    def cut_columns(self, keys: Keys, problem: Problem) -> None:
        """All columns get the length of the shortest."""
        move = self.at(keys)
        columns = [name for name in ("x_percent", "y_percent", "scale_percent", "rotation_deg") if name in move]
        shortest = min(len(move[name]) for name in columns)
        for name in columns:
            move[name] = list(move[name])[:shortest]
        self.notes.append(f"{problem.message} All were cut to {shortest}.")

    def shorten_film(self, keys: Keys, problem: Problem) -> None:
        """The last of several rows that are shown goes, again and again."""
        rows = self.data["segments"]
        shown = [number for number, row in enumerate(rows) if row.get("approved", True)]
        if len(shown) > 1:
            self.drop(["segments", shown[-1]], problem)

    def give_up(self, keys: Keys, problem: Problem) -> None:
        """There is nothing to begin from."""

    def _only_picture(self) -> str | None:
        seen = [name for name, facts in self.sources.items() if facts.has_picture]
        return seen[0] if len(seen) == 1 else None

    def _declare(self, name: str) -> None:
        declared = self.at(["sources"])
        if isinstance(declared, list) and not any(isinstance(one, dict) and one.get("id") == name for one in declared):
            declared.append({"id": name, "media": self.sources[name].artifact_id})

    def _free_name(self, part: str, letter: str) -> str:
        if part not in self._taken:
            rows = self.at([part]) or []
            self._taken[part] = (len(rows), {row.get("id") for row in rows if isinstance(row, dict)})
        number, taken = self._taken[part]
        number += 1
        while f"{letter}{number}" in taken:
            number += 1
        self._taken[part] = (number, taken)
        return f"{letter}{number}"


MENDED: dict[str, Callable[[Mender, Keys, Problem], None]] = {
    "not_json": Mender.give_up,
    "too_large": Mender.give_up,
    "too_deep": Mender.give_up,
    "nothing_to_render": Mender.give_up,
    "missing": Mender.add_missing,
    "unknown_field": Mender.leave_field_out,
    "unknown_operation": Mender.leave_out,
    "unknown_choice": lambda mender, keys, problem: (
        mender.set(keys, 1, problem) if keys == ["version"] else mender.leave_field_out(keys, problem)
    ),
    "not_a_number": Mender.leave_field_out,
    "bad_text": Mender.leave_field_out,
    "unknown_style": Mender.leave_field_out,
    "unknown_font": Mender.leave_field_out,
    "wrong_type": Mender.mend_type,
    "bad_form": Mender.mend_name,
    "wrong_length": Mender.fit,
    "out_of_range": Mender.fit,
    "duplicate_id": Mender.rename,
    "unknown_source": Mender.mend_source,
    "missing_source": Mender.drop_source,
    "no_picture": Mender.mend_source,
    "wrong_scope": Mender.move_operation,
    "cut_reversed": Mender.turn_cut,
    "cut_outside": Mender.fit_or_leave_out,
    "transition_too_long": Mender.fit_or_leave_out,
    "no_sound": lambda mender, keys, problem: (mender.leave_field_out if keys[-1] == "sound" else mender.leave_out)(keys, problem),
    "path_not_in_order": Mender.sort_path,
    "not_in_order": Mender.sort_path,
    "uneven_columns": Mender.cut_columns,
    "cues_and_file": Mender.leave_field_out,
    "begins_after_source": Mender.fit,
    "freeze_outside": Mender.fit,
    "crop_outside": Mender.fit_or_leave_out,
    "no_such_track": Mender.fit,
    "no_alpha_in_format": Mender.fit,
    "rate_not_in_format": Mender.fit,
    "too_many_pixels": Mender.fit,
    "film_too_long": Mender.shorten_film,
}  # everything else: the operation, cue or segment is left out


def seconds_in(text: str) -> float | None:
    """The number in "12.5", "12.5 s", "2x" or "1:02:03.5"."""
    found = _CLOCK.match(text.strip())
    if found is None:
        return None
    parts = [float(part) for part in found.groups() if part is not None]
    return float(sum(part * 60**power for power, part in enumerate(reversed(parts))))


def _whole(keys: Keys) -> Keys | None:
    """The innermost entry of a list that a place lies in."""
    for number in range(len(keys) - 1, 0, -1):
        if isinstance(keys[number], int) and keys[number - 1] in _LISTS:
            return keys[: number + 1]
    return None


def _place(problem: Problem) -> list[tuple[int, str]]:
    return [(key, "") if isinstance(key, int) else (-1, key) for key in keys_of(problem.path)]


def _told(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
