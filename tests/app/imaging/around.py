"""A studio that has what a test gives it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from backends.adapters import AdapterFile
from configs.errors import NotFound


class Around:
    """See `app.surroundings.Surroundings`; models by name and task, upscalers by name."""

    def __init__(self, models: dict[str, str] | None = None, upscalers: dict[str, str] | None = None) -> None:
        self._models, self._upscalers = models or {}, upscalers or {}

    def model(self, name: str) -> Any:
        if name not in self._models:
            raise NotFound(f"There is no model {name!r}.", "Install it.")
        return SimpleNamespace(card=SimpleNamespace(name=name, title=name.title(), task=self._models[name]))

    def models(self, task: str) -> Sequence[Any]:
        return [self.model(name) for name, known in self._models.items() if known == task]

    def adapter(self, kind: str, name: str) -> AdapterFile:
        found = {known.lower(): known for known in self._upscalers}.get(name.lower())
        if kind != "upscaler" or found is None:
            raise NotFound(f"There is no {kind} named {name!r}.", "Put its file into the folder.")
        return AdapterFile(found, "upscaler", Path("/nowhere"), 1, card=self._upscalers[found])

    def adapters(self, kind: str) -> Sequence[AdapterFile]:
        return [self.adapter(kind, name) for name in self._upscalers]

    def character(self, handle: str) -> Any:
        raise NotFound(f"There is no @{handle}.")
