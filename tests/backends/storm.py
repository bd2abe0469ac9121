"""A storm of random events over the scheduler's books, with every promise checked after each of them."""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import dataclass, field

from backends.scheduler import BYPASS_LIMIT, Decision, decide
from backends.scheduler_state import Action, Budget, Model, Waiting, World

MIB = 2**20


@dataclass
class Storm:
    """Random life: requests, ends of calls, moves that succeed or fail, people who pin and unload, other programs, time."""

    seed: int
    shared: bool = False
    models: int = 6
    keep_alive_s: float | None = 200.0
    counts: Counter[str] = field(default_factory=Counter)
    most_bypassed: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.now = 0.0
        self.ticket = 0
        budget = Budget(0 if self.shared else 16_000, 24_000 if self.shared else 40_000, self.shared, self.keep_alive_s)
        self.world = World(budget)
        for index in range(self.models):
            size = self.random.choice((100, 1_000, 3_000, 5_000, 7_000, 9_000, 15_000))
            model = Model(f"m{index}", size, 0 if self.shared else size, size / 1000, size / 20_000, self.random.choice((1, 1, 2, 8)))
            self.world.models[model.name] = model
        self.names = list(self.world.models)
        self.queues: dict[str, deque[Action]] = {"disk": deque(), "device": deque()}
        self.begun: dict[str, bool] = {"disk": False, "device": False}

    def run(self, events: int) -> None:
        """So many events, then peace, in which everyone who still waits must be answered."""
        for index in range(events):
            self.step()
            if index % 4096 == 0:
                self.recount()
        self.drain()

    def step(self) -> None:
        """One random event and what is decided upon it."""
        draw = self.random.random()
        if draw < 0.36 and len(self.world.waiting) < 20:
            self.ask()
        elif draw < 0.66:
            self.end_call()
        elif draw < 0.94:
            self.end_move(self.random.random() < 0.03)
        else:
            self.rare()
        self.now += self.random.random() * (0.5 if draw < 0.999 else 400)
        self.settle()

    def ask(self) -> None:
        self.ticket += 1
        name = self.names[min(int(self.random.expovariate(0.6)), len(self.names) - 1)]
        priority = self.random.choice((0, 0, 0, 5))
        working = self.random.choice((0, 50, 400, 1_500, 4_000))
        alone = self.random.random() < 0.01
        self.world.ask(Waiting(self.ticket, name, working, priority, self.now, alone=alone), self.now)
        self.counts["ask"] += 1

    def end_call(self) -> None:
        if self.world.leases:
            self.world.released(self.random.choice(list(self.world.leases)), self.now)

    def end_move(self, fails: bool) -> None:
        lanes = [lane for lane, queue in self.queues.items() if queue]
        if not lanes:
            return
        lane = self.random.choice(lanes)
        action = self.queues[lane].popleft()
        self.begun[lane] = False
        if fails and action.kind in ("load", "activate"):
            self.world.failed(action, self.now + 1.0)
            self.counts["failed"] += 1
        else:
            self.world.ended(action, self.now)
        self.begin_moves()

    def rare(self) -> None:
        model = self.world.models[self.random.choice(self.names)]
        what = self.random.randrange(5)
        if what == 0 and self.world.waiting:
            self.world.withdraw(self.random.choice(list(self.world.waiting)))
        elif what == 1:
            model.pinned = not model.pinned and self.random.random() < 0.15
        elif what == 2:
            model.dismissed = self.random.choice(("park", "drop"))
        elif what == 3:
            self.world.budget.foreign_device = 0 if self.shared else self.random.choice((0, 0, 0, 0, 500, 6_000))
        else:
            self.world.budget.foreign_host = self.random.choice((0, 0, 0, 0, 500, 9_000))

    def settle(self) -> Decision:
        """Decides until nothing more is decided, checking every action as it is committed."""
        decision = decide(self.world, self.now)
        for action in decision.actions:
            self.check(action)
            self.world.commit(action, self.now)
            self.counts[action.kind] += 1
            if action.lane:
                self.queues[action.lane].append(action)
            if action.kind == "start":
                self.within(action)
        for request in self.world.waiting.values():
            if request.bypassed > self.most_bypassed:
                self.most_bypassed = request.bypassed
                assert request.bypassed <= BYPASS_LIMIT, f"passed by {request.bypassed}"
        self.begin_moves()
        world = self.world
        if world.waiting and not world.leases and not decision.actions and not any(world.lanes.values()):
            assert decision.wake_at < float("inf"), f"seed {self.seed}: {len(world.waiting)} wait for nothing: {decision.waits}"
            self.now = max(self.now, decision.wake_at)
        return decision

    def check(self, action: Action) -> None:
        """What leaves is idle and not pinned (unless asked away); what starts is resident and not full."""
        model = self.world.models[action.model]
        if action.kind in ("park", "drop"):
            assert model.leases == 0, f"{action.kind} {model.name} in use"
            assert not model.moving
            assert not model.pinned or model.dismissed, f"{action.kind} {model.name} pinned"
        elif action.kind == "start":
            assert model.place == "resident"
            assert not model.moving
            assert model.leases < model.concurrency
        elif action.kind in ("load", "activate"):
            assert not model.moving
            assert model.place == ("installed" if action.kind == "load" else "parked")

    def within(self, action: Action) -> None:
        """A call that takes memory finds it free, other programs' share taken off."""
        if not action.working_bytes:
            return
        budget = self.world.budget
        used, limit = (self.world.host_used, budget.host) if self.shared else (self.world.device_used, budget.device)
        assert used <= limit, f"seed {self.seed}: {action} goes {used - limit} over the budget"

    def begin_moves(self) -> None:
        for lane, queue in self.queues.items():
            if queue and not self.begun[lane]:
                action = queue[0]
                self.begun[lane] = True
                before = self.world.device_used, self.world.host_used
                self.world.begun(action)
                took_device, took_host = self.world.device_used - before[0], self.world.host_used - before[1]
                fits = (not took_device or self.world.device_used <= self.world.budget.device_bytes) and (
                    not took_host or self.world.host_used <= self.world.budget.host_bytes
                )
                assert fits, f"seed {self.seed}: {action} took the memory over the budget"

    def drain(self) -> None:
        """No more requests: everyone gets an answer."""
        for _ in range(100_000):
            if not self.world.waiting and not self.world.leases and not any(self.queues.values()):
                break
            self.end_call()
            self.end_move(False)
            self.now += 0.2
            self.settle()
        assert not self.world.waiting, f"seed {self.seed}: {len(self.world.waiting)} were never answered"
        self.recount()

    def recount(self) -> None:
        """The running sums are what counting from the beginning gives."""
        world = self.world
        moving_in = {queue[0].model: queue[0].kind for lane, queue in self.queues.items() if queue and self.begun[lane]}
        device = sum(m.device_bytes for m in world.models.values() if m.place == "resident" or moving_in.get(m.name) == "activate")
        host = sum(m.host_bytes for m in world.models.values() if m.place != "installed" or moving_in.get(m.name) == "load")
        working = sum(lease.working_bytes for lease in world.leases.values())
        assert world.device_used == device + (0 if self.shared else working)
        assert world.host_used == host + (working if self.shared else 0)
        assert all(
            model.leases == sum(1 for lease in world.leases.values() if lease.model == model.name) for model in world.models.values()
        )
