"""Models that join others (ControlNets, IP-Adapters): installed and removed like any, but never in memory by themselves."""

from __future__ import annotations

from backends.base import Device, Engine, Installed
from configs.errors import BadInput


def refuse(installed: Installed, device: Device) -> Engine:
    """Raises `BadInput` saying how such a model is used."""
    raise BadInput(
        f"{installed.card.title} joins a model for pictures and is not loaded by itself.",
        "Choose it when making a picture.",
        "joins_others",
    )
