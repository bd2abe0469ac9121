"""What was read of adapters' files, kept while a file stays the same, across processes too: a thousand headers take seconds to read."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from backends.adapter_files import Place, read_facts

VERSION = 2  # rises when what is read of a file changes
FIELDS = {"kind", "family", "title", "triggers", "metadata", "controls", "trouble"}


class FactCache:
    """Facts by path; not thread-safe.

    Args:
        file: where they are kept; a damaged one is as good as none. None: memory alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._known: dict[str, tuple[str, dict[str, Any]]] | None = None
        self._used: set[str] = set()
        self._new = False

    def of(self, place: Place, ours: bool) -> dict[str, Any]:
        """See `read_facts`."""
        if self._known is None:
            self._known = _read(self._file)
        path, key = str(place.path), f"{place.key}{'!' if ours else ''}"
        self._used.add(path)
        known = self._known.get(path)
        if known is None or known[0] != key:
            known = self._known[path] = (key, read_facts(place, ours))
            self._new = True
        return known[1]

    def keep(self) -> None:
        """The end of a look: writes what is new, leaves out what is gone."""
        known = self._known or {}
        gone = known.keys() - self._used
        for path in gone:
            del known[path]
        if (self._new or gone) and self._file is not None:
            _write(self._file, known)
        self._used, self._new = set(), False


def _read(file: Path | None) -> dict[str, tuple[str, dict[str, Any]]]:
    try:
        data = json.loads(file.read_text(encoding="utf-8")) if file is not None else {}
        if data.get("version") != VERSION:
            return {}
        return {path: (key, facts) for path, (key, facts) in data["files"].items() if facts.keys() == FIELDS}
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return {}


def _write(file: Path, known: dict[str, tuple[str, dict[str, Any]]]) -> None:
    """Whole or not at all; a full disk only means that the next process reads again."""
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as half:
                json.dump({"version": VERSION, "files": known}, half)
            os.replace(name, file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
