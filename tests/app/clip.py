"""A file that stands for a clip where no test looks into it."""

from __future__ import annotations

from pathlib import Path

from app.studio import Studio
from storage.records import Artifact


def register_clip(studio: Studio, path: Path, data: bytes = b"film") -> Artifact:
    """Registers a file as video media without probing it."""
    path.write_bytes(data)
    return studio._artifacts.add_file(path, "video", "default", {"probe": {}})
