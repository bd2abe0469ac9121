"""Reads our own JSON: the whole request, and of which of its pictures this is one. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.imaging.infotext.found import Found, mapping, parsed
from app.imaging.infotext.saving import OURS
from app.imaging.infotext.wording import PROGRAM


def read_ours(texts: Mapping[str, str]) -> Found | None:
    """None where the file is none of ours."""
    return found_in(mapping(parsed(texts.get(OURS))))


def found_in(picture: Mapping[str, Any]) -> Found | None:
    """From the JSON itself, as an artifact keeps it in ``meta["picture"]``; None where it holds no request."""
    request = mapping(picture.get("request"))
    if not request:
        return None
    found = Found(PROGRAM, dict(request), exact=True)
    found.model = str(picture.get("model") or request.get("model") or "")
    found.model_hash = str(picture.get("model_hash") or "")
    seed = picture.get("seed")
    if isinstance(seed, int) and not isinstance(seed, bool):
        found.settings["seed"] = seed
    found.settings["count"] = 1
    return found
