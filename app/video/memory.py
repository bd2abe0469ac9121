"""Holding less memory, and giving what was freed back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

Alike = dict[tuple[type[BaseModel], frozenset[str]], set[str]]


def give_back() -> None:
    """What a long job has freed goes back to the system at once (Linux with glibc; elsewhere nothing happens).

    Large arrays that were freed once are later taken from the heap of their thread, which keeps what is freed.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def lighten(model: BaseModel, alike: Alike) -> None:
    """Makes a model, and those in it, share what all of a kind have in common; it is the same model afterwards.

    Every pydantic model keeps a set of the fields it was given, which in a small model weighs more than the fields.
    ``alike`` holds what was shared so far: the same for all models that are to share.
    """
    _share(model, alike)


def _share(value: Any, alike: Alike) -> None:
    if isinstance(value, BaseModel):
        given = value.__pydantic_fields_set__
        object.__setattr__(value, "__pydantic_fields_set__", alike.setdefault((type(value), frozenset(given)), given))
        _share_all(value.__dict__.values(), alike)
    elif isinstance(value, (list, tuple)) and value and isinstance(value[0], (BaseModel, list, tuple)):
        _share_all(value, alike)


def _share_all(values: Iterable[Any], alike: Alike) -> None:
    for value in values:
        if isinstance(value, (BaseModel, list, tuple)):
            _share(value, alike)
