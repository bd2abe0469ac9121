"""What a worker process builds: the table of capabilities, and no database."""

from __future__ import annotations

from jobs.attempt import Table


def build() -> Table:
    """Name -> handler, for `python -m jobs.worker app.worker:build`."""
    from app.capabilities import CAPABILITIES

    return {capability.name: capability for capability in CAPABILITIES}
