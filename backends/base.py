"""What every engine is to the scheduler and to its callers. Engines live in one file each and stand in `backends/registry.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from backends.cards import ModelCard, Variant
from backends.chat import ChatCall, ChatPiece

OnStep = Callable[[float, str], None]  # raises to cancel
IsCancelled = Callable[[], bool]
Shape = Mapping[str, int]  # what decides the working memory of one call: {"width": 1024, "height": 1024, "batch": 1}, {"tokens": 4096}


@dataclass(frozen=True)
class Installed:
    """A model whose files are on this machine."""

    card: ModelCard
    variant: Variant
    folder: Path  # or the one file of a single-file checkpoint
    in_place: bool = False  # lies in another program's folder: used there, never deleted
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)  # what the settings say for its engine; may hold keys: never shown


@dataclass(frozen=True)
class Footprint:
    """Memory that a loaded model holds, bytes, without the working memory of a call."""

    host_bytes: int
    device_bytes: int


@dataclass(frozen=True)
class Device:
    """Where an engine computes: "cpu", "cuda:0"."""

    name: str = "cpu"

    @property
    def is_cpu(self) -> bool:
        """Host memory is the device memory."""
        return self.name == "cpu"


class OutOfMemory(Exception):
    """The device had no room for the call; raised by engines in place of their library's own error, outside its `except` block."""


class Cancelled(Exception):
    """The caller gave up; raised between tokens, steps or tensors."""


@runtime_checkable
class Engine(Protocol):
    """One model in this process. installed -> `load` -> parked -> `activate` -> resident -> `deactivate` -> parked -> `close`.

    Calls are made only while resident, under a lease. On a CPU device parked and resident are the same memory.
    """

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory. Raises StudioError (damaged files) or what ``on_step`` raises; leaves nothing behind then."""

    def activate(self) -> None:
        """Host memory to the device. Raises `OutOfMemory` and is parked again then."""

    def deactivate(self) -> None:
        """Drops the device copy; the host copy stays."""

    def close(self) -> None:
        """Frees everything."""

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """A first guess at the device memory one call needs beyond the weights; what is learned replaces it."""

    def relieve(self, level: int) -> bool:
        """Uses less memory from now on, at the price of time (1: tiling or a smaller batch, 2: streaming weights); False when it cannot."""


@runtime_checkable
class ChatEngine(Engine, Protocol):
    """Answers conversations, with pictures when its card's task says so."""

    def chat(self, call: ChatCall, is_cancelled: IsCancelled) -> Iterator[ChatPiece]:
        """Pieces as they are made. Raises BadInput (too long, unknown tool ...), `OutOfMemory`, `Cancelled`."""


@dataclass(frozen=True)
class Vectors:
    """float32 unit vectors [n, dimensions] as rows of bytes, and the tokens read."""

    data: bytes
    count: int
    dimensions: int
    tokens: int


@runtime_checkable
class EmbeddingEngine(Engine, Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str], is_cancelled: IsCancelled) -> Vectors:
        """One vector per text."""


Maker = Callable[[Installed, Device], Engine]


@dataclass(frozen=True)
class EngineKind:
    """One row of the engine table."""

    name: str
    tasks: tuple[str, ...]
    make: Maker  # imports its libraries inside
    needs: tuple[str, ...] = ()  # modules that must be importable, e.g. ("torch", "transformers")
    options: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 1  # calls that one loaded engine serves at the same time
    own_process: bool = False  # its memory is held by a process of its own (a model server), not by this one
