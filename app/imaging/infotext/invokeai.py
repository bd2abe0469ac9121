"""Reads InvokeAI: ``invokeai_metadata`` of versions 3 and later, ``sd-metadata`` of 2, and the ``Dream`` line of 1. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from app.imaging.infotext.found import Found, Json, items, mapping, parsed, text_of

SOURCE = "InvokeAI"
_NEGATIVE = re.compile(r"\[([^\[\]]*)\]")
_DREAM = {"-s": "steps", "-S": "seed", "-W": "width", "-H": "height", "-C": "guidance", "-A": "sampler", "-f": "strength"}


def read_invokeai(texts: Mapping[str, str]) -> Found | None:
    """None where the file is not InvokeAI's."""
    later = mapping(parsed(texts.get("invokeai_metadata")))
    if later:
        return _later(later)
    earlier = mapping(parsed(texts.get("sd-metadata")))
    if mapping(earlier.get("image")):
        return _earlier(earlier)
    dream = texts.get("Dream") or texts.get("dream")
    return _line(dream) if dream else None


def _later(data: Mapping[str, Json]) -> Found:
    found = Found(SOURCE)
    for name, key in (
        ("prompt", "positive_prompt"), ("negative", "negative_prompt"), ("width", "width"), ("height", "height"), ("steps", "steps"),
        ("guidance", "cfg_scale"), ("seed", "seed"), ("strength", "strength"),
    ):  # fmt: skip
        found.say(name, data.get(key))
    if "cfg_scale" not in data:
        found.say("guidance", data.get("guidance"))
    skip = data.get("clip_skip")
    if isinstance(skip, int) and skip > 0:
        found.say("clip_skip", skip + 1)  # counted from 0 there
    _sampler(found, text_of(data.get("scheduler")))
    found.model, found.model_hash = _model(data.get("model")), text_of(mapping(data.get("model")).get("hash"))
    for row in items(data.get("loras")):
        lora = mapping(row)
        name = _model(lora.get("model") or lora.get("lora"))
        if name:
            found.loras.append({"name": name, "weight": lora.get("weight", 1.0), "text_weight": None})
    _left_out(found, data)
    return found


def _left_out(found: Found, data: Mapping[str, Json]) -> None:
    for key, words in (
        ("controlnets", "ControlNets"), ("ipAdapters", "IP-Adapters"), ("t2iAdapters", "T2I-Adapters"), ("vae", "VAE"),
        ("control_layers", "control layers"), ("canvas_v2_metadata", "layers of its canvas"), ("refiner_model", "refiner"),
    ):  # fmt: skip
        if data.get(key):
            found.notes.append(f"Its {words} are not taken over: their pictures and files are not in the file.")
    if data.get("positive_style_prompt") and data.get("positive_style_prompt") != data.get("positive_prompt"):
        found.notes.append("Its second prompt, for the style, has no counterpart here.")
    if data.get("init_image") or text_of(data.get("generation_mode")).endswith(("img2img", "inpaint", "outpaint")):
        found.notes.append("It was made from another picture, which is not in the file: choose it again, or leave it out.")


def _earlier(data: Mapping[str, Json]) -> Found:
    found = Found(SOURCE)
    image = mapping(data.get("image"))
    prompt = image.get("prompt")
    if isinstance(prompt, list):
        prompt = ", ".join(text_of(mapping(part).get("prompt")) for part in prompt)
    positive, negative = parted_prompt(text_of(prompt))
    found.say("prompt", positive)
    found.say("negative", negative)
    for name, key in (("width", "width"), ("height", "height"), ("steps", "steps"), ("guidance", "cfg_scale"), ("seed", "seed")):
        found.say(name, image.get(key))
    if image.get("type") == "img2img":
        found.say("strength", image.get("strength"))
        found.notes.append("It was made from another picture, which is not in the file: choose it again, or leave it out.")
    _sampler(found, text_of(image.get("sampler")))
    found.model = text_of(data.get("model_weights")) or text_of(data.get("model"))
    found.model_hash = text_of(data.get("model_hash"))
    return found


def _line(dream: str) -> Found | None:
    found = Found(SOURCE)
    try:
        words = shlex.split(dream[:20_000])
    except ValueError:
        return None
    if not words:
        return None
    positive, negative = parted_prompt(words[0])
    found.say("prompt", positive)
    found.say("negative", negative)
    at = 1
    while at < len(words):
        name, value = words[at][:2], words[at][2:]
        if name in _DREAM:
            if not value and at + 1 < len(words):
                at += 1
                value = words[at]
            if name == "-A":
                _sampler(found, value)
            else:
                found.say(_DREAM[name], value)
        at += 1
    return found if "seed" in found.settings or "steps" in found.settings else None


def parted_prompt(text: str) -> tuple[str, str]:
    """Prompt and negative prompt: what stands in square brackets is not to be seen."""
    negative = ", ".join(part.strip() for part in _NEGATIVE.findall(text) if part.strip())
    return " ".join(_NEGATIVE.sub("", text).split()), negative


def _sampler(found: Found, name: str) -> None:
    karras = name.endswith("_k")
    found.say("sampler", name[:-2] if karras else name)
    found.say("schedule", "karras" if karras else "")


def _model(value: Json) -> str:
    """A model's name, as versions 3 to 6 write it."""
    data = mapping(value)
    return text_of(data.get("name")) or text_of(data.get("model_name")) or text_of(value)
