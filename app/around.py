"""What this studio has, for requests that are about to become jobs; implements `app.surroundings.Surroundings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.cast import CastMember
from app.characters.service import Characters
from app.models.library import Library
from backends.adapters import AdapterFile, AdapterShelf
from backends.base import Installed
from backends.fit import Machine, fit_of
from configs.image_styles_file import ImageStyle, image_styles
from configs.wildcards_file import wildcards


class Around:
    """Looks things up; loads nothing. Thread-safe.

    Args:
        machine: where models would run; None: everything is taken to fit.
        data_dir: where the person's own styles may stand.
    """

    def __init__(
        self, library: Library, shelf: AdapterShelf, characters: Characters, machine: Callable[[], Machine] | None = None,
        data_dir: Path | None = None,
    ) -> None:  # fmt: skip
        self._library, self._shelf, self._characters, self._machine, self._data_dir = library, shelf, characters, machine, data_dir

    def models(self, task: str) -> Sequence[Installed]:
        """See `Surroundings.models`."""
        names = dict.fromkeys(entry.card.name for entry in self._library.installed() if entry.card.task == task)
        return [self._library.find(name) for name in names]

    def model(self, name: str) -> Installed:
        """See `Surroundings.model`."""
        return self._library.find(name)

    def fits(self, model: Installed) -> bool:
        """See `Surroundings.fits`."""
        return self._machine is None or fit_of(model.card, model.variant, self._machine()).verdict != "too_large"

    def adapters(self, kind: str) -> Sequence[AdapterFile]:
        """See `Surroundings.adapters`."""
        return self._shelf.all(kind)

    def adapter(self, kind: str, name: str) -> AdapterFile:
        """See `Surroundings.adapter`."""
        return self._shelf.find(kind, name)

    def character(self, handle: str) -> CastMember:
        """See `Surroundings.character`."""
        return self._characters.member(handle)

    def styles(self) -> Mapping[str, ImageStyle]:
        """See `Surroundings.styles`."""
        return image_styles(self._data_dir)

    def wildcards(self) -> Mapping[str, Sequence[str]]:
        """See `Surroundings.wildcards`."""
        return wildcards(self._data_dir)
