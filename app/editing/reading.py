"""From any data to an edit plan: every fault named with its place and a remedy, whoever wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from app.editing.operations import OPERATIONS
from app.editing.plan import EditPlan
from app.editing.problems import BadPlan, Problem

MOST_BYTES = 32 << 20
_WHOLE = "$"
_SHOWN = 60  # characters of a value in a sentence
_CODES = {
    "missing": "missing",
    "union_tag_not_found": "missing",
    "extra_forbidden": "unknown_field",
    "union_tag_invalid": "unknown_operation",
    "literal_error": "unknown_choice",
    "finite_number": "not_a_number",
    "string_pattern_mismatch": "bad_form",
    "too_long": "wrong_length",
    "too_short": "wrong_length",
    "string_too_long": "wrong_length",
    "string_too_short": "wrong_length",
}
_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_HINTS = {
    ("speed", "factor"): "To hold a picture use freeze; to jump on, cut.",
    ("ramp", "from_factor"): "To hold a picture use freeze; to jump on, cut.",
    ("ramp", "to_factor"): "To hold a picture use freeze; to jump on, cut.",
}


def read_plan(data: Any) -> EditPlan:
    """An edit plan from JSON text, from what JSON was read into, or from a plan.

    Raises:
        BadPlan: it is none; all faults at once, each with a code, its JSON path, a sentence and a remedy.
    """
    if isinstance(data, EditPlan):
        return data
    if isinstance(data, (str, bytes, bytearray)):
        data = _parsed(data)
    if not isinstance(data, Mapping):
        said = f"A plan is an object with sources and segments, not {_kind(data)}."
        raise BadPlan([Problem("wrong_type", _WHOLE, said, 'Begin with {"version": 1, "sources": [...], "segments": [...]}.')])
    try:
        return EditPlan.model_validate(data)
    except ValidationError as error:
        raise BadPlan(problems_in(error.errors(include_url=False), data)) from None
    except RecursionError:
        raise BadPlan([Problem("too_deep", _WHOLE, "The plan is nested too deeply.", "Write it as the schema says.")]) from None


def problems_in(errors: Sequence[Mapping[str, Any]], data: Any) -> list[Problem]:
    """What pydantic found, as problems in the data that it was given: one per place, in the order of the plan."""
    found: dict[tuple[str, str], Problem] = {}
    for error in errors:
        if error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
            continue  # pydantic counts only the entries that are right; the others have been named
        problem = _problem(error, data)
        found.setdefault((problem.path, problem.code), problem)
    return list(found.values())


def path_of(keys: Sequence[str | int]) -> str:
    """A JSON path (RFC 9535) of keys and indices: ``$.segments[2].operations[0]``, names in brackets where they must be."""
    parts = [f"[{key}]" if isinstance(key, int) else f".{key}" if key.isidentifier() else f"[{json.dumps(key)}]" for key in keys]
    return "$" + "".join(parts)


def keys_of(path: str) -> list[str | int]:
    """The keys and indices of a path that `path_of` wrote."""
    parts = re.findall(r'\.([^.\[]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]', path)
    return [int(index) if index else json.loads(quoted) if quoted else name for name, index, quoted in parts]


def _parsed(text: str | bytes | bytearray) -> Any:
    if len(text) > MOST_BYTES:
        raise BadPlan([Problem("too_large", _WHOLE, f"The plan is {len(text):,} characters long.", f"Keep it below {MOST_BYTES:,}.")])
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        said = f"The plan is not JSON{where}."
        raise BadPlan([Problem("not_json", _WHOLE, said, "Write it as one JSON object.")]) from None


def _problem(error: Mapping[str, Any], data: Any) -> Problem:
    kind, context = str(error["type"]), error.get("ctx", {})
    keys, operation = _place(error["loc"], data, missing=kind == "missing")
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        keys = [*keys, "op"]
    name = _name(keys)
    value = error.get("input")
    code, said, remedy = _told(kind, name, value, context)
    hint = _HINTS.get((operation, name))
    return Problem(code, path_of(keys), said, hint if hint and code == "out_of_range" else remedy, _fitting(value, context))


def _place(location: Sequence[str | int], data: Any, *, missing: bool) -> tuple[list[str | int], str]:
    """The keys that exist in the data (pydantic adds names of its own, such as an operation's), and the operation they lie in."""
    keys: list[str | int] = []
    operation, named = "", True
    for number, key in enumerate(location):
        last = number == len(location) - 1
        if not named and key == operation:
            named = True  # pydantic's own mention of the operation; text has a field of that name as well
            continue
        listed = isinstance(data, (list, tuple)) and isinstance(key, int) and key < len(data)
        if listed or (isinstance(data, Mapping) and key in data):
            data = data[key]
        elif not (missing and last):
            continue
        keys.append(key)
        if isinstance(data, Mapping) and isinstance(data.get("op"), str):
            operation, named = data["op"], False
    return keys, operation


def _fitting(value: Any, context: Mapping[str, Any]) -> Any:
    """The nearest value that is allowed, where a limit was passed by."""
    if "max_length" in context and isinstance(value, (str, list, tuple)):
        return value[: context["max_length"]]
    return context.get("ge", context.get("le"))


def _name(keys: Sequence[str | int]) -> str:
    """What a place is called in a sentence: ``factor``, ``operations[2]``."""
    if not keys:
        return "The plan"
    return f"{_name(keys[:-1])}[{keys[-1]}]" if isinstance(keys[-1], int) else keys[-1]


def _told(kind: str, name: str, value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Code, sentence and remedy."""
    code = _CODES.get(kind)
    if code == "missing":
        wanted = "op" if kind == "union_tag_not_found" else name
        return code, f"{wanted} is missing.", f"Add {wanted}." if wanted != "op" else f"Say which operation: {', '.join(OPERATIONS)}."
    if code == "unknown_field":
        return code, f"There is no field {_shown(name)} here.", "Take it out, or correct its name."
    if code == "unknown_operation":
        tag = value.get("op") if isinstance(value, Mapping) else value
        return code, f"There is no operation {_shown(tag)}.", f"Operations: {', '.join(OPERATIONS)}."
    if code == "unknown_choice":
        return code, f"{name} is {_shown(value)}.", f"Give {context.get('expected', 'one of its choices')}."
    if code == "not_a_number":
        return code, f"{name} is {_shown(value)}, which is no finite number.", "Give an ordinary number."
    if code == "bad_form":
        return code, f"{name} is {_shown(value)}, which is not of its form.", _form(str(context.get("pattern", "")))
    if code == "wrong_length":
        return _length(kind, name, context)
    return _misfit(kind, name, value, context)


def _misfit(kind: str, name: str, value: Any, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """The same of a value beyond its limits, or of another kind."""
    limit = next((key for key in _LIMITS if key in context), None)
    if limit is not None:
        edge = context[limit]
        wanted = f"{_LIMITS[limit]} {edge:g}" if isinstance(edge, float) else f"{_LIMITS[limit]} {edge}"
        return "out_of_range", f"{name} is {_shown(value)}; it must be {wanted}.", f"Give {wanted}."
    if kind == "string_unicode":
        return "bad_text", f"{name} holds half a character, which is no text.", "Write it again as UTF-8."
    if kind == "int_from_float":
        return "wrong_type", f"{name} is {_shown(value)}, which is no whole number.", "Give a whole number."
    return "wrong_type", f"{name} is {_kind(value)} ({_shown(value)}), which cannot be used here.", f"Give {_wanted(kind)}."


def _length(kind: str, name: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    unit = "characters" if kind.startswith("string") else "entries"
    if "max_length" in context:
        most = context["max_length"]
        return "wrong_length", f"{name} is too long: more than {most} {unit}.", f"Keep to {most} {unit}."
    least = context.get("min_length", 1)
    return "wrong_length", f"{name} has too few {unit}.", f"Give at least {least}."


def _form(pattern: str) -> str:
    if pattern.startswith("^#"):
        return "Write a colour as #rrggbb."
    return "Begin with a letter or a digit; then letters, digits, _ and -, 40 at most."


def _wanted(kind: str) -> str:
    wanted = kind.split("_")[0]
    words = {"float": "a number", "int": "a whole number", "string": "text", "bool": "true or false", "tuple": "a list", "list": "a list"}
    return words.get(wanted, "an object" if wanted in ("model", "dict", "dataclass") else "what the schema says")


def _kind(value: Any) -> str:
    names = {type(None): "null", bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", tuple: "a list"}
    return names.get(type(value), "an object" if isinstance(value, Mapping) else f"a {type(value).__name__}")


def _shown(value: Any) -> str:
    """A value for a sentence, short and printable."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, TypeError, RecursionError):
        text = repr(type(value).__name__)
    text = "".join(sign if sign.isprintable() else "?" for sign in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
