"""Writes a character into one file."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

from app.characters.bundle import MANIFEST, PIECE, FileEntry, LoraEntry, Manifest
from app.characters.pack import Character
from app.version import VERSION
from backends.adapters import AdapterFile, AdapterShelf
from configs.errors import StudioError
from storage.artifacts import ArtifactStore
from storage.records import Artifact

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same pack gives the same bytes, whenever it is written
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif", "image/bmp": "bmp", "image/tiff": "tiff"}


def write_bundle(character: Character, artifacts: ArtifactStore, adapters: AdapterShelf | None, target: Path, loras: bool) -> Manifest:
    """Writes the file; what is missing of the pack is left out. ``loras``: put the weights in as well."""
    pictures = _pictures(character, artifacts)
    paths = {artifact_id: entry.path for artifact_id, (entry, _) in pictures.items()}
    found = [_lora(use.name, adapters, loras) for use in character.loras]
    pack = character.pack.model_copy(
        update={
            "references": list(dict.fromkeys(paths[one] for one in character.references if one in paths)),
            "sheet": paths.get(character.sheet or ""),
        }
    )
    files = {entry.path: artifact.path for entry, artifact in pictures.values()}
    weights = {entry.path: file.path for entry, file in found if entry.path is not None and file is not None}
    entries = {entry.path: entry for entry, _ in pictures.values()}
    manifest = Manifest(
        program=f"Animation AI Studio {VERSION}", handle=character.handle, pack=pack, pictures=list(entries.values()),
        loras=list({entry.name: entry for entry, _ in found}.values()),
    )  # fmt: skip
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        text = json.dumps(manifest.model_dump(mode="json"), indent=2, ensure_ascii=False)
        archive.writestr(zipfile.ZipInfo(MANIFEST, LONG_AGO), text.encode())
        for path, source in {**files, **weights}.items():
            _put(archive, path, source)
    return manifest


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def _put(archive: zipfile.ZipFile, path: str, source: Path) -> None:
    info = zipfile.ZipInfo(path, LONG_AGO)
    info.file_size = source.stat().st_size  # decides whether the entry needs the 64-bit form
    with archive.open(info, "w") as entry, source.open("rb") as file:
        shutil.copyfileobj(file, entry, PIECE)


def _pictures(character: Character, artifacts: ArtifactStore) -> dict[str, tuple[FileEntry, Artifact]]:
    """The pictures that are there, by the ids of their artifacts; the same bytes stand in the file once."""
    found: dict[str, tuple[FileEntry, Artifact]] = {}
    for one in [*character.references, *([character.sheet] if character.sheet else [])]:
        try:
            artifact = artifacts.require_file(artifacts.get(one))
        except StudioError:
            continue
        path = f"pictures/{artifact.content_hash[:16]}.{ENDINGS.get(artifact.media_type, 'img')}"
        entry = FileEntry(path=path, name=artifact.name, sha256=artifact.content_hash, size_bytes=artifact.size_bytes)
        found[one] = (entry, artifact)
    return found


def _lora(name: str, adapters: AdapterShelf | None, include: bool) -> tuple[LoraEntry, AdapterFile | None]:
    try:
        file = adapters.find("lora", name) if adapters is not None else None
    except StudioError:
        file = None
    if file is None or not file.path.is_file():
        return LoraEntry(name=name), None
    sha256 = sha256_of(file.path)
    path = f"loras/{sha256[:16]}.safetensors" if include else None
    return LoraEntry(name=name, sha256=sha256, size_bytes=file.path.stat().st_size, path=path), file
