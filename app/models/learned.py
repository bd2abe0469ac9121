"""What the scheduler learned of memory and times, kept from one run to the next: lines of JSON, the newest last."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

KEPT = 2000  # more observations than that teach nothing new


class Learned:
    """A bounded file of observations. Losing it costs a few cautious guesses, so it is no part of the store."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._count: int | None = None

    def read(self) -> list[dict[str, Any]]:
        """The newest observations, oldest first; damaged lines are left out."""
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []
        return [found for line in lines[-KEPT:] if (found := _parse(line)) is not None]

    def add(self, observation: dict[str, Any]) -> None:
        """Appends one; now and then the oldest are let go."""
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            count = len(self.read()) if self._count is None else self._count
            if count >= 2 * KEPT:
                kept = self.read()
                fresh = self._path.with_suffix(".new")
                fresh.write_text("".join(json.dumps(entry) + "\n" for entry in kept), encoding="utf-8")
                fresh.replace(self._path)
                count = len(kept)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(observation) + "\n")
            self._count = count + 1


def _parse(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
