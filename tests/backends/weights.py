"""Writes small safetensors files by hand, whole or damaged, without the format's own library."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BYTES = {"F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "I64": 8, "U8": 1}


def header_of(shapes: Mapping[str, Sequence[int]], dtype: str = "F32") -> dict[str, Any]:
    """The header of tensors that lie one after the other."""
    header, place = {}, 0
    for name, shape in shapes.items():
        size = math.prod(shape) * BYTES[dtype]
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [place, place + size]}
        place += size
    return header


def encode(header: Any, data_bytes: int) -> bytes:
    """A file of that header and so many bytes of weights."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(range(256)) * (data_bytes // 256) + bytes(data_bytes % 256)


def safetensors(path: Path, shapes: Mapping[str, Sequence[int]] | None = None, dtype: str = "F32") -> Path:
    """A whole file."""
    shapes = {"weight": (4, 4), "bias": (4,)} if shapes is None else shapes
    header = header_of(shapes, dtype)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(header, sum(math.prod(shape) * BYTES[dtype] for shape in shapes.values())))
    return path


def headers_only(path: Path, names: Sequence[str], shapes: Mapping[str, Sequence[int]] | None = None) -> Path:
    """A whole file whose tensors are empty unless a shape is given: enough to be recognised by its keys."""
    return safetensors(path, {name: (shapes or {}).get(name, (0,)) for name in names})
