"""Small copies of pictures, kept in the cache for lists; they go with their picture."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from app.imaging.opening import open_picture
from storage.artifacts import ArtifactStore
from storage.records import Artifact

FOLDER = "thumbnails"
QUALITY = 82


def thumbnail(artifact: Artifact, side_px: int, cache: Path) -> Path:
    """A WebP whose longer side has at most ``side_px``; made once."""
    path = _place(cache, artifact) / f"{artifact.content_hash}-{side_px}.webp"
    if not path.is_file():
        _draw(artifact, path, side_px)
    return path


def delete_with_thumbnails(artifacts: ArtifactStore, artifact: Artifact, cache: Path) -> int:
    """Deletes an artifact and its small copies; returns the bytes of the blob that were freed."""
    freed = artifacts.delete(artifact.id)
    for path in _place(cache, artifact).glob(f"{artifact.content_hash}-*.webp"):  # another of the same content has its own drawn anew
        path.unlink(missing_ok=True)
    return freed


def _place(cache: Path, artifact: Artifact) -> Path:
    return cache / FOLDER / artifact.content_hash[:2]


def _draw(artifact: Artifact, path: Path, side_px: int) -> None:
    """Whole or not at all; two who ask at once each write their own and the last one stays."""
    image = open_picture(artifact.path)
    image.thumbnail((side_px, side_px))
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_suffix(f".{threading.get_ident()}.part")
    image.save(staged, "WEBP", quality=QUALITY)
    os.replace(staged, path)
