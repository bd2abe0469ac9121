"""What is installed on this machine, as every process sees it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.models.environments import options_of
from backends.base import Installed
from backends.endpoints import endpoint_models
from backends.foreign import ForeignFolders
from backends.registry import load_cards
from backends.store import ModelStore
from configs.endpoints import Endpoint
from configs.errors import NotFound

FRESH_S = 2.0


def open_store(data_dir: Path, root: Path, folders: Sequence[Path] = (), endpoints: Sequence[Endpoint] = ()) -> ModelStore:
    """The store, with the cards as they stand now.

    Args:
        data_dir: where a person's own cards may stand.
        root: the studio's own models.
        folders: those of other programs.
        endpoints: servers whose models can be called as well.
    """
    cards = load_cards(data_dir)
    elsewhere = ForeignFolders(folders, cards)

    def not_ours() -> list[Installed]:
        return [*elsewhere.installed(), *endpoint_models(endpoints)]

    return ModelStore(root, cards, not_ours, lambda card: options_of(card.engine, data_dir))


class Library:
    """What is installed, looked up again at most every two seconds, and at once when a name is not found. Thread-safe."""

    def __init__(self, open_now: Callable[[], ModelStore], clock: Callable[[], float] = time.monotonic) -> None:
        self._open, self._clock = open_now, clock
        self._lock = threading.Lock()
        self._seen: _Look | None = None

    def installed(self) -> list[Installed]:
        """Every usable form of every model on this machine, the default form of each card first."""
        return self._look().forms

    def find(self, name: str) -> Installed:
        """An installed model in its best form here; raises `NotFound` with how to get it."""
        for fresh in (False, True):
            look = self._look(fresh)
            found = look.best.get(name)
            if found is None and any(entry.card.name == name for entry in look.forms):
                with contextlib.suppress(NotFound):  # removed a moment ago
                    found = look.best[name] = look.store.find(name)
            if found is not None:
                return found
        return look.store.find(name)

    def refresh(self) -> None:
        """Something was installed or removed."""
        with self._lock:
            self._seen = None

    def _look(self, fresh: bool = False) -> _Look:
        with self._lock:
            now = self._clock()
            if fresh or self._seen is None or now - self._seen.at > FRESH_S:
                store = self._open()
                self._seen = _Look(now, store, store.installed())
            return self._seen


@dataclass
class _Look:
    """What was seen at a time; ``best``: forms by name, as they were asked for."""

    at: float
    store: ModelStore
    forms: list[Installed]
    best: dict[str, Installed] = field(default_factory=dict)
