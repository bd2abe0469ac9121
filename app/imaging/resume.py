"""The sampler's state of the picture in the making, kept in the job so that a later attempt goes on from it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from jobs.context import JobContext

VERSION = 1


class Kept:
    """One picture's state. A state kept for another picture, or by another version, is passed over.

    Args:
        name: which picture of the job it is.
    """

    def __init__(self, job: JobContext, name: str) -> None:
        self._job, self._name = job, name
        self.state, self.step = _read(job.saved, name)

    def keep(self, state: bytes, step: int) -> None:
        """Keeps a state durably; once this returns, a killed job goes on from here."""
        self.state, self.step = state, step
        text = base64.b64encode(state).decode()
        self._job.checkpoint({"version": VERSION, "picture": self._name, "step": step, "state": text})


def _read(saved: Any, name: str) -> tuple[bytes | None, int]:
    if not isinstance(saved, Mapping) or saved.get("version") != VERSION or saved.get("picture") != name:
        return None, 0
    try:
        return base64.b64decode(str(saved["state"]), validate=True), int(saved["step"])
    except (KeyError, ValueError):
        return None, 0
