"""Brings in spandrel (MIT) without torchvision, which it names as a dependency and needs for two architectures that enlarge nothing."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
import types
from typing import Any

# They import torchvision at once; none of them is an upscaler: one fills holes, one restores faces.
NEED_TORCHVISION = {"LaMa": "LaMaArch", "RestoreFormer": "RestoreFormerArch"}
_IMPORTING = threading.Lock()


def spandrel() -> Any:
    """The library; without torchvision those two architectures are never recognised, everything else is as published."""
    with _IMPORTING:
        if "spandrel" not in sys.modules and importlib.util.find_spec("torchvision") is None:
            for name, row in NEED_TORCHVISION.items():
                sys.modules.setdefault(f"spandrel.architectures.{name}", _stand_in(name, row))
        return importlib.import_module("spandrel")


def _stand_in(name: str, row: str) -> types.ModuleType:
    """A module with an architecture of that name that no file is of."""

    class Absent:
        id = name

        def detect(self, state: Any) -> bool:
            return False

    module = types.ModuleType(f"spandrel.architectures.{name}")
    setattr(module, row, Absent)
    return module
