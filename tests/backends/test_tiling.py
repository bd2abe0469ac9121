"""Tiles cover everything, their weights add up to one, and what a local network makes has no seam at all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from backends.tiling import spans, stitched, weights  # noqa: E402


@pytest.mark.parametrize(
    ("length", "tile", "overlap"), [(10, 64, 8), (64, 64, 8), (65, 64, 8), (200, 64, 24), (1000, 256, 48), (257, 256, 128)]
)
def test_spans_cover_the_side_and_overlap(length: int, tile: int, overlap: int) -> None:
    found = spans(length, tile, overlap)
    assert found[0][0] == 0
    assert found[-1][1] == length
    for (start, end), (following, _) in pairwise(found):
        assert start < following
        assert end - following >= overlap
    assert all(end - start == min(tile, length) for start, end in found)


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_weights_add_up_to_one_and_leave_the_rim_out(scale: int) -> None:
    along = spans(300, 100, 24)
    total = torch.zeros(300 * scale)
    for number, (start, end) in enumerate(along):
        part = weights(along, number, scale)
        total[start * scale : end * scale] += part
        if number:
            assert part[: 4 * scale].max() == 0, "what lies at a tile's edge is not used"
    assert torch.allclose(total, torch.ones_like(total), atol=1e-6)


def local(part: torch.Tensor) -> torch.Tensor:
    """Twice as large, each pixel the mean of 9 x 9 around it: what a tile's edge changes is four px wide."""
    kernel = torch.ones(1, 1, 9, 9) / 81
    blurred = torch.nn.functional.conv2d(part[:, None], kernel, padding=4)[:, 0]
    return blurred.repeat_interleave(2, 1).repeat_interleave(2, 2)


@pytest.mark.parametrize("size", [(150, 90), (64, 200), (50, 40), (65, 64)])
def test_a_local_network_leaves_no_seam(size: tuple[int, int]) -> None:
    width, height = size
    picture = torch.rand(3, height, width, generator=torch.Generator().manual_seed(1))
    whole = (local(picture) * 255 + 0.5).to(torch.uint8).permute(1, 2, 0).numpy()
    rows = [row for _, _, row in stitched(picture, local, 2, 64, 24) if row is not None]
    found = np.concatenate(rows)
    assert found.shape == (2 * height, 2 * width, 3)
    assert np.abs(found.astype(int) - whole).max() <= 1


def test_progress_counts_every_tile() -> None:
    counted = [(done, total) for done, total, row in stitched(torch.zeros(3, 100, 150), local, 2, 64, 16) if row is None]
    assert counted == [(number, len(counted)) for number in range(1, len(counted) + 1)]
