"""A finished picture becomes an artifact: a PNG that tells how it was made, named after its prompt and seed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.imaging.infotext.saving import save_png
from app.imaging.painters import Facts
from app.imaging.requests import GenerateImage, Likeness
from app.version import VERSION
from app.video.probe_other import ImageInfo
from jobs.context import JobContext
from storage.records import RESULT, Artifact

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SLUG = 48


def slug(text: str) -> str:
    """A file name's part in plain letters: ``Luca waves, smiling`` -> ``luca-waves-smiling``; never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    kept = ""
    for word in words:
        if len(kept) + len(word) + 1 > LONGEST_SLUG:
            break
        kept = f"{kept}-{word}" if kept else word
    return kept or (words[0][:LONGEST_SLUG] if words else "picture")


def picture_json(request: GenerateImage, facts: Facts, image: Image, seed: int, **more: Any) -> dict[str, Any]:
    """Everything that is known of a picture; stands in its file and in ``meta["picture"]``."""
    return {
        "version": VERSION, "request": request.model_dump(mode="json"), "seed": seed, "width": image.width, "height": image.height,
        "prompt": facts.prompt, "negative": facts.negative, "loras": list(facts.loras), "model": facts.model, "model_title": facts.title,
        "revision": facts.revision, "licence": facts.licence, "engine": facts.engine, **more,
    }  # fmt: skip


def likeness_json(found: Sequence[Likeness]) -> list[dict[str, Any]]:
    """As it stands in a picture's JSON."""
    return [one.model_dump(mode="json") for one in found]


def save_picture(
    job: JobContext, image: Image, name: str, picture: Mapping[str, Any], *, role: str = RESULT, first: bool = False
) -> Artifact:
    """Keeps a picture under a name; a repeated attempt gets the artifact that is there."""
    path = job.work_dir / "picture.png"
    save_png(image, path, picture)
    info = ImageInfo(
        format="png", width=image.width, height=image.height, has_alpha=image.mode == "RGBA", size_bytes=path.stat().st_size
    )  # fmt: skip
    kept = job.save(
        name, path, kind="image", role=role, media_type="image/png", meta={"probe": info.model_dump(mode="json"), "picture": dict(picture)},
        inputs=inputs_of(picture["request"]), thumbnail=first,
    )  # fmt: skip
    path.unlink(missing_ok=True)
    return kept


def inputs_of(request: Mapping[str, Any]) -> list[str]:
    """The artifacts that a picture was made from: what it starts from, its mask, control pictures and references; each once."""
    found = [request.get("image"), request.get("mask")]
    found += [use["image"] for name in ("controls", "references") for use in request.get(name) or ()]
    return list(dict.fromkeys(reference for reference in found if reference))
