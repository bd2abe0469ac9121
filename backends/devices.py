"""Which device models compute on."""

from __future__ import annotations

import importlib.util

from backends.base import Device
from configs.errors import Unavailable


def find_device(wanted: str) -> Device:
    """The device of a setting: "auto" is the first NVIDIA GPU that torch can use, else the processor.

    Raises:
        Unavailable: a GPU was asked for by name and torch sees none, or not that one.
    """
    if wanted == "cpu":
        return Device()
    count = _gpus()
    if wanted == "auto":
        return Device("cuda:0") if count else Device()
    index = int(wanted.partition(":")[2] or 0)
    if index >= count:
        seen = f"sees {count} GPU{'s' if count != 1 else ''}" if count else "sees no GPU"
        raise Unavailable(f"The device {wanted!r} was asked for, but torch {seen}.", "Set `device: auto`, or see `doctor`.", "no_device")
    return Device(f"cuda:{index}")


def _gpus() -> int:
    if importlib.util.find_spec("torch") is None:
        return 0
    import torch

    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0
