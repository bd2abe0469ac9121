"""What an analysis leaves for later questions, read back: its document, the per-frame table, the samples, the time stamps."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.video.analysers.changes import Changes
from app.video.curves import Curves
from app.video.models import MediaInfo, Scene
from app.video.reshots import Film
from configs.errors import BadInput, BadMedia

if TYPE_CHECKING:
    import numpy as np

    from app.video.table import Table

    Stamps = np.ndarray[Any, np.dtype[np.int64]]

DOCUMENT, CURVES, SAMPLES = "analysis.json", "curves.npz", "samples.npz"
# What deciding about shots reads; the rest of the table stays on the disk.
_NEEDED = {
    *(name for name in Changes.columns if name != "changed"),
    "luma_mean",
    "luma_std",
    "sharpness",
    "shadows_clipped",
    "highlights_clipped",
}
Read = TypeVar("Read")
_SCENES = TypeAdapter(list[Scene])
AGAIN = "Analyse the clip again."


@dataclass(frozen=True)
class Samples:
    """Sampled frames' numbers, and the time stamp of every frame in the stream's ticks."""

    rows: Curves
    stamps: Stamps

    @classmethod
    def of(cls, table: Table) -> Samples:
        """What the pass has gathered."""
        import numpy as np

        return cls(table.samples(), np.asarray([table.stamp(frame) for frame in range(len(table))], dtype=np.int64))

    def pack(self) -> bytes:
        """As a compressed .npz file."""
        import numpy as np

        buffer = io.BytesIO()
        arrays: dict[str, Any] = {"rows": np.frombuffer(self.rows.pack(), dtype=np.uint8), "stamps": self.stamps}
        np.savez_compressed(buffer, **arrays)
        return buffer.getvalue()

    @classmethod
    def unpack(cls, data: bytes) -> Samples:
        """The reverse of `pack`."""
        import numpy as np

        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return cls(Curves.unpack(file["rows"].tobytes()), file["stamps"])


def read_film(document: Path, curves: Path) -> Film:
    """The part of an analysis that shots are decided from.

    Raises:
        BadInput: the analysis is of an older form, or its table does not fit it.
    """
    found = json.loads(document.read_text(encoding="utf-8"))
    try:
        scenes = _SCENES.validate_python(found["scenes"])
        table = read_curves(curves)
        applied, settings = found.get("review"), found["settings"]
        return Film(
            clip_id=found["media"]["artifact_id"],
            info=MediaInfo.model_validate(found["media"]["info"]),
            frame_count=found["frame_count"],
            duration_s=found["duration_s"],
            scenes=scenes,
            detected=tuple(applied["detected"] if applied else (scene.start_frame for scene in scenes[1:])),
            curves=_slim(table, found["frame_count"]),
            detector=settings["detector"],
            threshold=settings["scene_threshold"],
            shortest=settings["min_scene_frames"],
        )
    except (KeyError, TypeError, ValidationError):
        raise too_old() from None


def read_curves(path: Path) -> Curves:
    """The whole per-frame table; raises `BadMedia` when the file is damaged."""
    return _whole(path, Curves.unpack)


def read_samples(path: Path) -> Samples:
    """The samples and time stamps; raises `BadMedia` when the file is damaged."""
    return _whole(path, Samples.unpack)


def _whole(path: Path, unpack: Callable[[bytes], Read]) -> Read:
    try:
        return unpack(path.read_bytes())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BadMedia(f"The stored curves of this analysis cannot be read: {error}.", AGAIN, "curves_unreadable") from None


def too_old() -> BadInput:
    """The analysis lacks what later versions store."""
    return BadInput("This analysis was made by an earlier version, which stored too little to decide its shots again.", AGAIN, "too_old")


def _slim(table: Curves, frame_count: int) -> Curves:
    columns = {name: column for name, column in table.columns.items() if name in _NEEDED or name in Changes.columns}
    if len(table) != frame_count or not columns.keys() >= _NEEDED:
        raise too_old()
    return Curves(table.fps, table.times_s, columns)
