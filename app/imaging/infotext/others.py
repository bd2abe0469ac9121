"""Reads Fooocus and NovelAI: flat JSON, each with names of its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.imaging.infotext.a1111 import read_infotext
from app.imaging.infotext.found import Found, items, mapping, number, parsed, text_of

_SIZE = re.compile(r"\(?\s*(\d{1,5})\s*[,x]\s*(\d{1,5})\s*\)?")
_FOOOCUS = {
    "prompt": "prompt", "negative": "negative_prompt", "steps": "steps", "guidance": "guidance_scale", "seed": "seed",
    "sampler": "sampler", "schedule": "scheduler", "clip_skip": "clip_skip",
}  # fmt: skip
_NOVELAI = {
    "negative": "uc", "steps": "steps", "guidance": "scale", "seed": "seed", "width": "width", "height": "height", "sampler": "sampler",
    "schedule": "noise_schedule", "strength": "strength",
}  # fmt: skip
_LORA = re.compile(r"lora_combined_\d+|lora_\d+")


def read_fooocus(texts: Mapping[str, str]) -> Found | None:
    """Fooocus' own scheme, JSON in ``parameters``; its other scheme is that of A1111."""
    data = mapping(parsed(texts.get("parameters")))
    if "base_model" not in data and "metadata_scheme" not in data:
        return None
    found = Found("Fooocus")
    for name, key in _FOOOCUS.items():
        found.say(name, data.get(key))
    size = _SIZE.fullmatch(text_of(data.get("resolution")).strip())
    if size is not None:
        found.say("width", size[1])
        found.say("height", size[2])
    found.model, found.model_hash = text_of(data.get("base_model")), text_of(data.get("base_model_hash"))
    for key, value in data.items():
        if _LORA.fullmatch(str(key)) and text_of(value):
            name, _, weight = value.rpartition(" : ")
            found.loras.append({"name": name or value, "weight": 1.0 if number(weight) is None else number(weight), "text_weight": None})
    for row in items(data.get("loras")):
        if isinstance(row, list) and len(row) >= 2 and text_of(row[0]):
            found.loras.append({"name": row[0], "weight": 1.0 if number(row[1]) is None else number(row[1]), "text_weight": None})
    styles = data.get("styles")
    if styles and str(styles) not in ("[]", "()"):
        found.notes.append(f"Its styles {styles} are in the full prompt of that program, not here: choose one of the studio's.")
    return found


def read_novelai(texts: Mapping[str, str]) -> Found | None:
    """NovelAI: JSON in ``Comment``."""
    data = mapping(parsed(texts.get("Comment")))
    if text_of(texts.get("Software")) != "NovelAI" and "uc" not in data:
        return None
    found = Found("NovelAI")
    found.say("prompt", data.get("prompt") or texts.get("Description"))
    for name, key in _NOVELAI.items():
        found.say(name, data.get(key))
    found.model = text_of(texts.get("Source"))
    return found


def read_plain(texts: Mapping[str, str]) -> Found | None:
    """A text in another chunk that has the form of A1111's."""
    for keyword in ("Description", "Comment", "comment", "UserComment", "generation_data"):
        text = texts.get(keyword, "")
        found = read_infotext(text) if "Steps:" in text else None
        if found is not None and {"steps", "seed"} <= found.settings.keys():
            return found
    return None
