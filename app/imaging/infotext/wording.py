"""A picture's settings as A1111 writes them, for every program that reads those. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.imaging.infotext.samplers import A1111_SCHEDULES, sampler_title
from app.version import VERSION

Json = Any
NEGATIVE = "Negative prompt:"
PROGRAM = "Animation AI Studio"
_NEEDS_QUOTES = re.compile(r'[,:\n"]')


def infotext(picture: Mapping[str, Json]) -> str:
    """Prompt, negative prompt and one line of settings.

    Args:
        picture: what `saving.save_png` is given. What it does not say itself is taken from its ``request``.

    The order and the quotes are those of stable-diffusion-webui 1.10 (``processing.create_infotext``).
    """
    request = picture.get("request") or {}

    def said(name: str) -> Json:
        value = picture.get(name)
        return request.get(name) if value is None else value

    prompt = _plain(" ".join([str(said("prompt") or ""), *_tags(said("loras") or [])]).strip())
    negative = _plain(str(said("negative") or ""))
    line = ", ".join(f"{name}: {quoted(value)}" for name, value in _settings(said))
    return f"{prompt}\n{NEGATIVE + ' ' + negative + chr(10) if negative else ''}{line}".strip()


def quoted(value: Json) -> str:
    """A value as it stands after its name: in JSON's quotes where it could be mistaken for something else."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if _NEEDS_QUOTES.search(text) else text


def _settings(said: Any) -> Iterator[tuple[str, Json]]:
    """(name, value) of what is known, in order."""
    rows = [
        ("Steps", said("steps")),
        ("Sampler", sampler_title(said("sampler") or "") or None),
        ("Schedule type", A1111_SCHEDULES.get(said("schedule") or "", said("schedule")) or None),
        ("CFG scale", _number(said("guidance"))),
        ("Seed", said("seed")),
        ("Size", f"{said('width')}x{said('height')}" if said("width") and said("height") else None),
        ("Model hash", str(said("model_hash") or "")[:10] or None),
        ("Model", said("model") or None),
        ("Denoising strength", _number(said("strength")) if said("image") else None),
        ("Clip skip", said("clip_skip") if (said("clip_skip") or 1) > 1 else None),
        ("Lora hashes", _hashes(said("loras") or []) or None),
        ("Engine", said("engine") or None),
        ("Version", f"{PROGRAM} {picture_version(said)}"),
    ]
    return ((name, value) for name, value in rows if value is not None)


def picture_version(said: Any) -> str:
    """The studio's version that made it."""
    return str(said("version") or VERSION)


def _tags(loras: Sequence[Mapping[str, Json]]) -> Iterator[str]:
    """``<lora:name:weight>``; where the text encoders have a weight of their own, it comes first, as A1111 reads it."""
    for lora in loras:
        weight, text = lora.get("weight", 1.0), lora.get("text_weight")
        numbers = _number(weight) if text is None else f"{_number(text)}:{_number(weight)}"
        yield f"<lora:{lora.get('name', '')}:{numbers}>"


def _hashes(loras: Sequence[Mapping[str, Json]]) -> str:
    return ", ".join(f"{lora['name']}: {str(lora['hash'])[:12]}" for lora in loras if lora.get("hash") and lora.get("name"))


def _number(value: Json) -> str | None:
    """7.0 as 7, 7.50 as 7.5."""
    if value is None:
        return None
    return f"{float(value):.6f}".rstrip("0").rstrip(".") or "0"


def _plain(text: str) -> str:
    """Without what a text chunk cannot hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
