"""Plays a recorded day of jobs through the scheduler on a clock of its own, and beside it first come, first served."""

from __future__ import annotations

import heapq
import json
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from backends.scheduler import decide
from backends.scheduler_state import Action, Budget, Lane, Model, Waiting, World

GIB = 2**30


@dataclass(frozen=True)
class TraceModel:
    """A model of a trace: bytes of its weights and of a call's working memory, seconds to load and to activate."""

    name: str
    weights_bytes: int
    working_bytes: int
    load_s: float
    activate_s: float


@dataclass(frozen=True)
class TraceJob:
    """One call: when it was asked for, of which model, how long it runs."""

    at_s: float
    model: str
    duration_s: float
    priority: int = 0


@dataclass(frozen=True)
class Trace:
    """A recorded sequence of calls and the card it ran on."""

    device_bytes: int
    host_bytes: int
    models: tuple[TraceModel, ...]
    jobs: tuple[TraceJob, ...]

    def save(self, path: Path) -> None:
        """Writes it as JSON."""
        path.write_text(json.dumps(asdict(self), separators=(",", ":")) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Trace:
        """Reads what `save` wrote."""
        found = json.loads(path.read_text(encoding="utf-8"))
        models = tuple(TraceModel(**model) for model in found["models"])
        return cls(found["device_bytes"], found["host_bytes"], models, tuple(TraceJob(**job) for job in found["jobs"]))


@dataclass(frozen=True)
class Played:
    """What came of a trace. A switch is a model brought to the device."""

    switches: int
    loads: int
    makespan_s: float
    mean_wait_s: float
    longest_wait_s: float
    most_bypassed: int
    finished: int


CARD = (
    TraceModel("chat", 19 * GIB // 2, 2 * GIB, 9.0, 0.5),  # a 14B language model in 4 bits, its keys and values
    TraceModel("image", 7 * GIB, 7 * GIB // 2, 6.0, 0.35),  # SDXL in half precision
    TraceModel("voice", 6 * GIB // 5, GIB // 3, 2.0, 0.08),  # a small speech model
)
# (fewest, most) calls of a sitting, seconds of a call, seconds between two requests: a conversation, a round of pictures, a dialogue spoken
HABITS = {"chat": ((4, 16), 3.0, 10.0), "image": ((6, 40), 4.5, 7.0), "voice": ((5, 30), 1.6, 4.0)}


def busy_day(seed: int, jobs: int = 1000, people: int = 8) -> Trace:
    """Sittings as people have them, so many at once, mixed on one 16 GB card; when one ends another begins.

    Two or three people leave the card pauses; with eight a queue builds up, as it does behind batches and workflows.
    """
    chance = random.Random(seed)
    found: list[TraceJob] = []
    free_at = [chance.uniform(0, 20.0) for _ in range(people)]
    while min(free_at) < (sorted(job.at_s for job in found)[jobs - 1] if len(found) >= jobs else math.inf):
        person = free_at.index(min(free_at))
        kind = chance.choice(tuple(HABITS))
        (fewest, most), each_s, gap_s = HABITS[kind]
        for _ in range(chance.randint(fewest, most)):
            found.append(TraceJob(round(free_at[person], 3), kind, round(each_s * chance.lognormvariate(0.0, 0.3), 3)))
            free_at[person] += gap_s * chance.lognormvariate(0.0, 0.6)
    found.sort(key=lambda job: job.at_s)
    return Trace(31 * GIB // 2, 48 * GIB, CARD, tuple(found[:jobs]))


def world_of(trace: Trace) -> World:
    """The scheduler's books at the beginning of a trace."""
    world = World(Budget(trace.device_bytes, trace.host_bytes))
    for model in trace.models:
        world.models[model.name] = Model(model.name, model.weights_bytes, model.weights_bytes, model.load_s, model.activate_s)
    return world


def play(trace: Trace) -> Played:
    """Plays a trace through the scheduler."""
    return _Player(trace).run()


class _Player:
    """Events on a clock that jumps: arrivals, ends of calls, ends of moves, and the scheduler's own alarm."""

    def __init__(self, trace: Trace) -> None:
        self.trace, self.world, self.now = trace, world_of(trace), 0.0
        self.models = {model.name: model for model in trace.models}
        self.events: list[tuple[float, int, str, object]] = []
        self.queues: dict[Lane, list[Action]] = {"disk": [], "device": []}
        self.order = 0
        self.counts: Counter[str] = Counter()
        self.waits: list[float] = []
        self.most_bypassed = 0
        self.alarm = math.inf

    def run(self) -> Played:
        for index, job in enumerate(self.trace.jobs):
            self._later(job.at_s, "arrive", index)
        while self.events:
            self.now, _, what, detail = heapq.heappop(self.events)
            self._happen(what, detail)
            self._decide()
        waits = self.waits or [0.0]
        return Played(
            self.counts["activate"], self.counts["load"], self.now, sum(waits) / len(waits), max(waits), self.most_bypassed, len(self.waits)
        )  # fmt: skip

    def _later(self, at_s: float, what: str, detail: object) -> None:
        self.order += 1
        heapq.heappush(self.events, (at_s, self.order, what, detail))

    def _happen(self, what: str, detail: object) -> None:
        if what == "arrive" and isinstance(detail, int):
            job = self.trace.jobs[detail]
            self.world.ask(Waiting(detail, job.model, self.models[job.model].working_bytes, job.priority, self.now), self.now)
        elif what == "end" and isinstance(detail, int):
            self.world.released(detail, self.now)
        elif what == "moved" and isinstance(detail, Action):
            self.queues[detail.lane].pop(0)
            self.world.ended(detail, self.now)
            self._begin(detail.lane)

    def _decide(self) -> None:
        decision = decide(self.world, self.now)
        for action in decision.actions:
            if action.kind == "start":
                self.waits.append(self.now - self.world.waiting[action.ticket].since)
                self._later(self.now + self.trace.jobs[action.ticket].duration_s, "end", action.ticket)
            self.world.commit(action, self.now)
            self.counts[action.kind] += 1
            if action.lane:
                self.queues[action.lane].append(action)
                if len(self.queues[action.lane]) == 1:
                    self._begin(action.lane)
        self.most_bypassed = max([self.most_bypassed, *(request.bypassed for request in self.world.waiting.values())])
        if decision.wake_at < math.inf and decision.wake_at != self.alarm:
            self.alarm = decision.wake_at
            self._later(decision.wake_at, "alarm", None)

    def _begin(self, lane: Lane) -> None:
        if self.queues[lane]:
            action = self.queues[lane][0]
            self.world.begun(action)
            model = self.models[action.model]
            self._later(self.now + {"load": model.load_s, "activate": model.activate_s}.get(action.kind, 0.01), "moved", action)


def first_come(trace: Trace) -> Played:
    """One job after the other in the order in which they came; the model unused for longest makes room."""
    models = {model.name: model for model in trace.models}
    resident: list[str] = []  # the latest used last
    loaded: set[str] = set()
    now, switches, waits = 0.0, 0, []
    for job in trace.jobs:
        now = max(now, job.at_s)
        model = models[job.model]
        if job.model in resident:
            resident.remove(job.model)
        else:
            switches += 1
            now += model.activate_s + (0.0 if job.model in loaded else model.load_s)
            loaded.add(job.model)
        while resident and not fits([*resident, job.model], job.model, models, trace.device_bytes):
            resident.pop(0)
        resident.append(job.model)
        waits.append(now - job.at_s)
        now += job.duration_s
    waits = waits or [0.0]
    return Played(switches, len(loaded), now, sum(waits) / len(waits), max(waits), 0, len(trace.jobs))


def fits(names: Sequence[str], running: str, models: Mapping[str, TraceModel], device_bytes: int) -> bool:
    """Whether these can be on the device together while one of them runs."""
    return sum(models[name].weights_bytes for name in names) + models[running].working_bytes <= device_bytes
