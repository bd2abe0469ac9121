"""Files of weights as they lie on the disk: safetensors headers are checked, pickles are refused. Reads a few kilobytes at most."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.errors import BadMedia

LARGEST_HEADER = 100_000_000  # what the format's own library allows
# Bits per element, as the format's own library names the kinds.
DTYPE_BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8,
    "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip
PICKLES = (".pt", ".pth", ".ckpt", ".pkl", ".pickle")
# Other formats end in .bin as well (CTranslate2, plain arrays); those names torch gives to pickles.
TORCH_BINS = ("pytorch_model", "diffusion_pytorch_model", "adapter_model", "training_args", "optimizer")
PICKLE_REASON = "is a pickle, which can run any program while it is being loaded"
PICKLE_REMEDY = "Use the model's .safetensors files."


@dataclass(frozen=True, slots=True)
class Tensor:
    """One entry of a header; the bytes ``start`` to ``end`` count from the end of the header."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Header:
    """What a safetensors file says of itself."""

    tensors: dict[str, Tensor]
    metadata: dict[str, str]
    data_bytes: int


def is_pickle(path: Path) -> bool:
    """By content, whatever the name says: a pickle stream, or the zip or tar that torch puts one in."""
    with path.open("rb") as file:
        head = file.read(512)
    if head[:2] == b"PK":
        return True
    if len(head) > 1 and head[0] == 0x80 and head[1] <= 5:
        return path.suffix != ".safetensors" or head[2:8] != b"\0" * 6  # a header of 640 bytes or so begins alike
    return head[257:262] == b"ustar"


def refuse_unsafe(path: Path) -> None:
    """Lets a file into a model's folder, or says why not.

    Raises:
        BadMedia: it is a pickle (by name or by content), or a safetensors file that is damaged.
    """
    name = path.name.lower()
    if name.endswith(PICKLES) or (name.endswith(".bin") and name.startswith(TORCH_BINS)) or is_pickle(path):
        raise BadMedia(f"{path.name} {PICKLE_REASON}.", PICKLE_REMEDY, "pickle")
    if path.suffix.lower() == ".safetensors":
        read_header(path)


def read_header(path: Path) -> Header:
    """The checked header of a safetensors file: https://huggingface.co/docs/safetensors, section "Format".

    Raises:
        BadMedia: it is no such file, or damaged, or cut short; the sentence says which.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            length = struct.unpack("<Q", head)[0] if len(head) == 8 else -1
            if not 2 <= length <= min(LARGEST_HEADER, size - 8):
                raise _damaged(path, "its header does not fit into it")
            raw = file.read(length)
    except OSError as error:
        raise BadMedia(f"{path} cannot be read: {error.strerror or error}.", "Check the path and its permissions.") from None
    try:
        data = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _damaged(path, "its header is not JSON") from None
    return _checked(path, data, size - 8 - length)


def _checked(path: Path, data: Any, data_bytes: int) -> Header:
    if not isinstance(data, dict):
        raise _damaged(path, "its header is no table of tensors")
    metadata = data.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise _damaged(path, "its metadata is not text")
    tensors = {name: _tensor(path, name, entry) for name, entry in data.items()}
    place = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].start, item[1].end)):
        if tensor.start != place:
            raise _damaged(path, f"the tensor {_short(name)} overlaps another or leaves a gap")
        place = tensor.end
    if place > data_bytes:
        raise BadMedia(
            f"{path.name} was cut short: {data_bytes} bytes of weights are there and its header speaks of {place}.",
            "Download it again.", "damaged",
        )  # fmt: skip
    if place < data_bytes:
        raise _damaged(path, f"{data_bytes - place} bytes follow after the last tensor")
    return Header(tensors, metadata, data_bytes)


def _tensor(path: Path, name: str, entry: Any) -> Tensor:
    if not isinstance(entry, dict):
        raise _damaged(path, f"the tensor {_short(name)} has no description")
    dtype: Any = entry.get("dtype")
    shape: Any = entry.get("shape")
    offsets: Any = entry.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in DTYPE_BITS:
        raise _damaged(path, f"the tensor {_short(name)} is of an unknown kind {_short(str(dtype))}")
    if not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        raise _damaged(path, f"the tensor {_short(name)} has no proper shape or place")
    start, end = offsets
    if (end - start) * 8 != math.prod(shape) * DTYPE_BITS[dtype]:
        raise _damaged(path, f"the tensor {_short(name)} has another size than its shape says")
    return Tensor(dtype, tuple(shape), start, end)


def _are_sizes(value: Any) -> bool:
    if type(value) is not list or len(value) > 32:
        return False
    return all(type(item) is int and 0 <= item < 2**63 for item in value)


def _short(name: str) -> str:
    return repr(name if len(name) <= 60 else name[:57] + "...")


def _damaged(path: Path, why: str) -> BadMedia:
    return BadMedia(f"{path.name} is no whole safetensors file: {why}.", "Download it again.", "damaged")
