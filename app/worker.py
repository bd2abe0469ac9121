"""What worker processes build: the table of capabilities, and no database; in the gpu lane also the models."""

from __future__ import annotations

from jobs.attempt import Table
from jobs.services import Workshop


def build() -> Table:
    """Name -> handler, for `python -m jobs.worker app.worker:build`."""
    from app.capabilities import CAPABILITIES

    return {capability.name: capability for capability in CAPABILITIES}


def build_gpu() -> Workshop:
    """The same table, and the services of the models, for `python -m jobs.worker app.worker:build_gpu`."""
    from app.models.services import ModelServices

    return Workshop(build(), ModelServices())
