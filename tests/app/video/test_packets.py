"""Damaged packets are passed over, counted, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import pytest

from app.video import packets
from app.video.packets import decoded


class Packet:
    def __init__(self, *frames: str, error: type[Exception] | None = None) -> None:
        self.frames, self.error = frames, error

    def decode(self) -> tuple[str, ...]:
        if self.error is not None:
            raise self.error(0, "by hand")
        return self.frames


class Film:
    def __init__(self, *found: Packet) -> None:
        self.found = found

    def demux(self, stream: Any) -> Iterator[Packet]:
        return iter(self.found)


def frames(*found: Packet, **how: Any) -> list[str]:
    film: Any = Film(*found)
    return list(decoded(film, None, **how))


def test_a_damaged_packet_is_passed_over_and_counted() -> None:
    heard: list[int] = []
    bad = Packet(error=av.error.InvalidDataError)
    assert frames(Packet("a"), bad, Packet("b", "c"), bad, on_damage=lambda: heard.append(1)) == ["a", "b", "c"]
    assert len(heard) == 2


def test_a_stream_ends_at_its_end() -> None:
    assert frames(Packet("a"), Packet(error=av.error.EOFError), Packet("b")) == ["a"]


def test_a_stream_that_is_all_damage_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packets, "MOST_DAMAGED", 3)
    assert frames(*[Packet(error=av.error.InvalidDataError)] * 3, Packet("late")) == []
