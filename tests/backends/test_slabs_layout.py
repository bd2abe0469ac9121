"""Slabs waste next to nothing, where pinning tensor by tensor wastes half."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backends.slabs_layout import ALIGNMENT, Span, lay_out, merge, pinned_apart

HALF = 2  # bytes of a half-precision number


def linear(inside: int, outside: int, bias: bool = True) -> list[int]:
    return [inside * outside, *([outside] if bias else [])]


def residual(inside: int, outside: int) -> list[int]:
    convolutions = [inside, inside, 9 * inside * outside, outside, outside, outside, 9 * outside * outside, outside]
    return [*convolutions, *linear(1280, outside), *(linear(inside, outside) if inside != outside else [])]


def transformer(width: int, blocks: int) -> list[int]:
    block = [width] * 6 + linear(width, 8 * width) + linear(4 * width, width)
    for context in (width, 2048):
        block += linear(width, width, False) + 2 * linear(context, width, False) + linear(width, width)
    return [width, width, *(2 * linear(width, width)), *(block * blocks)]


def stage(inside: int, outside: int, blocks: int, layers: int) -> list[int]:
    sizes: list[int] = []
    for index in range(layers):
        sizes += residual(inside if index == 0 else outside, outside) + (transformer(outside, blocks) if blocks else [])
    return sizes


def sdxl() -> list[int]:
    """Elements of every weight and bias of a U-Net like SDXL's: 320/640/1280 channels, 2 and 10 transformer blocks, text width 2048."""
    down = stage(320, 320, 0, 2) + stage(320, 640, 2, 2) + stage(640, 1280, 10, 2)
    middle = residual(1280, 1280) + transformer(1280, 10) + residual(1280, 1280)
    up = stage(2560, 1280, 10, 3) + stage(1920, 640, 2, 3) + stage(960, 320, 0, 3)
    return linear(9 * 4, 320) + down + middle + up + linear(9 * 320, 4)


def test_an_sdxl_loses_less_than_three_per_cent() -> None:
    sizes = sdxl()
    assert 2.4e9 < sum(sizes) < 2.8e9
    layout = lay_out(list(enumerate(sizes)), HALF)
    assert layout.waste <= 0.03
    assert layout.waste < 0.001
    apart = pinned_apart([size * HALF for size in sizes]) / (sum(sizes) * HALF) - 1
    assert apart > 0.2, f"pinned one by one they would take {apart:.0%} more"


@given(st.lists(st.integers(0, 5000), max_size=40), st.sampled_from([1, 2, 4, 8]))
def test_pieces_lie_apart_and_aligned(sizes: list[int], itemsize: int) -> None:
    layout = lay_out(list(enumerate(sizes)), itemsize)
    end = 0
    for index, size in enumerate(sizes):
        start = layout.offsets[index]
        assert start >= end
        assert start * itemsize % ALIGNMENT == 0
        end = start + size
    assert layout.elements == end
    assert layout.used == sum(sizes)
    assert end <= sum(sizes) + len(sizes) * ALIGNMENT // itemsize


def test_an_empty_slab_wastes_nothing() -> None:
    assert lay_out([], 2).waste == 0.0
    assert pinned_apart([0, 3, 4]) == 8


def test_overlapping_spans_become_one() -> None:
    spans = [Span(1, 0, 10), Span(1, 5, 20), Span(1, 30, 40), Span(2, 0, 5), Span(1, 0, 10)]
    assert merge(spans) == [Span(1, 0, 20), Span(1, 30, 40), Span(2, 0, 5)]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50), st.integers(1, 20)), max_size=20))
def test_merged_spans_cover_everything_once(found: list[tuple[int, int, int]]) -> None:
    spans = [Span(storage, start, start + size) for storage, start, size in found]
    merged = merge(spans)
    assert all(any(m.storage == s.storage and m.start <= s.start and s.end <= m.end for m in merged) for s in spans)
    covered = {(s.storage, i) for s in spans for i in range(s.start, s.end)}
    assert sum(m.end - m.start for m in merged) == len(covered)
