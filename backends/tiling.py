"""A picture in tiles that join without a seam: they overlap, what lies at a tile's edge is not used, and the rest goes over softly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

Span = tuple[int, int]


def spans(length: int, tile: int, overlap: int) -> list[Span]:
    """Starts and ends of tiles along one side, evenly spread; neighbours share at least ``overlap`` px."""
    if length <= tile:
        return [(0, length)]
    count = -(-(length - overlap) // (tile - overlap))
    starts = [round(number * (length - tile) / (count - 1)) for number in range(count)]
    return [(start, start + tile) for start in starts]


def weights(along: list[Span], number: int, scale: int) -> Tensor:
    """float32 over one tile's result: 1 where it is alone, going over to its neighbours in the middle half of what they share.

    At every place the weights of all tiles add up to 1.
    """
    import torch

    start, end = along[number]
    place = (torch.arange((end - start) * scale, dtype=torch.float32) + 0.5) / scale + start
    made = torch.ones_like(place)
    if number > 0:
        made *= _rise(place, start, along[number - 1][1])
    if number + 1 < len(along):
        made *= 1 - _rise(place, along[number + 1][0], end)
    return made


def _rise(place: Tensor, first: int, last: int) -> Tensor:
    """0 before a quarter of the shared part, 1 after three quarters."""
    quarter = (last - first) / 4
    return ((place - first - quarter) / max(2 * quarter, 1e-6)).clamp(0, 1)


def stitched(pixels: Tensor, look: Callable[[Tensor], Tensor], scale: int, tile: int, overlap: int) -> Iterator[Any]:
    """Runs ``look`` on each tile of float32 [3, H, W] and yields (tiles done, tiles in all, finished rows or None).

    Finished rows are uint8 [rows, W * scale, 3], from the top down. Only one row of tiles is held at a time.
    """
    import torch

    _, height, width = pixels.shape
    down, across = spans(height, tile, overlap), spans(width, tile, overlap)
    carried, done, total = None, 0, len(down) * len(across)
    for row, (top, bottom) in enumerate(down):
        band = torch.zeros(3, (bottom - top) * scale, width * scale)
        fade = weights(down, row, scale)[:, None]
        for column, (left, right) in enumerate(across):
            found = look(pixels[:, top:bottom, left:right]).float().cpu()
            band[:, :, left * scale : right * scale] += found * fade * weights(across, column, scale)
            done += 1
            yield done, total, None
        if carried is not None:
            band[:, : carried.shape[1]] += carried
        ends = ((down[row + 1][0] if row + 1 < len(down) else height) - top) * scale
        carried = band[:, ends:].clone()
        yield done, total, _bytes(band[:, :ends])


def _bytes(rows: Tensor) -> np.ndarray[Any, Any]:
    import torch

    made: np.ndarray[Any, Any] = (rows.clamp(0, 1) * 255 + 0.5).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()
    return made
