"""Model files on this machine: whole or not there at all, each folder with a manifest that says what lies in it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from backends.base import Installed, OnStep
from backends.cards import ModelCard, Strict, Variant
from backends.checkpoint import refuse_unsafe
from configs.errors import BadMedia, NotFound

MANIFEST = "studio-model.json"
PART = ".part"
CHUNK = 4 << 20
Foreign = Callable[[], Sequence[Installed]]
Options = Callable[[ModelCard], Mapping[str, Any]]


class FileRecord(Strict):
    """One file of an installed model."""

    path: str = Field(description="Inside the model's folder, with forward slashes.")
    size_bytes: int = Field(ge=0)
    sha256: str


class Manifest(Strict):
    """What lies in a model's folder, where it came from, and under which terms."""

    version: Literal[1] = 1
    card: ModelCard
    variant: str
    origin: Literal["hub", "package", "import"]
    source: str = Field(description="Where it came from, for people.")
    revision: str = Field(default="", description="The commit the files are of, where there is one.")
    files: tuple[FileRecord, ...] = Field(min_length=1)
    licence_accepted: bool = False
    installed_at: float

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size_bytes for file in self.files)


class ModelStore:
    """The folder ``root/<card>/<variant>`` and, read-only, what other programs have.

    Args:
        root: the studio's own models.
        cards: the cards as they stand now; they replace those of the manifests, so that corrections reach what is installed.
        foreign: what lies in folders of other programs.
        options: what a card's engine is told besides, such as where its own environment lies.
    """

    def __init__(
        self, root: Path, cards: Mapping[str, ModelCard] | None = None, foreign: Foreign | None = None, options: Options | None = None
    ) -> None:
        self.root, self._cards, self._foreign, self._options = root, cards or {}, foreign or (lambda: ()), options or (lambda _: {})

    def folder(self, card: ModelCard, variant: Variant) -> Path:
        """Where the files of a variant lie once it is installed."""
        return self.root / card.name / card.stored(variant).name

    def part(self, card: ModelCard, variant: Variant) -> Path:
        """Where they are gathered until they are whole."""
        return self.folder(card, variant).with_suffix(PART)

    def commit(self, part: Path, manifest: Manifest) -> Installed:
        """Turns a complete `.part` folder into an installed model in one step.

        Raises:
            BadMedia: a file is missing, of another size, a pickle, or a damaged safetensors file; nothing is installed then.
        """
        variant = manifest.card.variant(manifest.variant)
        for record in manifest.files:
            path = part / record.path
            if not path.is_file() or path.stat().st_size != record.size_bytes:
                raise BadMedia(f"{record.path} of {manifest.card.title} is not complete.", "Install it again; what is there is kept.")
            refuse_unsafe(path)
        _write_synced(part / MANIFEST, manifest.model_dump_json(indent=1))
        target = self.folder(manifest.card, variant)
        old = target.with_suffix(".old")
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        part.rename(target)
        shutil.rmtree(old, ignore_errors=True)
        return Installed(manifest.card, variant, target)

    def manifests(self) -> Iterator[tuple[Path, Manifest]]:
        """Every folder of the studio's own with a readable manifest."""
        for path in sorted(self.root.glob(f"*/*/{MANIFEST}")):
            if path.parent.suffix in (PART, ".old"):
                continue
            try:
                manifest = Manifest.model_validate_json(path.read_bytes())
            except (OSError, ValidationError):
                continue  # not ours, or damaged: treated as absent, so that installing again mends it
            if (manifest.card.name, manifest.variant) == (path.parent.parent.name, path.parent.name):
                yield path.parent, manifest

    def manifest(self, installed: Installed) -> Manifest | None:
        """The manifest of one of the studio's own models; None for those used in place."""
        if installed.in_place:
            return None
        return next((manifest for folder, manifest in self.manifests() if folder == installed.folder), None)

    def installed(self) -> list[Installed]:
        """Every usable form of every model on this machine, the studio's own first; a form quantised while loading counts as well."""
        found = [
            Installed(card, variant, folder, options=self._options(card))
            for folder, manifest in self.manifests()
            for card in (self._cards.get(manifest.card.name, manifest.card),)
            for variant in card.variants
            if card.stored(variant).name == manifest.variant
        ]
        own = {(entry.card.name, entry.variant.name) for entry in found}
        return found + [entry for entry in self._foreign() if (entry.card.name, entry.variant.name) not in own]

    def find(self, name: str, variant: str | None = None) -> Installed:
        """An installed model; without a variant, the first of its card that is here.

        Raises:
            NotFound: it is not on this machine; the sentence says how to get it.
        """
        forms = [entry for entry in self.installed() if entry.card.name == name and variant in (None, entry.variant.name)]
        if not forms:
            full = f"{name} ({variant})" if variant else name
            card = self._cards.get(name)
            obstacle = card.obstacle if card is not None else ""
            remedy = obstacle or f"Install it on the Models page or with `models install {name}`."
            raise NotFound(f"The model {full} is not installed.", remedy, "not_installed")
        order = [form.name for form in forms[0].card.variants]
        return min(forms, key=lambda entry: order.index(entry.variant.name) if entry.variant.name in order else len(order))

    def verify(self, installed: Installed, on_step: OnStep) -> list[str]:
        """Reads every file again; returns a sentence per file that is not as it was installed."""
        manifest = self.manifest(installed)
        if manifest is None:
            return []
        wrong, done = [], 0
        for record in manifest.files:
            before = done

            def report(count: int, before: int = before, name: str = record.path) -> None:
                on_step((before + count) / max(1, manifest.size_bytes), name)

            wrong += _difference(installed.folder / record.path, record, report)
            done += record.size_bytes
        return wrong

    def remove(self, name: str, variant: str | None = None) -> int:
        """Deletes the studio's own files of a model (of one variant, or all) and what was half downloaded; returns the bytes freed.

        Raises:
            NotFound: none of it is here, or it belongs to another program, whose files are never deleted.
        """
        folders = [folder for folder, manifest in self.manifests() if manifest.card.name == name and self._is(manifest, variant)]
        halves = [path for path in (self.root / name).glob(f"*{PART}") if path.is_dir() and variant in (None, path.stem)]
        if not folders and not halves:
            there = next((entry for entry in self._foreign() if entry.card.name == name), None)
            if there is not None:
                raise NotFound(f"{name} lies in {there.folder}, which belongs to another program.", "Delete it there.", "in_place")
            raise NotFound(f"The model {name} is not installed.", "`models list` shows what is.", "not_installed")
        freed = 0
        for folder in (*folders, *halves):
            freed += folder_bytes(folder)
            gone = folder.with_suffix(".old")
            shutil.rmtree(gone, ignore_errors=True)
            folder.rename(gone)  # one step, so that an interrupted deletion leaves no half of a model that looks whole
            shutil.rmtree(gone)
        if not any((self.root / name).iterdir()):
            (self.root / name).rmdir()
        return freed

    def _is(self, manifest: Manifest, variant: str | None) -> bool:
        if variant is None:
            return True
        card = self._cards.get(manifest.card.name, manifest.card)
        return any(form.name == variant and card.stored(form).name == manifest.variant for form in card.variants)


def _difference(path: Path, record: FileRecord, on_bytes: Callable[[int], None]) -> list[str]:
    if not path.is_file():
        return [f"{record.path} is gone."]
    if path.stat().st_size != record.size_bytes:
        return [f"{record.path} has {path.stat().st_size} bytes and should have {record.size_bytes}."]
    return [] if hash_file(path, on_bytes) == record.sha256 else [f"{record.path} has changed since it was installed."]


def hash_file(path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> str:
    """SHA-256; ``on_bytes`` is told how many bytes have been read so far, and may raise to stop."""
    digest, count = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            count += len(chunk)
            on_bytes(count)
    return digest.hexdigest()


def folder_bytes(folder: Path) -> int:
    """All files in it together."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
