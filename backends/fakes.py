"""Stand-ins for tests: engines with set sizes and times on a machine that counts bytes and can be told to run out."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backends.base import Cancelled, Device, Engine, EngineKind, Footprint, Installed, IsCancelled, OnStep, OutOfMemory, Shape, Vectors
from backends.cards import ModelCard
from backends.chat import ChatCall, ChatPiece, TextPart, Usage
from backends.effects import Probe

GIB = 2**30
SLICES = 10  # a fake load reports and can be cancelled this often


class FakeMachine:
    """Counts what fake engines hold. Bytes over a capacity raise `OutOfMemory`; so does the next point that was told to fail.

    Attributes:
        device_used, host_used: bytes held now. device_peak, host_peak: the most that was held.
        foreign_device, foreign_host: bytes that other programs hold.
        failures: points that will run out, by name ("load", "activate", "call"): how many times still.
        log: what happened, in order: ("load", model), ("activate", model), ...
    """

    def __init__(self, device_bytes: int = 16 * GIB, host_bytes: int = 64 * GIB, shared: bool = False) -> None:
        self.device_bytes, self.host_bytes, self.shared = device_bytes, host_bytes, shared
        self.device_used = self.host_used = self.device_peak = self.host_peak = 0
        self.foreign_device = self.foreign_host = 0
        self.failures: dict[str, int] = {}
        self.log: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def note(self, what: str, model: str) -> None:
        """One more line of the log."""
        with self._lock:
            self.log.append((what, model))

    def fail(self, point: str, times: int = 1) -> None:
        """The next ``times`` arrivals at that point run out of memory."""
        with self._lock:
            self.failures[point] = self.failures.get(point, 0) + times

    def reach(self, point: str) -> None:
        """An engine is at a point that may have been told to run out."""
        with self._lock:
            if self.failures.get(point, 0) > 0:
                self.failures[point] -= 1
                raise OutOfMemory(f"told to run out at {point}")

    def take(self, device: int = 0, host: int = 0) -> None:
        """Takes bytes; raises `OutOfMemory` and takes nothing when a capacity does not suffice."""
        if self.shared:
            device, host = 0, device + host
        with self._lock:
            if self.device_used + self.foreign_device + device > self.device_bytes and device:
                raise OutOfMemory(f"{device} bytes do not fit on the fake device beside {self.device_used + self.foreign_device}")
            if self.host_used + self.foreign_host + host > self.host_bytes and host:
                raise OutOfMemory(f"{host} bytes do not fit in the fake memory beside {self.host_used + self.foreign_host}")
            self.device_used += device
            self.host_used += host
            self.device_peak = max(self.device_peak, self.device_used)
            self.host_peak = max(self.host_peak, self.host_used)

    def give(self, device: int = 0, host: int = 0) -> None:
        """Gives bytes back."""
        if self.shared:
            device, host = 0, device + host
        with self._lock:
            self.device_used -= device
            self.host_used -= host
            assert self.device_used >= 0, "gave back more device memory than was taken"
            assert self.host_used >= 0, "gave back more memory than was taken"


@dataclass
class FakeBehaviour:
    """How long things take, seconds, and what a call needs; ``sleep`` may be a clock's own."""

    load_s: float = 0.0
    activate_s: float = 0.0
    call_s: float = 0.0
    load_error: Exception | None = None
    relief: Sequence[float] = (0.5, 0.25)  # share of the working memory after relieve(1) and relieve(2); shorter: it cannot
    truth: Callable[[str, Shape], int] | None = None  # what a call really takes, where the guess is to be wrong
    sleep: Callable[[float], None] = time.sleep


@dataclass
class FakeEngine:
    """Any kind of engine at once: it chats by repeating what it was told, and embeds by counting letters."""

    installed: Installed
    device: Device
    machine: FakeMachine
    behaviour: FakeBehaviour
    state: str = "installed"
    level: int = 0
    calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        """The card's name."""
        return self.installed.card.name

    @property
    def weights(self) -> int:
        """Bytes of the weights."""
        return self.installed.variant.weights_bytes

    def load(self, on_step: OnStep) -> Footprint:
        """Takes host memory slice by slice, so that it can be cancelled half-way."""
        assert self.state == "installed", self.state
        self.machine.note("load", self.name)
        if self.behaviour.load_error is not None:
            raise self.behaviour.load_error
        self.machine.reach("load")
        taken = 0
        try:
            for index in range(SLICES):
                on_step(index / SLICES, f"Loading {self.name}")
                piece = self.weights * (index + 1) // SLICES - taken
                self.machine.take(host=piece)
                taken += piece
                self._pass(self.behaviour.load_s / SLICES)
            on_step(1.0, f"Loaded {self.name}")
        except BaseException:
            self.machine.give(host=taken)
            raise
        self.state = "parked"
        return Footprint(self.weights, 0 if self.device.is_cpu else self.weights)

    def activate(self) -> None:
        """Takes device memory."""
        assert self.state == "parked", self.state
        self.machine.note("activate", self.name)
        self.machine.reach("activate")
        if not self.device.is_cpu:
            self.machine.take(device=self.weights)
        self._pass(self.behaviour.activate_s)
        self.state = "resident"

    def deactivate(self) -> None:
        """Gives the device memory back."""
        assert self.state == "resident", self.state
        self.machine.note("park", self.name)
        if not self.device.is_cpu:
            self.machine.give(device=self.weights)
        self.state = "parked"

    def close(self) -> None:
        """Gives everything back."""
        if self.state == "resident":
            self.deactivate()
        if self.state == "parked":
            self.machine.note("drop", self.name)
            self.machine.give(host=self.weights)
        self.state = "installed"

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """The card's figure, in proportion to the sizes of the shape over 1."""
        volume = 1
        for size in shape.values():
            volume *= max(1, size)
        return self.installed.variant.working_bytes * volume

    def relieve(self, level: int) -> bool:
        """Works with less from now on."""
        if level > len(self.behaviour.relief):
            return False
        self.level = level
        self.machine.note(f"relieve{level}", self.name)
        return True

    def work(self, operation: str = "work", shape: Shape | None = None, is_cancelled: IsCancelled | None = None) -> str:
        """One call: takes its working memory, passes the time, gives it back. Raises `OutOfMemory`, `Cancelled`."""
        assert self.state == "resident", f"{self.name} was called while {self.state}"
        shape = shape or {}
        self.machine.reach("call")
        needed = self.behaviour.truth(operation, shape) if self.behaviour.truth else self.working_bytes(operation, shape)
        needed = int(needed * (1.0, *self.behaviour.relief)[self.level])
        self.machine.take(device=needed)
        try:
            for _ in range(SLICES):
                if is_cancelled is not None and is_cancelled():
                    raise Cancelled(self.name)
                self._pass(self.behaviour.call_s / SLICES)
            assert self.state == "resident", f"{self.name} was moved during a call"
        finally:
            self.machine.give(device=needed)
        with self._lock:
            self.calls += 1
        return f"{self.name}: {operation}"

    def chat(self, call: ChatCall, is_cancelled: IsCancelled) -> Iterator[ChatPiece]:
        """Repeats the last message word by word."""
        said = "".join(part.text for part in call.messages[-1].parts if isinstance(part, TextPart))
        words = said.split()[: call.max_tokens]
        self.work("chat", {}, is_cancelled)
        for index, word in enumerate(words):
            if is_cancelled():
                raise Cancelled(self.name)
            yield ChatPiece(text=word if index == 0 else f" {word}")
        finish = "length" if call.max_tokens is not None and len(said.split()) > call.max_tokens else "stop"
        yield ChatPiece(finish_reason=finish, usage=Usage(prompt_tokens=len(said.split()), completion_tokens=len(words)))  # type: ignore[arg-type]

    def embed(self, texts: Sequence[str], is_cancelled: IsCancelled) -> Vectors:
        """Unit vectors of four dimensions that depend on the letters."""
        self.work("embed", {}, is_cancelled)
        rows = []
        for text in texts:
            counts = [1.0 + sum(1 for letter in text if ord(letter) % 4 == index) for index in range(4)]
            length = sum(value * value for value in counts) ** 0.5
            rows.append(struct.pack("<4f", *(value / length for value in counts)))
        return Vectors(b"".join(rows), len(rows), 4, sum(len(text.split()) for text in texts))

    def _pass(self, seconds: float) -> None:
        if seconds > 0:
            self.behaviour.sleep(seconds)


class FakeEffects:
    """Effects on a fake machine; its clock is a test's own where one is given."""

    def __init__(self, machine: FakeMachine, clock: Callable[[], float] = time.monotonic) -> None:
        self.machine, self.clock = machine, clock

    def probe(self) -> Probe:
        """What the fake machine counts."""
        m = self.machine
        host, device = m.host_used + m.foreign_host, m.device_used + m.foreign_device
        return Probe(m.host_bytes, m.host_bytes - host, m.device_bytes, m.device_bytes - device, m.device_used)

    def load(self, engine: Engine, on_step: OnStep) -> Footprint:
        """Disk to RAM."""
        return engine.load(on_step)

    def activate(self, engine: Engine) -> None:
        """RAM to the device."""
        engine.activate()

    def park(self, engine: Engine) -> None:
        """Drops the device copy."""
        engine.deactivate()

    def drop(self, engine: Engine) -> None:
        """Drops everything."""
        engine.close()

    def trim(self, deep: bool) -> None:
        """There is nothing to trim."""

    def mark(self) -> int | None:
        """Begins to watch the peak."""
        m = self.machine
        m.device_peak, m.host_peak = m.device_used, m.host_used
        return m.host_used if m.shared else m.device_used

    def peak(self, mark: int) -> int | None:
        """The most that was held since."""
        return (self.machine.host_peak if self.machine.shared else self.machine.device_peak) - mark


def fake_card(name: str, weights_bytes: int = GIB, working_bytes: int = GIB // 4, task: str = "chat", engine: str = "fake") -> ModelCard:
    """A card of a model that no file stands behind."""
    return ModelCard.model_validate(
        {
            "name": name,
            "title": name.capitalize(),
            "task": task,
            "engine": engine,
            "source": {"package": "fake==1"},
            "variants": [{"name": "fp16", "download_bytes": 0, "weights_bytes": weights_bytes, "working_bytes": working_bytes}],
            "licences": [{"component": "weights", "name": "MIT", "commercial": True}],
        }
    )


def fake_installed(card: ModelCard) -> Installed:
    """As though its files were there."""
    return Installed(card, card.variant(), Path(f"/nowhere/{card.name}"))


def fake_kind(
    machine: FakeMachine, behaviour: Mapping[str, FakeBehaviour] | FakeBehaviour | None = None, *, name: str = "fake", concurrency: int = 1
) -> EngineKind:
    """A row of the engine table; ``behaviour`` is one for all models, or by model name."""

    def make(installed: Installed, device: Device) -> FakeEngine:
        if isinstance(behaviour, FakeBehaviour):
            chosen = behaviour
        else:
            chosen = (behaviour or {}).get(installed.card.name) or FakeBehaviour()
        return FakeEngine(installed, device, machine, chosen)

    return EngineKind(name, ("chat", "vision-chat", "embedding", "image"), make, concurrency=concurrency)
