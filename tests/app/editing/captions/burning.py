"""Captions burnt into a grey picture, as arrays."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.editing.caption import Caption
from app.editing.captions.ass import ass_document
from app.editing.graph import described
from app.video import ffmpeg
from configs.captions_file import FONTS_DIR

WIDTH, HEIGHT = 320, 180
GREY = 128


def burnt(
    captions: Sequence[Caption], seconds: float, folder: Path, rate: int = 10, size: tuple[int, int] = (WIDTH, HEIGHT), **how: Any
) -> np.ndarray[Any, Any]:
    """(frames, H, W, 3) uint8 RGB: the captions over grey, from the document's second 0 on."""
    path = folder / "captions.ass"
    path.write_text(ass_document(captions, *size, **how), encoding="utf-8")
    chain = described("ass", filename=str(path), fontsdir=str(FONTS_DIR))
    arguments = ["-f", "lavfi", "-i", f"color=0x808080:s={size[0]}x{size[1]}:r={rate}:d={seconds},format=rgb24"]
    command = [ffmpeg.executable(), "-loglevel", "error", *arguments, "-vf", chain, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3)


def inked(frame: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """(H, W) bool: where there is more than grey."""
    return np.abs(frame.astype(int) - GREY).max(axis=2) > 40


def spread(frame: np.ndarray[Any, Any]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what is written, in shares of the picture."""
    ys, xs = np.nonzero(inked(frame))
    return xs.min() / frame.shape[1], ys.min() / frame.shape[0], (xs.max() + 1) / frame.shape[1], (ys.max() + 1) / frame.shape[0]
