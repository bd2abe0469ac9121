"""The per-frame table: one float32 column per measured quantity. Every decision is a pure function of it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Column = np.ndarray[Any, np.dtype[np.float32]]
    Times = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Curves:
    """Columns of equal length, one value per frame, from frame 0. ``times_s`` counts from frame 0."""

    fps: float
    times_s: Times
    columns: Mapping[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.times_s)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def part(self, start: int, end: int) -> Curves:
        """Frames ``start`` to ``end`` (exclusive), as views."""
        return Curves(self.fps, self.times_s[start:end], {name: column[start:end] for name, column in self.columns.items()})

    def pack(self) -> bytes:
        """The table as a compressed .npz file."""
        import numpy as np

        buffer = io.BytesIO()
        arrays: dict[str, Any] = {"fps": np.float64(self.fps), "times_s": self.times_s, **self.columns}
        np.savez_compressed(buffer, **arrays)
        return buffer.getvalue()

    @classmethod
    def unpack(cls, data: bytes) -> Curves:
        """The reverse of `pack`."""
        import numpy as np

        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files if name not in ("fps", "times_s")}
            return cls(float(file["fps"]), file["times_s"], columns)


@dataclass(frozen=True)
class Shot:
    """Frames ``start`` to ``end`` (exclusive) of one scene."""

    start: int
    end: int


def round_all(values: Sequence[float], digits: int) -> list[float]:
    """Plain floats, rounded: the same text on every run."""
    return [round(float(value), digits) for value in values]
