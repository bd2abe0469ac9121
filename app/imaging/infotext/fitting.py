"""From what was found in a file to a request this studio can carry out, and what a person should know about the difference."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import Field, ValidationError

from app.cast import MENTION, Strict
from app.imaging.infotext.found import Found, items, mapping, text_of
from app.imaging.infotext.samplers import sampler_named, sampler_title, schedule_named
from app.imaging.requests import (
    LARGEST_SIDE,
    LONGEST_PROMPT,
    MOST_PIXELS,
    SMALLEST_SIDE,
    STEP_PX,
    STORYBOARD,
    GenerateImage,
)
from app.surroundings import Surroundings
from backends.diffusion.samplers import choose
from configs.errors import BadInput

Json = Any
HasArtifact = Callable[[str], bool]
_LIMITS = {"steps": (1, 150), "guidance": (0, 30), "clip_skip": (1, 12), "strength": (0, 1)}
_MOST_LORAS, _MOST_WEIGHT = 16, 4.0
_WEIGHTS = re.compile(r"\.(safetensors|ckpt|pt|pth|bin|gguf|sft)$", re.IGNORECASE)


class RestoredSettings(Strict):
    """Settings read from a picture."""

    settings: dict[str, Json] = Field(description="Fields of image.generate; what is missing was not told, or cannot be taken over.")
    source: str = Field(description="The program that wrote them; empty: none was understood.")
    notes: list[str] = Field(default=[], description="What could not be taken over, in sentences.")


def fitted(found: Found, around: Surroundings, has_artifact: HasArtifact) -> RestoredSettings:
    """The settings as this studio has them.

    Args:
        has_artifact: whether a picture that a request of ours started from is in this studio.
    """
    notes = list(found.notes)
    values = dict(found.settings)
    if found.exact:
        values = _present(values, has_artifact, notes)
        loras = [dict(mapping(row)) for row in items(values.get("loras"))]
    else:
        values = _translated(values, notes)
        loras = found.loras
    values["model"] = _model(found, values, around, notes)
    values["loras"] = _loras(loras, around, notes)
    return RestoredSettings(settings=_valid(values, notes), source=found.source, notes=list(dict.fromkeys(notes)))


# -- of other programs --------------------------------------------------------------------------------------------


def _translated(values: dict[str, Json], notes: list[str]) -> dict[str, Json]:
    for name in ("prompt", "negative"):
        if name in values:
            text = str(values[name]).encode("utf-8", "replace").decode()
            if name == "prompt":
                text = MENTION.sub(lambda found: "\\" + found[0], text)  # an @ of theirs names nobody here
            if len(text) > LONGEST_PROMPT:
                notes.append(f"The {name} has {len(text):,} characters; only the first {LONGEST_PROMPT:,} are taken over.")
            values[name] = text[:LONGEST_PROMPT]
    values |= _sampling(str(values.pop("sampler", "")), str(values.pop("schedule", "")), notes)
    for name, (least, most) in _LIMITS.items():
        if name in values and not least <= values[name] <= most:
            kept = min(most, max(least, values[name]))
            notes.append(f"{_said(name)} is {values[name]:g} there; here it can be {least} to {most}, so it is {kept:g}.")
            values[name] = kept
    seed = values.get("seed")
    if seed is not None and not 0 <= seed < 2**32:
        values["seed"] = seed % 2**32
        notes.append(f"The seed {seed} is not one of this studio's; it became {values['seed']}.")
    return _sized(values, notes)


def _said(name: str) -> str:
    return {"clip_skip": "Clip skip", "guidance": "Guidance", "strength": "Strength"}.get(name, name.capitalize())


def _sampling(sampler: str, schedule: str, notes: list[str]) -> dict[str, Json]:
    ours, same = sampler_named(sampler)
    spacing = schedule_named(schedule)
    if ours is None:
        notes.append(f"There is no sampler like {sampler!r} here; the model's own is taken.")
    elif not same:
        notes.append(f"There is no sampler {sampler!r} here; {sampler_title(ours)} is taken, which comes closest.")
    if spacing is None:
        notes.append(f"There is no schedule like {schedule!r} here; the model's own is taken.")
    try:
        choose(ours or "", spacing or "")
    except BadInput:
        notes.append(f"{sampler_title(ours or '')} does not take the schedule {spacing!r} here; it is left out.")
        spacing = ""
    return {name: value for name, value in (("sampler", ours), ("schedule", spacing)) if value}


def _sized(values: dict[str, Json], notes: list[str]) -> dict[str, Json]:
    """Sides that are multiples of 8, within what the studio makes."""
    width, height = values.get("width"), values.get("height")
    if not width or not height or width <= 0 or height <= 0:
        return {name: value for name, value in values.items() if name not in ("width", "height")}
    shrink = min(1.0, LARGEST_SIDE / max(width, height), (MOST_PIXELS / (width * height)) ** 0.5)
    sides = [max(SMALLEST_SIDE, int(side * shrink) // STEP_PX * STEP_PX) for side in (width, height)]
    if sides != [width, height]:
        notes.append(
            f"Its size {width}x{height} became {sides[0]}x{sides[1]}: sides are multiples of {STEP_PX}, of at most {LARGEST_SIDE} px."
        )
    return {**values, "width": sides[0], "height": sides[1]}


# -- of our own ---------------------------------------------------------------------------------------------------


def _present(values: dict[str, Json], has_artifact: HasArtifact, notes: list[str]) -> dict[str, Json]:
    """Without the pictures that are not in this studio."""

    def here(reference: Json) -> bool:
        return isinstance(reference, str) and has_artifact(reference)

    for name, words in (("image", "The picture it started from"), ("mask", "Its mask")):
        if values.get(name) is not None and not here(values[name]):
            notes.append(f"{words} is not in this studio any more; choose it again.")
            values[name] = None
    if values.get("image") is None:
        values |= {"mask": None, "outpaint": {}}
    for name, words in (("controls", "control"), ("references", "reference")):
        rows = items(values.get(name))
        kept = [row for row in rows if here(mapping(row).get("image"))]
        if len(kept) < len(rows):
            notes.append(f"{len(rows) - len(kept)} of its {words} pictures are not in this studio any more.")
        values[name] = kept
    values["cast"] = [
        {**mapping(row), "references": [one for one in items(mapping(row).get("references")) if here(one)]}
        for row in items(values.get("cast"))
    ]
    return values


# -- of both ------------------------------------------------------------------------------------------------------


def _model(found: Found, values: Mapping[str, Json], around: Surroundings, notes: list[str]) -> str | None:
    """The installed model that is meant; None, and a note, where it is not here."""
    name = found.model or text_of(values.get("model"))
    if not name or name == STORYBOARD:
        return name or None
    names = {entry.card.name: entry.card.title for entry in around.models("image")}
    match = _same(name, [*names, *names.values()])
    if match is not None:
        return match if match in names else next(key for key, title in names.items() if title == match)
    near = _nearest(name, names)
    notes.append(f"The model {_stem(name)!r} is not installed{f'; the nearest is {near!r}' if near else ''}.")
    return None


def _loras(rows: Iterable[Mapping[str, Json]], around: Surroundings, notes: list[str]) -> list[dict[str, Json]]:
    """Those that are here; a note for each that is not."""
    shelf = {file.name: file for file in around.adapters("lora")}
    kept: dict[str, dict[str, Json]] = {}
    for row in rows:
        name = text_of(row.get("name"))
        match = _same(name, shelf)
        if match is None or shelf[match].trouble:
            near = _nearest(name, shelf)
            why = f"cannot be used: {shelf[match].trouble}" if match else f"is not here{f'; the nearest is {near!r}' if near else ''}"
            notes.append(f"The LoRA {_stem(name)!r} {why}".rstrip(".") + ".")
            continue
        weights = {key: _weight(row.get(key)) for key in ("weight", "text_weight")}
        kept.setdefault(
            match, {"name": match, "weight": 1.0 if weights["weight"] is None else weights["weight"], "text_weight": weights["text_weight"]}
        )
    if len(kept) > _MOST_LORAS:
        notes.append(f"It has {len(kept)} LoRAs; the first {_MOST_LORAS} are taken over.")
    return list(kept.values())[:_MOST_LORAS]


def _weight(value: Json) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        return None
    return min(_MOST_WEIGHT, max(-_MOST_WEIGHT, float(value)))


def _valid(values: Mapping[str, Json], notes: list[str]) -> dict[str, Json]:
    """What `GenerateImage` takes; the fields that it does not are left out with a note."""
    own = GenerateImage.model_fields.keys() - {"batch"}  # where it stood in a batch says nothing of a new one
    known = {name: value for name, value in values.items() if name in own and value is not None}
    unknown = [name for name in values if name not in GenerateImage.model_fields]
    if unknown:
        notes.append(f"Not known to this version of the studio: {', '.join(sorted(unknown)[:8])}.")
    known.setdefault("prompt", "")
    for _ in range(len(known) + 1):
        try:
            GenerateImage.model_validate(known)
            return known
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else "width"
            notes.append(f"{name} was left out: {first['msg'][:1].lower()}{first['msg'][1:]}.")
            known.pop(name, None)
            known.setdefault("prompt", "")
    return {"prompt": ""}


def _same(name: str, names: Iterable[str]) -> str | None:
    """The name that is the same but for folder, ending, case and signs."""
    every = list(names)
    if name in every:
        return name
    folded = _folded(name)
    return next((one for one in every if folded and _folded(one) == folded), None)


def _nearest(name: str, names: Iterable[str]) -> str:
    by_folded = {_folded(one): one for one in names}
    near = difflib.get_close_matches(_folded(name), list(by_folded), n=1, cutoff=0.3)
    return by_folded[near[0]] if near else ""


def _stem(name: str) -> str:
    return _WEIGHTS.sub("", re.split(r"[\\/]", name)[-1])[:120]


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", _stem(name).casefold())
