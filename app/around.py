"""What this studio has, for requests that are about to become jobs; implements `app.surroundings.Surroundings`."""

from __future__ import annotations

from collections.abc import Sequence

from app.cast import CastMember
from app.characters import Characters
from app.models.library import Library
from backends.adapters import AdapterFile, AdapterShelf
from backends.base import Installed


class Around:
    """Looks things up; loads nothing. Thread-safe."""

    def __init__(self, library: Library, shelf: AdapterShelf, characters: Characters) -> None:
        self._library, self._shelf, self._characters = library, shelf, characters

    def models(self, task: str) -> Sequence[Installed]:
        """See `Surroundings.models`."""
        names = dict.fromkeys(entry.card.name for entry in self._library.installed() if entry.card.task == task)
        return [self._library.find(name) for name in names]

    def model(self, name: str) -> Installed:
        """See `Surroundings.model`."""
        return self._library.find(name)

    def adapters(self, kind: str) -> Sequence[AdapterFile]:
        """See `Surroundings.adapters`."""
        return self._shelf.all(kind)

    def adapter(self, kind: str, name: str) -> AdapterFile:
        """See `Surroundings.adapter`."""
        return self._shelf.find(kind, name)

    def character(self, handle: str) -> CastMember:
        """See `Surroundings.character`."""
        return self._characters.member(handle)
