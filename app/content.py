"""Reaching an artifact's bytes, or saying in one sentence why they cannot be had."""

from __future__ import annotations

import os

from configs.errors import BadMedia, NotFound
from storage.records import Artifact


def stat_of(artifact: Artifact) -> os.stat_result:
    """The stat of the artifact's file.

    Raises:
        NotFound: the file has gone.
        BadMedia: it is no longer the file that was hashed.
    """
    try:
        stat = artifact.path.stat()
    except OSError:
        remedy = "Relink it in the Library, or add it again." if artifact.external else "Make it again."
        raise NotFound(f"The file of {artifact.name} is no longer there.", remedy, "media_missing") from None
    if stat.st_size != artifact.size_bytes:
        raise BadMedia(f"{artifact.name} has changed since it was added.", "Add it again.", "media_changed")
    return stat
