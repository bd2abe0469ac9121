"""Tiny engines, loaded by the path of any installed model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from backends.base import Device, Engine
from backends.registry import engine_of
from tests.backends.tiny.models import installed


def silent(fraction: float, message: str) -> None:
    """Hears and says nothing."""


def never() -> bool:
    """Nobody gives up."""
    return False


def resident(folder: Path, task: str, engine: str, **card: Any) -> Any:
    """An engine that is ready to be called; close it afterwards."""
    model = installed(folder, task, engine, **card)
    made = engine_of(model.card).make(model, Device())
    assert isinstance(made, Engine)
    assert made.load(silent).host_bytes > 0
    made.activate()
    return made


def blotches(width: int = 90, height: int = 60, seed: int = 1) -> Image.Image:
    """Large soft spots of colour."""
    rough = Image.fromarray(np.random.default_rng(seed).integers(0, 256, (6, 9, 3), np.uint8))
    return rough.resize((width, height), Image.Resampling.BICUBIC)
