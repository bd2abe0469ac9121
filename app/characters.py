"""Characters: packs that are kept, exported, imported, and named in any prompt."""

from __future__ import annotations

from app.cast import CastMember
from configs.errors import NotFound
from jobs.events import EventBus
from storage.artifacts import ArtifactStore
from storage.database import Database


class Characters:
    """The characters of one studio. Thread safe; every change is told as an event ``character``."""

    def __init__(self, database: Database, artifacts: ArtifactStore, events: EventBus) -> None:
        self._database, self._artifacts, self._events = database, artifacts, events

    def member(self, handle: str) -> CastMember:
        """The pack behind a handle; raises `NotFound` naming those there are."""
        raise NotFound(f"There is no character @{handle}.", "Make one first, or write \\@ for a plain @.", "no_character")
