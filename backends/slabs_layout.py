"""Where tensors lie in a slab: one large piece of memory per dtype instead of one allocation per tensor. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
ALIGNMENT = 512  # bytes; what the device's allocator gives, so that no kernel finds a tensor less aligned than usual


@dataclass(frozen=True)
class Span:
    """Elements ``start`` to ``end`` (exclusive) of a storage that some tensors use."""

    storage: Hashable
    start: int
    end: int


@dataclass(frozen=True)
class Layout(Generic[K]):
    """Offsets in a slab, in elements."""

    offsets: Mapping[K, int]
    elements: int  # of the whole slab
    used: int  # of them, elements that hold something

    @property
    def waste(self) -> float:
        """Share of the slab beyond what is held."""
        return self.elements / self.used - 1 if self.used else 0.0


def lay_out(sizes: Sequence[tuple[K, int]], itemsize: int, alignment: int = ALIGNMENT) -> Layout[K]:
    """Places pieces of so many elements one after the other, each beginning at a multiple of ``alignment`` bytes."""
    step = max(1, alignment // itemsize)
    offsets: dict[K, int] = {}
    end = 0
    for key, size in sizes:
        start = -(-end // step) * step
        offsets[key] = start
        end = start + size
    return Layout(offsets, end, sum(size for _, size in sizes))


def merge(spans: Iterable[Span]) -> list[Span]:
    """Overlapping spans of one storage become one: tied weights and views are held once, and parts nobody uses not at all."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (str(s.storage), s.start, -s.end)):
        last = merged[-1] if merged else None
        if last is not None and last.storage == span.storage and span.start < last.end:
            merged[-1] = Span(last.storage, last.start, max(last.end, span.end))
        else:
            merged.append(span)
    return merged


def pinned_apart(sizes_bytes: Sequence[int]) -> int:
    """Bytes that pinning each tensor by itself would take: the library rounds every one up to a power of two."""
    return sum(1 << max(0, size - 1).bit_length() for size in sizes_bytes if size)
