"""The characters of a studio: made, changed, found, named in prompts; every change is told."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.cast import CastMember, plain_handle
from app.characters.bundle import open_bundle
from app.characters.exporting import write_bundle
from app.characters.importing import Arrivals, Taken, arrived
from app.characters.missing import Gaps
from app.characters.pack import MOST_REFERENCES, Character, Pack, checked_handle, free_handle, member_of
from app.imaging.palette import Palette, palette_of
from app.imaging.requests import STORYBOARD
from app.intake import Intake
from app.validation import as_bad_input
from backends.adapters import AdapterShelf
from configs.errors import BadInput, BadMedia, NotFound
from jobs.events import EventBus
from storage import characters
from storage.characters import CharacterRow
from storage.database import Database

PAGE_LIMIT = 200
NAMED = 8  # handles in a sentence
LIKE = 0.5  # how much a handle must resemble what was written to be offered


class Characters:
    """The characters of one studio. Thread safe; every change is told as an event ``character``."""

    def __init__(self, database: Database, intake: Intake, events: EventBus, adapters: AdapterShelf | None = None) -> None:
        self._database, self._intake, self._events, self._adapters = database, intake, events, adapters
        self._artifacts = intake.artifacts
        self._lock = threading.RLock()  # what is read must still hold when it is written
        self._importing = threading.Lock()

    def create(self, handle: str, pack: Pack) -> Character:
        """Keeps a new character.

        Raises:
            Conflict: the handle is taken.
            NotFound, BadMedia: a picture of the pack is no artifact, or none of kind image.
        """
        self._require_pictures(pack, frozenset())
        return self._told(characters.create(self._database, handle, _json(pack)))

    def get(self, handle: str) -> Character:
        """One character; raises `NotFound` with the nearest handles."""
        name = plain_handle(handle)
        row = characters.find(self._database, name)
        if row is None:
            raise NotFound(f"There is no character @{name[:60]}.", self._offer(name), "no_character")
        return self._character(row)

    def handles(self) -> tuple[str, ...]:
        """Every handle."""
        return characters.handles(self._database)

    def page(self, *, query: str = "", limit: int = 50, before: int | None = None) -> tuple[list[Character], int | None]:
        """Characters, the newest first, and where the next page begins."""
        if not 1 <= limit <= PAGE_LIMIT:
            raise BadInput(f"The limit is {limit}.", f"Give 1 to {PAGE_LIMIT}.")
        rows = characters.page(self._database, query=query.strip().removeprefix("@"), limit=limit, before=before)
        gaps = Gaps(self._artifacts, self._adapters)
        return [self._character(row, gaps) for row in rows], rows[-1].seq if len(rows) == limit else None

    def change(self, handle: str, pack: Pack, revision: int, renamed: str | None = None) -> Character:
        """Replaces the pack.

        Raises:
            Conflict: somebody else has changed it since ``revision``, or the new handle is taken.
            NotFound, BadMedia: there is no such character, or a picture that was added is no artifact of kind image.
        """
        with self._lock:
            before = self.get(handle)
            self._require_pictures(pack, frozenset([*before.references, before.sheet or ""]))
            row = characters.change(self._database, before.handle, _json(pack), revision, renamed)
        if row.handle != before.handle:
            self._tell(before.handle, 0)
        return self._told(row)

    def add_pictures(
        self, handle: str, *, sheet: str | None = None, references: Sequence[str] = (), palette: Sequence[str] = ()
    ) -> Character:
        """Puts a sheet and reference pictures into a pack, whatever else is changed meanwhile; the palette only where there is none.

        Pictures that the pack has already are not added again; what a person has chosen stands before what is added.
        """

        with self._lock:
            found = self.get(handle)
            kept = [one for one in found.references if one not in found.lost]
            update = {
                "sheet": sheet or found.sheet, "references": [*dict.fromkeys([*kept, *references])][:MOST_REFERENCES],
                "palette": found.palette or list(palette),
            }  # fmt: skip
            pack = found.pack.model_copy(update=update)
            return found if pack == found.pack else self.change(found.handle, pack, found.revision)

    def palette(self, artifact_id: str, count: int = 6, *, drop_background: bool = True) -> Palette:
        """The colours of a picture in the library; raises `BadMedia` when it is none."""
        from PIL import Image, ImageOps

        artifact = self._artifacts.require_file(self._artifacts.get(artifact_id))
        if artifact.kind != "image":
            raise BadMedia(f"{artifact.name} is of kind {artifact.kind}; colours are taken from an image.", "Give a picture.")
        with Image.open(artifact.path) as image:
            return palette_of(ImageOps.exif_transpose(image), count, drop_background=drop_background)

    def remove(self, handle: str) -> None:
        """Forgets a character; its pictures stay in the library. Raises `NotFound`."""
        name = self.get(handle).handle
        characters.remove(self._database, name)
        self._tell(name, 0)

    def member(self, handle: str) -> CastMember:
        """The pack behind a handle, as a request carries it; raises `NotFound` with the nearest handles."""
        found = self.get(handle)
        return member_of(found, sheet_serves=not self._is_drawn(found.sheet))

    def _is_drawn(self, artifact_id: str | None) -> bool:
        """Whether a picture is a storyboard card, or made of such: then it shows nobody's looks."""
        try:
            meta: dict[str, Any] = self._artifacts.get(artifact_id).meta if artifact_id else {}
        except NotFound:
            return False
        return (meta.get("picture") or {}).get("model") == STORYBOARD

    def export(self, handle: str, target: Path, *, loras: bool = False) -> Character:
        """Writes a character into one file; what its pack has lost is left out. ``loras``: put its LoRAs' weights in as well."""
        found = self.get(handle)
        write_bundle(found, self._artifacts, self._adapters, target, loras)
        return found

    def take(self, path: Path, name: str, *, handle: str | None = None, replace: bool = False,
             install_loras: bool = True) -> tuple[Character, list[str]]:  # fmt: skip
        """Takes a character in from its file: all of it, or nothing. Also returns what a person should know of it.

        Args:
            name: what the file is called.
            handle: another handle than that in the file.
            replace: put it in the place of the character that has the handle.
            install_loras: put weights that came with it into the adapters' folder.

        Raises:
            BadMedia: the file is none, damaged, or holds what it should not.
            Taken: there is a character of that handle, and ``replace`` is not said.
        """
        arrivals = Arrivals()
        with self._importing, open_bundle(path, name, self._intake.max_bytes) as bundle:
            wanted = checked_handle(handle) if handle else bundle.manifest.handle
            there = characters.find(self._database, wanted)
            if there is not None and not replace:
                raise Taken(wanted, free_handle(wanted, self.handles()))
            try:
                pack = arrived(bundle, self._intake, self._adapters, arrivals, install_loras)
                return (self.create(wanted, pack) if there is None else self.change(wanted, pack, there.revision)), arrivals.remarks
            except BaseException:
                arrivals.take_back(self._artifacts)
                raise

    def _offer(self, name: str) -> str:
        """What to write instead."""
        known = self.handles()
        if not known:
            return "There are no characters yet: make one, or write \\@ for a plain @."
        near = difflib.get_close_matches(name, known, NAMED, LIKE)
        shown = ", ".join(f"@{one}" for one in near or known[:NAMED])
        return f"{'The nearest' if near else 'There are'}: {shown}; or write \\@ for a plain @."

    def _require_pictures(self, pack: Pack, known: frozenset[str]) -> None:
        for one in dict.fromkeys([*pack.references, *([pack.sheet] if pack.sheet else [])]):
            if one in known:
                continue  # it was right once; a pack stays as it is when a picture goes
            artifact = self._artifacts.get(one)
            if artifact.kind != "image":
                raise BadMedia(f"{artifact.name} is of kind {artifact.kind}; a character's pictures are images.", "Give a picture.")

    def _character(self, row: CharacterRow, gaps: Gaps | None = None) -> Character:
        try:
            pack = Pack.model_validate(row.pack)
        except ValidationError as error:
            raise as_bad_input(error.errors(), f"@{row.handle}") from None
        missing = (gaps or Gaps(self._artifacts, self._adapters)).of(pack)
        fields = {name: getattr(pack, name) for name in Pack.model_fields}
        return Character(
            handle=row.handle, revision=row.revision, created_at=row.created_at, updated_at=row.updated_at, missing=missing, **fields
        )

    def _told(self, row: CharacterRow) -> Character:
        self._tell(row.handle, row.revision)
        return self._character(row)

    def _tell(self, handle: str, revision: int) -> None:
        self._events.send("", "character", {"handle": handle, "revision": revision})


def _json(pack: Pack) -> dict[str, object]:
    return pack.model_dump(mode="json")
