"""Looks that are put into a prompt. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

from app.imaging.requests import Picture, Styling
from app.surroundings import Surroundings
from configs.errors import NotFound
from configs.image_styles_file import PLACE, ImageStyle

P = TypeVar("P", bound=Picture)


def style_named(styles: Mapping[str, ImageStyle], name: str) -> ImageStyle:
    """One look, by its name or its title; raises `NotFound` naming the nearest."""
    if name in styles:
        return styles[name]
    folded = name.strip().casefold()
    for key, style in styles.items():
        if folded in (key.casefold(), style.title.casefold()):
            return style
    near = difflib.get_close_matches(folded, list(styles), n=3, cutoff=0.4) or list(styles)[:3]
    raise NotFound(f"There is no style {name!r}.", f"Nearest: {', '.join(near)}. GET /api/images/styles lists all.", "no_style")


def with_style(request: P, around: Surroundings) -> P:
    """The request with the words of the style it names in ``styling``; raises `NotFound`. What is there already stays.

    Steps and guidance are left alone: whoever knows the model asks `style_named` for them.
    """
    if request.style is None or request.styling is not None:
        return request
    style = style_named(around.styles(), request.style)
    return request.model_copy(update={"styling": Styling(title=style.title, prompt=style.prompt, negative=style.negative)})


def put_into(template: str, prompt: str) -> str:
    """The prompt where the template has its place; braces in the prompt mean nothing."""
    before, _, after = template.partition(PLACE)
    return f"{before}{prompt}{after}"


def joined(*negatives: str) -> str:
    """Negative prompts one after the other, every part once."""
    parts = [part.strip() for text in negatives for part in text.split(",")]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def style_to_json(name: str, style: ImageStyle) -> dict[str, Any]:
    """As it is sent."""
    return {"name": name, **style.model_dump(mode="json")}
