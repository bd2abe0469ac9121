"""Pictures made from another picture: kept with its settings, its name, and what was done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from app.imaging.opening import png_texts, settings_texts
from app.video.probe_other import probe_image
from jobs.context import JobContext
from storage.records import Artifact

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_STEM = 80


@dataclass(frozen=True)
class Derivation:
    """What was done: ``operation`` upscale, cutout, control; ``suffix`` ends the name; ``settings`` are those that decided.

    ``notes``: what should be known of the result, in sentences.
    """

    operation: str
    suffix: str
    engine: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    keeps_settings: bool = True  # the picture still shows what its settings made; a control map does not
    notes: Sequence[str] = ()


def keep_derived(job: JobContext, source: Artifact, image: Image, done: Derivation) -> Artifact:
    """Saves a picture as PNG, made from ``source``: its generation settings go along, with what was done added to them."""
    name = f"{PurePath(source.name).stem[:LONGEST_STEM] or 'picture'}-{done.suffix}.png"
    path = job.work_dir / name
    texts = settings_texts(source.path) if done.keeps_settings else {}
    image.save(path, pnginfo=png_texts(texts), compress_level=4)
    step = {"operation": done.operation, "engine": done.engine, "from": source.id, **done.settings}
    picture = dict(source.meta.get("picture") or {}) if done.keeps_settings else {}
    picture["derived"] = [*(picture.get("derived") or []), step]
    if done.notes:
        picture["notes"] = list(dict.fromkeys([*(picture.get("notes") or []), *done.notes]))
    meta = {"probe": probe_image(path).model_dump(mode="json"), "picture": picture}
    kept = job.save(name, path, kind="image", media_type="image/png", meta=meta, inputs=[source.id], thumbnail=True)
    path.unlink(missing_ok=True)
    return kept
