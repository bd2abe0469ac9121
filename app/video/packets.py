"""Frames of a stream in order, past what is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.container import InputContainer

MOST_DAMAGED = 10_000  # packets; a stream with more is given up


def decoded(container: InputContainer, stream: Any, on_damage: Callable[[], None] = lambda: None) -> Iterator[Any]:
    """Decoded frames; packets that cannot be decoded are passed over, and ``on_damage`` hears of each."""
    import av

    damaged, packets = 0, container.demux(stream)
    while damaged < MOST_DAMAGED:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            yield from packet.decode()
        except av.error.EOFError:
            return
        except (av.error.FFmpegError, ValueError):
            damaged += 1
            on_damage()
