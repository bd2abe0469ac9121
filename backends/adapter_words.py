"""What people and programs have written about an adapter: metadata inside the file, and notes that lie beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST_TRIGGERS, LONGEST_TRIGGER = 24, 200
LONGEST_TEXT = 600
LARGEST_NOTE = 2_000_000  # bytes; such notes may quote whole pages
# Beside "name.safetensors": what Civitai's helpers, LoRA managers and A1111 write.
NOTES = (".civitai.info", ".metadata.json", ".json")
PREVIEWS = (".preview.png", ".png", ".preview.jpg", ".jpg", ".preview.jpeg", ".jpeg", ".preview.webp", ".webp")
# The metadata worth showing: name here -> keys that hold it, the first that is there.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "base": ("ss_base_model_version", "modelspec.architecture", "ss_sd_model_name"),
    "author": ("modelspec.author",),
    "description": ("modelspec.description", "ss_training_comment"),
    "licence": ("modelspec.license",),
    "made": ("modelspec.date",),
    "resolution": ("modelspec.resolution", "ss_resolution"),
    "module": ("ss_network_module",),
}


@dataclass(frozen=True)
class Words:
    """``family``: as somebody named it, in their words."""

    title: str = ""
    triggers: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    family: str = ""


def words_of(metadata: Mapping[str, str], notes: Iterable[Mapping[str, Any]] = ()) -> Words:
    """Put together; what a person wrote beside the file goes before what the trainer wrote into it."""
    said: list[str] = []
    shown: dict[str, str] = {}
    title = family = ""
    for note in notes:
        found = _note(note)
        said += found.triggers
        title, family = title or found.title, family or found.family
        shown = {**found.metadata, **shown}
    said += _split(metadata.get("modelspec.trigger_phrase", ""))
    inside = {name: value for name, keys in SHOWN.items() if (value := _first(metadata, keys))}
    title = title or _text(metadata.get("modelspec.title")) or _text(metadata.get("ss_output_name"))
    triggers = dict.fromkeys(_text(word) for word in (*said, *tags_of(metadata)))
    kept = [word for word in triggers if word and len(word) <= LONGEST_TRIGGER][:MOST_TRIGGERS]
    return Words(title, tuple(kept), {**inside, **shown}, family)


def tags_of(metadata: Mapping[str, str]) -> list[str]:
    """The captions' tags that it was trained with, the most frequent first (kohya's ``ss_tag_frequency``: folder -> tag -> count)."""
    counts: Counter[str] = Counter()
    for tags in _object(metadata.get("ss_tag_frequency", "")).values():
        for tag, count in tags.items() if isinstance(tags, dict) else ():
            if isinstance(count, int) and not isinstance(count, bool) and tag.strip():
                counts[tag.strip()] += count
    return [tag for tag, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))][:MOST_TRIGGERS]


def read_note(path: Path) -> dict[str, Any]:
    """A note beside a file; empty where it cannot be read."""
    try:
        return _object(path.read_text(encoding="utf-8")) if path.stat().st_size <= LARGEST_NOTE else {}
    except (OSError, UnicodeDecodeError):
        return {}


def _note(note: Mapping[str, Any]) -> Words:
    """One of three forms: Civitai's answer, a LoRA manager's that holds such an answer, A1111's own."""
    civitai = note["civitai"] if isinstance(note.get("civitai"), dict) else note
    model = civitai["model"] if isinstance(civitai.get("model"), dict) else {}
    trained = civitai.get("trainedWords")
    triggers = [part for word in (trained if isinstance(trained, list) else []) for part in _split(word)]
    triggers += _split(note.get("activation text"))
    shown = {
        "description": _text(note.get("description") or model.get("description")),
        "notes": _text(note.get("notes")),
        "weight": _text(note.get("preferred weight")) if note.get("preferred weight") else "",
        "negative": _text(note.get("negative text")),
    }
    title = _text(note.get("model_name")) or _text(model.get("name"))
    family = _text(note.get("base_model")) or _text(civitai.get("baseModel")) or _text(note.get("sd version"))
    return Words(title, tuple(triggers), {name: value for name, value in shown.items() if value}, family)


def _first(metadata: Mapping[str, str], keys: Iterable[str]) -> str:
    return next((text for key in keys if (text := _text(metadata.get(key))) and text != "None"), "")


def _split(value: Any) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else []


def _text(value: Any) -> str:
    """One line of moderate length; numbers as they are."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    line = " ".join(str(value).split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1] + "…"


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
