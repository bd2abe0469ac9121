"""A clip in small numbers, frame by frame and every 10 ms of sound: enough to find again in a film what was taken from where."""

from __future__ import annotations

import io
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from configs.errors import BadMedia

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

TINY = (32, 18)  # px, whatever the shape of the picture
COLUMNS = ("luma", "spread", "u", "v", "sharpness", "dark", "shadows", "highlights")
BANDS = 7
_STAMP_SHARE = 0.15  # of a frame that a time stamp may be late, as where a container counts milliseconds
_FLAT_STD = 2.0  # levels; a tiny picture of less has nothing to be recognised by


@dataclass(frozen=True)
class Trace:
    """What was measured of a clip.

    Attributes:
        fps: frames per second; the nominal ones where they are uneven.
        aspect: width by height.
        times_s: (N,) when each frame is shown, seconds from the first.
        tiny: (N, 18, 32) uint8 luma of every frame, full range.
        columns: (N, 8) float32, see `COLUMNS`: mean and standard deviation of luma, mean colour differences from grey, variance of the
            Laplacian at 320 px, shares of dark (levels 0 to 25), black (0 to 2) and white (253 on) pixels.
        sound: (M, 7) float16 decibels of seven bands, 60 to 8000 Hz; empty without sound.
        hop_s: seconds between two rows of it.
        sound_start_s: time of its first row, seconds from frame 0.
        full: (M,) float32 share of samples at full scale (0.98 and up) in every hop; how clipping is seen.
    """

    fps: float
    aspect: float
    times_s: Array
    tiny: Array
    columns: Array
    sound: Array
    hop_s: float
    sound_start_s: float
    full: Array

    def __len__(self) -> int:
        return len(self.tiny)

    def __getitem__(self, name: str) -> Array:
        """(N,) one column."""
        column: Array = self.columns[:, COLUMNS.index(name)]
        return column

    @property
    def seconds(self) -> float:
        """From the first frame to the end of the last."""
        return len(self) / self.fps

    @property
    def has_sound(self) -> bool:
        """Whether there is anything to be heard."""
        return len(self.sound) > 0

    def on_grid(self, fps: float) -> Trace:
        """The same at an even rate: every instant shows the frame that is on show then."""
        import numpy as np

        end = float(self.times_s[-1]) + 1.0 / self.fps
        grid = np.arange(max(1, round(end * fps))) / fps
        shown = np.clip(np.searchsorted(self.times_s, grid + _STAMP_SHARE / fps, side="right") - 1, 0, len(self) - 1)
        return replace(self, fps=fps, times_s=grid, tiny=self.tiny[shown], columns=self.columns[shown])

    @cached_property
    def shapes(self) -> Array:
        """(N, 576) float32 pictures of mean 0 and length 1: their products are correlations. Flat pictures are all 0."""
        import numpy as np

        flat = self.tiny.reshape(len(self.tiny), -1).astype(np.float32)
        flat -= flat.mean(axis=1, keepdims=True)
        length = np.linalg.norm(flat, axis=1, keepdims=True)
        textured = length > _FLAT_STD * np.sqrt(flat.shape[1])
        shapes: Array = np.where(textured, flat / np.maximum(length, 1e-6), 0.0)
        return shapes

    @cached_property
    def change(self) -> Array:
        """(N,) mean absolute difference of tiny pictures from the frame before, levels; 0 for the first."""
        import numpy as np

        found = np.zeros(len(self.tiny), np.float32)
        for start in range(1, len(self.tiny), 4096):
            part = self.tiny[start - 1 : start + 4096].astype(np.int16)
            found[start : start + len(part) - 1] = np.abs(np.diff(part, axis=0)).mean(axis=(1, 2))
        return found

    @cached_property
    def flux(self) -> Array:
        """(M, 7) float32 rises of the bands' decibels from 20 ms before, cut at 20: onsets."""
        import numpy as np

        level = self.sound.astype(np.float32)
        rise = np.zeros_like(level)
        if len(level) > 2:
            rise[2:] = np.clip(level[2:] - level[:-2], 0.0, 20.0)
        return rise

    def pack(self) -> bytes:
        """As a compressed .npz file."""
        import numpy as np

        buffer = io.BytesIO()
        arrays: dict[str, Any] = {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}
        np.savez_compressed(buffer, **arrays)
        return buffer.getvalue()

    @classmethod
    def unpack(cls, data: bytes) -> Trace:
        """The reverse of `pack`."""
        import numpy as np

        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            arrays = {field.name: file[field.name] for field in fields(cls)}
        numbers = {name: float(arrays[name]) for name in ("fps", "aspect", "hop_s", "sound_start_s")}
        return cls(**{**arrays, **numbers})


def read_trace(path: Path) -> Trace:
    """A stored trace; raises `BadMedia` when it cannot be read."""
    import zipfile

    try:
        return Trace.unpack(path.read_bytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise BadMedia(f"The stored measurements {path.name!r} cannot be read: {error}.", "Judge the film again.") from None
