"""The settings of a picture, by its id or its path: how it was made, as a request for another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.content import stat_of
from app.imaging.infotext.fitting import RestoredSettings, fitted
from app.imaging.infotext.found import Found, mapping
from app.imaging.infotext.ours import found_in
from app.imaging.infotext.reading import read_settings
from app.submission import is_artifact_id
from configs.errors import BadInput, BadMedia, NotFound

if TYPE_CHECKING:
    from app.studio import Studio

NOTHING = "The picture carries no settings: they were never written into it, or a program has taken them out."


def restore(studio: Studio, reference: str, *, allow_paths: bool = False) -> RestoredSettings:
    """What a picture of the library, or, where ``allow_paths``, a file of this machine says of how it was made.

    Raises:
        NotFound: there is no such artifact or file.
        BadMedia: it is no picture.
        BadInput: a path where none is allowed.
    """
    found = _of_artifact(studio, reference) if is_artifact_id(reference) else _of_path(reference, allow_paths)
    return fitted(found or Found("", notes=[NOTHING]), studio.surroundings, lambda artifact_id: _is_here(studio, artifact_id))


def _of_artifact(studio: Studio, artifact_id: str) -> Found | None:
    artifact = studio.artifact(artifact_id)
    if artifact.kind != "image":
        raise BadMedia(f"{artifact.name} is of kind {artifact.kind}; settings are read from pictures.", "Give a picture.")
    kept = found_in(mapping(artifact.meta.get("picture")))
    if kept is not None:
        return kept
    stat_of(artifact)
    return read_settings(artifact.path)


def _of_path(reference: str, allow_paths: bool) -> Found | None:
    if not allow_paths:
        raise BadInput(f"image is {reference[:200]!r}, which is not an artifact id.", "Upload the picture first and give the id it gets.")
    path = Path(reference).expanduser()
    try:
        if not path.is_file():
            raise NotFound(f"There is no file {str(path)!r}.", "Check the path.", "media_missing")
        return read_settings(path)
    except (OSError, ValueError) as error:
        raise BadMedia(f"{str(path)!r} cannot be read: {error}.", "Check the path and its rights.") from None


def _is_here(studio: Studio, artifact_id: str) -> bool:
    try:
        found = studio.artifact(artifact_id)
    except BadInput:
        return False
    return found.kind == "image" and not found.missing
