"""Templates: operations and output laid over a plan, and films made of pictures alone. No file is opened here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from app.editing.operations import OPERATIONS
from app.editing.plan import EditPlan
from app.editing.reading import read_plan
from configs.errors import BadInput
from configs.templates_file import Template

_WORDS = re.compile(r"\{(clip|title)\}")
# Where successive pictures of a slideshow are looked at: their middles wander so that no two neighbours move alike.
_MIDDLES = ((0.5, 0.5), (0.36, 0.42), (0.62, 0.46), (0.5, 0.36), (0.42, 0.6), (0.6, 0.56))


def applied(template: Template, plan: EditPlan, clip: str) -> EditPlan:
    """The plan with the template's output and operations; what the plan says itself counts more.

    Args:
        clip: the first file's name, for ``{clip}`` in texts.

    Raises:
        BadPlan: an operation of the template is none.
    """
    said = {"clip": name_of(clip), "title": plan.title or name_of(clip)}
    data = plan.model_dump(mode="json")
    untouched = {name for name, field in type(plan.output).model_fields.items() if getattr(plan.output, name) == field.default}
    data["output"] |= {name: value for name, value in template.output.items() if name in untouched or name not in data["output"]}
    for segment in data["segments"]:
        segment["operations"] = _with(segment["operations"], template.segment, said)
    data["film"] = _with(data["film"], template.film, said)
    return read_plan(data)


def slideshow(template: Template, pictures: Sequence[str], title: str = "") -> EditPlan:
    """One film of pictures: artifact ids or paths, in the order given.

    Raises:
        BadInput: there is no picture. BadPlan: the template says what a plan cannot hold.
    """
    if not pictures:
        raise BadInput("There is no picture to make a film of.", "Give a folder with PNG, JPEG or WebP files.")
    slides = template.slides
    ids = [f"p{number}" for number in range(1, len(pictures) + 1)]
    segments = [
        {
            "id": f"s{number}", "source": source, "start_s": 0.0, "end_s": slides.seconds, "reason": f"Picture {number}.",
            "operations": _slide(template, number),
        }
        for number, source in enumerate(ids, 1)
    ]  # fmt: skip
    plan = read_plan({
        "title": title, "planner": "template", "segments": segments,
        "sources": [{"id": source, "media": media} for source, media in zip(ids, pictures, strict=True)],
    })  # fmt: skip
    return applied(template, plan, title or PurePath(pictures[0]).name)


def _slide(template: Template, number: int) -> list[dict[str, Any]]:
    """A slow move, in and out by turns, and the transition from the picture before."""
    slides = template.slides
    found: list[dict[str, Any]] = []
    if slides.zoom > 1:
        x, y = _MIDDLES[number % len(_MIDDLES)]
        near, whole = {"x": x, "y": y, "scale": slides.zoom}, {"x": 0.5, "y": 0.5, "scale": 1.0}
        start, end = (whole, near) if number % 2 else (near, whole)
        found.append({"op": "pan_zoom", "start": start, "end": end})
    if slides.transition and number > 1:
        found.append({"op": "transition", "kind": slides.transition, "duration_s": min(slides.transition_s, slides.seconds / 2)})
    return found


def _with(own: Sequence[Mapping[str, Any]], more: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """The operations and those of the template, without a second one of what may stand once."""
    there = {operation["op"] for operation in own}
    kept = [dict(one) for one in more if not (one.get("op") in there and _once(one.get("op")))]
    for one in kept:
        if isinstance(one.get("text"), str):
            one["text"] = _WORDS.sub(lambda match: said[match[1]], one["text"]) or "film"
    return [*own, *kept]


def _once(op: object) -> bool:
    return isinstance(op, str) and op in OPERATIONS and OPERATIONS[op].ONCE


def name_of(file: str) -> str:
    """A file's name as a person would say it: without ending, with spaces for dashes and underlines."""
    stem = PurePath(file.replace("\\", "/")).stem
    return " ".join(re.sub(r"[_\-]+", " ", stem).split()) or "film"
