"""Reads the text of A1111, Forge, SD.Next and all that write theirs like it (``infotext_utils.parse_generation_parameters``). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from app.imaging.infotext.found import Found
from app.imaging.infotext.samplers import parted
from app.imaging.infotext.wording import NEGATIVE, PROGRAM

_PARAM = re.compile(r'\s*(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"(\d{1,5})\s*x\s*(\d{1,5})")
_LORA = re.compile(r"<(lora|lyco):([^:<>]{1,300})((?::[^:<>]{1,40}){0,4})>", re.IGNORECASE)
_OTHER_NET = re.compile(r"<(hypernet):([^<>]{1,300})>", re.IGNORECASE)
_TAKEN = {
    "Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Size", "Model hash", "Model", "Denoising strength", "Clip skip",
    "Lora hashes", "Version", "Engine", "Distilled CFG Scale", "Guidance", "App", "Backend", "Operations", "Pipeline", "Parser", "RNG",
    "ENSD", "User", "Token merging ratio", "TI hashes", "Module 1", "Module 2", "Module 3", "Diffusion in Low Bits",
}  # fmt: skip
LONGEST = 200_000  # characters; a prompt of the studio has 8,000
_LEAST = 3  # settings on the last line, below which it belongs to the prompt


def read_a1111(texts: Mapping[str, str]) -> Found | None:
    """From the text ``parameters``; None where it is not of this form."""
    text = texts.get("parameters")
    return None if not text or text.lstrip().startswith("{") else read_infotext(text)


def read_infotext(text: str) -> Found | None:
    """From the text itself; None where it holds no settings."""
    prompt, negative, line = _split(text[:LONGEST].strip())
    said = {name.strip(): _unquoted(value.strip()) for name, value in _PARAM.findall(line)}
    if not said:
        return None
    found = Found(_program(said))
    prompt, found.loras = without_loras(prompt, found)
    found.say("prompt", prompt)
    found.say("negative", negative)
    _settings(found, said)
    found.model, found.model_hash = said.get("Model", ""), said.get("Model hash", "")
    ignored = [name for name in said if name not in _TAKEN]
    if ignored:
        found.notes.append(f"Not taken over, since there is nothing like it here: {', '.join(ignored[:12])}.")
    return found


def _split(text: str) -> tuple[str, str, str]:
    """Prompt, negative prompt, the line of settings."""
    *lines, last = text.split("\n")
    if len(_PARAM.findall(last)) < _LEAST:
        lines, last = [*lines, last], ""
    prompt: list[str] = []
    negative: list[str] | None = None
    for line in lines:
        line = line.strip()
        if line.startswith(NEGATIVE):
            negative, line = negative or [], line[len(NEGATIVE) :].strip()
        (prompt if negative is None else negative).append(line)
    return "\n".join(prompt).strip(), "\n".join(negative or []).strip(), last


def _settings(found: Found, said: Mapping[str, str]) -> None:
    sampler, schedule = parted(said.get("Sampler", ""))
    found.say("sampler", sampler)
    found.say("schedule", said.get("Schedule type") or schedule)
    found.say("steps", said.get("Steps"))
    found.say("guidance", said.get("Distilled CFG Scale") or said.get("CFG scale"))
    found.say("seed", said.get("Seed"))
    found.say("clip_skip", said.get("Clip skip"))
    found.say("strength", said.get("Denoising strength"))
    size = _SIZE.fullmatch(said.get("Size", ""))
    if size is not None:
        found.say("width", size[1])
        found.say("height", size[2])
    if "Hires upscale" in said or "Hires upscaler" in said:
        found.notes.append("It was enlarged in the same run; here that is a step of its own: Upscale.")
    if "Denoising strength" in said and "Hires upscale" not in said:
        found.notes.append("It was made from another picture, which is not in the file: choose it again, or leave it out.")


def without_loras(prompt: str, found: Found) -> tuple[str, list[dict[str, object]]]:
    """The prompt without its ``<lora:...>`` tags, and what they ask for; A1111 reads the text encoder's weight first."""
    loras: list[dict[str, object]] = []

    def take(tag: re.Match[str]) -> str:
        weights = [part.partition("=")[2] or part for part in tag[3].split(":") if part]
        try:
            numbers = [float(weight) for weight in weights[:2]]
        except ValueError:
            numbers = []
            found.notes.append(f"The weight of {tag[0]} was not understood; it is taken as 1.")
        whole, text = (numbers[-1] if numbers else 1.0), (numbers[0] if len(numbers) > 1 and numbers[0] != numbers[1] else None)
        loras.append({"name": tag[2].strip(), "weight": whole, "text_weight": text})
        return ""

    text = _LORA.sub(take, prompt)
    for tag in _OTHER_NET.findall(text):
        found.notes.append(f"The hypernetwork {tag[1].partition(':')[0]!r} has no counterpart here.")
    text = _OTHER_NET.sub("", text)
    return (_tidied(text) if text != prompt else prompt), loras


def _tidied(text: str) -> str:
    """Without the gaps that tags leave."""
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r"(?:,[ \t]*){2,}", ", ", text)
    return "\n".join(line.strip() for line in text.split("\n")).strip().strip(",").strip()


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value[1:-1]
    return value


def _program(said: Mapping[str, str]) -> str:
    version = said.get("Version", "")
    if version.startswith(PROGRAM):
        return PROGRAM
    if version.startswith("f"):
        return "Forge"
    if said.get("App") == "SD.Next" or "Backend" in said:
        return "SD.Next"
    return "A1111"
