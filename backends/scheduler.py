"""The scheduler's policy: from what is known, the list of what to do now, each with its reason. Pure: no clock, no thread, no weights.

Order is priority, then age. A request whose model is resident may start before older ones, but none is ever passed by more than 32
younger ones that hold it back, urgent or not: then it is *due* and goes before everything. (Models that all fit beside the largest other
one are *quiet*: a call of theirs takes nothing from anybody.) A more urgent request may be passed only while its model is on its way.
Room is made by losing the idle models whose loss costs least (predicted seconds to bring back x chance of use soon); what is in use,
pinned, being moved, or awaited by a request earlier in the order is never lost. One move per lane at a time: `disk` (disk to RAM) and
`device` (RAM to device). A request that can never fit is refused with the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from backends.scheduler_costs import Victim, cheapest, victim
from backends.scheduler_state import Action, Lane, Model, Waiting, World
from backends.scheduler_turns import BYPASS_LIMIT, quiet_models, turn_is_over
from backends.scheduler_words import Why

__all__ = ["BYPASS_LIMIT", "Decision", "decide", "in_order"]
LONGEST_LINGER_S = 0.5
DROP_AFTER = 4  # times the keep-alive, and a parked model leaves RAM as well
Pool = Literal["device", "host"]


@dataclass(slots=True)
class Decision:
    """What to do now, why each other request waits, and when to ask again though nothing happened."""

    actions: list[Action] = field(default_factory=list)
    waits: list[Action] = field(default_factory=list)
    wake_at: float = math.inf


def decide(world: World, now: float) -> Decision:
    """What to do now. The caller commits every action to the world and carries the moves out in their order."""
    plan = _Plan(world, now)
    plan.tidy()
    if world.waiting:
        order = [request for request in in_order(world) if not plan.refuses(request)]
        plan.move(plan.start(order))
    return plan.decision


def in_order(world: World) -> list[Waiting]:
    """Who goes first: those who are due, then by priority, then by age."""
    if len(world.waiting) == 1:
        return list(world.waiting.values())
    return sorted(
        world.waiting.values(), key=lambda r: (r.bypassed < BYPASS_LIMIT, -r.priority if r.bypassed < BYPASS_LIMIT else 0, r.ticket)
    )


class _Plan:
    """A decision in the making: the books of the world as they will be when what is decided so far has been done."""

    def __init__(self, world: World, now: float) -> None:
        self.world, self.now, self.budget = world, now, world.budget
        self.decision = Decision()
        self.used = {"device": world.device_used, "host": world.host_used}
        self.coming = {"device": dict(world.device_coming), "host": dict(world.host_coming)}
        self.claims = {"device": 0, "host": 0}
        self.calls: Pool = "host" if world.budget.shared else "device"  # where a call's working memory lies
        self.started: set[int] = set()
        self.passes: dict[int, int] = {}  # older request -> starts of this decision that hold it back
        self.new_leases: dict[str, int] = {}
        self.moved: set[str] = set()
        self.idle_lanes = {lane for lane, count in world.lanes.items() if count == 0}
        self.heads: list[Waiting] = []
        self.lingering = ""  # a model that is left a moment longer for its next call
        self.stuck: set[str] = set()  # lanes whose first request waits for memory in use
        self.wanted = {request.model for request in world.waiting.values()}
        self.quiet: set[str] = set()
        self.rooms: dict[str, int] = {}  # model -> working memory it could have at most
        self.limits = {"device": world.budget.device, "host": world.budget.host}
        self.pinned = {"device": 0, "host": 0}
        for model in world.models.values():
            if model.pinned:
                self.pinned["device"] += model.device_bytes if model.place == "resident" or model.moving == "activate" else 0
                self.pinned["host"] += model.host_bytes if model.place != "installed" or model.moving == "load" else 0

    # memory -----------------------------------------------------------------------------------------------------------------------

    def free(self, pool: Pool) -> int:
        """Bytes that can be taken now, whichever of the moves under way ends first: what one lane gives up is not yet the other's."""
        disk, device = self.coming[pool].values()
        return self.limits[pool] - self.used[pool] - max(0, disk) - max(0, device)

    def attainable(self, pool: Pool, model: Model) -> int:
        """Bytes that this model and a call could have if everything that may leave had left."""
        own = 0
        if model.pinned and pool == "device" and (model.place == "resident" or model.moving == "activate"):
            own = model.device_bytes
        elif model.pinned and pool == "host" and (model.place != "installed" or model.moving == "load"):
            own = model.host_bytes
        return self.limits[pool] - self.pinned[pool] + own

    def weights(self, pool: Pool, model: Model) -> int:
        """Bytes that the model itself holds there while it works."""
        return model.device_bytes if pool == "device" else model.host_bytes

    def working(self, request: Waiting, model: Model) -> int:
        """Working memory of the call; one that ran out before gets everything."""
        if not request.alone:
            return request.working_bytes
        return max(0, self.attainable(self.calls, model) - self.weights(self.calls, model))

    # what never fits --------------------------------------------------------------------------------------------------------------

    def refuses(self, request: Waiting) -> bool:
        """Whether the request can never run as things are; it is answered then."""
        room = self.rooms.get(request.model)
        if room is not None and request.working_bytes <= room and not request.alone:
            return False  # as others of this model in this decision
        model = self.world.models[request.model]
        for pool in ("device", "host"):
            working = self.working(request, model) if pool == self.calls else 0
            need = self.weights(pool, model) + working
            if need > self.attainable(pool, model):
                why = self._why_never(pool, model, need, working)
                self.decision.actions.append(Action("refuse", model.name, why, request.ticket))
                return True
        self.rooms[model.name] = self.attainable(self.calls, model) - self.weights(self.calls, model)
        return False

    def _why_never(self, pool: Pool, model: Model, need: int, working: int) -> Why:
        whole = self.budget.device_bytes if pool == "device" else self.budget.host_bytes
        foreign = self.budget.foreign_device if pool == "device" else self.budget.foreign_host
        code = "too_big" if need > whole else "foreign" if need > whole - foreign else "pinned"
        names = sorted(m.name for m in self.world.models.values() if m.pinned and m is not model and m.place != "installed")
        fields: dict[str, Any] = {
            "model": model.name, "need_bytes": need, "memory": "device memory" if pool == "device" else "RAM", "budget_bytes": whole,
            "weights_bytes": need - working, "working_bytes": working, "foreign_bytes": foreign, "pinned_bytes": self.pinned[pool],
            "names": ", ".join(names),
        }  # fmt: skip
        return Why(code, fields)

    # what leaves by itself --------------------------------------------------------------------------------------------------------

    def tidy(self) -> None:
        """Idle models leave whose memory was asked back, or is no longer ours, or that nobody has used for long."""
        self._wake_for_keep_alive()
        if "device" not in self.idle_lanes:
            return
        for model in self.world.models.values():
            leaves = model.dismissed == "drop" or (model.dismissed == "park" and model.place == "resident")
            if leaves and model.name not in self.wanted and self._may_leave(model, dismissed=True):
                self._leave(model, "drop" if model.dismissed == "drop" else "park", Why("dismissed", {}))
        for pool in ("device", "host"):
            over = self.used[pool] + sum(self.coming[pool].values()) - self.limits[pool]
            if over > 0:
                candidates = self._candidates(pool, frozenset(), None)
                for chosen in cheapest(candidates, over) or candidates:
                    why = Why("over_budget", {"over_bytes": over})
                    self._leave(self.world.models[chosen.name], "park" if pool == "device" else "drop", why)
        if self.budget.keep_alive_s is not None:
            self._expire(self.budget.keep_alive_s)

    def _expire(self, keep_alive_s: float) -> None:
        for model in self.world.models.values():
            idle_s = self.now - model.idle_since
            if model.name in self.wanted or idle_s < keep_alive_s or not self._may_leave(model):
                continue
            if model.place == "resident" and not self.budget.shared:
                self._leave(model, "park", Why("keep_alive", {"idle_s": idle_s}))
            elif idle_s >= DROP_AFTER * keep_alive_s:
                self._leave(model, "drop", Why("keep_alive", {"idle_s": idle_s}))

    def _wake_for_keep_alive(self) -> None:
        keep_alive_s = self.budget.keep_alive_s
        if keep_alive_s is None:
            return
        for model in self.world.models.values():
            if model.place == "installed" or model.leases or model.pinned:
                continue
            first = model.place == "resident" and not self.budget.shared
            self._wake(model.idle_since + keep_alive_s * (1 if first else DROP_AFTER))

    def _may_leave(self, model: Model, dismissed: bool = False) -> bool:
        if model.place == "installed" or model.leases or model.moving or model.name in self.moved or model.name in self.new_leases:
            return False
        return dismissed or not model.pinned

    def _leave(self, model: Model, kind: Literal["park", "drop"], why: Why, lane: Lane = "device") -> None:
        self.decision.actions.append(Action(kind, model.name, why, lane=lane))
        self.moved.add(model.name)
        self.idle_lanes.discard(lane)
        if model.place == "resident":
            self.coming["device"][lane] -= model.device_bytes
        if kind == "drop":
            self.coming["host"][lane] -= model.host_bytes

    # starts -----------------------------------------------------------------------------------------------------------------------

    def start(self, order: list[Waiting]) -> list[tuple[Waiting, str]]:
        """Starts whatever may start; returns the others in their order, each with the code of why not."""
        left: list[tuple[Waiting, str]] = []
        ages = sorted(order, key=lambda r: r.ticket)
        if len(ages) > 1:
            self.quiet = quiet_models(self.world, ages)
            self._find_heads(ages)
        barrier: int | None = None  # priority that nothing below may pass
        for request in order:
            model = self.world.models[request.model]
            working = self.working(request, model)
            code = self._why_not(request, model, working, barrier)
            if code == "":
                passed = self._held_back(request, ages)
                if not any(self._count(older) >= BYPASS_LIMIT for older in passed) and not self._has_had_its_share(request, passed):
                    self._begin(request, working, passed)
                    continue
                code = "wait_turn"
            left.append((request, code))
            if code == "wait_moving" and model.moving in ("load", "activate"):
                self.claims[self.calls] += working
            elif code in ("short", "wait_moving") or (code == "absent" and (model.place == "parked" or self.budget.shared)):
                barrier = request.priority if barrier is None else max(barrier, request.priority)
        return left

    def _why_not(self, request: Waiting, model: Model, working: int, barrier: int | None) -> str:
        if model.moving or model.name in self.moved:
            return "wait_moving"
        if model.place != "resident":
            return "absent"
        if model.leases + self.new_leases.get(model.name, 0) >= model.concurrency:
            return "wait_busy"
        if barrier is not None and barrier > request.priority and request.bypassed < BYPASS_LIMIT:
            return "wait_priority"
        if working and working > self.free(self.calls) - self.claims[self.calls]:
            return "short"
        return ""

    def _count(self, request: Waiting) -> int:
        return request.bypassed + self.passes.get(request.ticket, 0)

    def _held_back(self, request: Waiting, ages: list[Waiting]) -> list[Waiting]:
        """The older requests that a start now would hold back."""
        if request.model in self.quiet:
            return []
        found = []
        for older in ages:
            if older.ticket >= request.ticket:
                break
            if older.ticket not in self.started and (older.model not in self.quiet or older.priority < request.priority):
                found.append(older)
        return found

    def _find_heads(self, ages: list[Waiting]) -> None:
        """The oldest request of every model that is awaited and cannot run beside what is resident."""
        resident = [model for model in self.world.models.values() if model.place == "resident"]
        spare = self.limits[self.calls] - sum(self.weights(self.calls, model) for model in resident)
        seen: set[str] = set()
        for request in ages:
            if request.model not in seen:
                seen.add(request.model)
                model = self.world.models[request.model]
                if model.place != "resident" or self.working(request, model) > spare:
                    self.heads.append(request)

    def _has_had_its_share(self, request: Waiting, passed: list[Waiting]) -> bool:
        if len(self.heads) < 2 or len(passed) < 2:
            return False
        tickets = {older.ticket for older in passed if older.priority >= request.priority}
        return turn_is_over([(head.model, self._count(head)) for head in self.heads if head.ticket in tickets])

    def _begin(self, request: Waiting, working: int, passed: list[Waiting]) -> None:
        why = Why("ahead" if passed else "resident", {"model": request.model, "count": len(passed)})
        tickets = tuple(older.ticket for older in passed)
        self.decision.actions.append(Action("start", request.model, why, request.ticket, working_bytes=working, passed=tickets))
        self.started.add(request.ticket)
        for ticket in tickets:
            self.passes[ticket] = self.passes.get(ticket, 0) + 1
        self.new_leases[request.model] = self.new_leases.get(request.model, 0) + 1
        self.used[self.calls] += working

    # moves ------------------------------------------------------------------------------------------------------------------------

    def move(self, left: list[tuple[Waiting, str]]) -> None:
        """Begins to bring in what the first in order need, and what else fits beside it; says of each why it waits."""
        awaited: set[str] = set()
        for request, code in left:
            model = self.world.models[request.model]
            if code in ("absent", "short"):
                code, fields = self._bring(request, model, frozenset(awaited))
            else:
                fields = self._fields(code, request, model)
            if code != "wait_turn":  # who makes way protects nothing
                awaited.add(model.name)
            self.decision.waits.append(Action("wait", model.name, Why(code, fields), request.ticket))

    def _fields(self, code: str, request: Waiting, model: Model) -> dict[str, Any]:
        if code == "wait_moving":
            return {"model": model.name, "moving": model.moving}
        return {"model": model.name, "count": BYPASS_LIMIT if code == "wait_turn" else model.concurrency}

    def _bring(self, request: Waiting, model: Model, awaited: frozenset[str]) -> tuple[str, dict[str, Any]]:
        """One request's next move; returns why it waits still."""
        fields: dict[str, Any] = {"model": model.name, "moving": "load" if model.place == "installed" else "activate"}
        if model.name in self.moved:
            return "wait_moving", fields
        if model.held_until > self.now:
            self._wake(model.held_until)
            return "wait_held", fields
        working = self.working(request, model)
        lane: Lane = "disk" if model.place == "installed" else "device"
        pool: Pool = "host" if lane == "disk" or self.budget.shared else "device"
        need = working if pool == self.calls else 0
        if model.place == "installed":
            need += model.host_bytes
        elif model.place == "parked":
            need += model.device_bytes if pool == "device" else 0
        if lane not in self.idle_lanes:
            self.claims[pool] += need
            return "wait_lane", fields
        code = self._make_room(request, model, awaited, (lane, pool, need))
        if code == "wait_linger":
            fields["model"] = self.lingering
        return code, {**fields, "need_bytes": need, "free_bytes": self.free(pool)}

    def _make_room(self, request: Waiting, model: Model, awaited: frozenset[str], want: tuple[Lane, Pool, int]) -> str:
        lane, pool, need = want
        free = self.free(pool) - self.claims[pool]
        victims: list[Victim] | None = []
        candidates: list[Victim] = []
        if lane in self.stuck:
            if need > free or self.claims[pool] + need > self.attainable(pool, model):
                return "wait_order"
        elif need > free:
            self.lingering = ""
            candidates = self._candidates(pool, awaited, request)
            victims = cheapest(candidates, need - free)
        if victims is None:
            self.stuck.add(lane)
            self.claims[pool] += need
            return "wait_linger" if self.lingering else "wait_leases"
        for chosen in victims:
            fields = {"other": model.name, "count": len(candidates), "back_s": chosen.back_s, "chance_share": chosen.chance}
            self._leave(self.world.models[chosen.name], "park" if pool == "device" else "drop", Why("makes_room", fields), lane)
        if model.place != "resident":
            self._come(model, lane, request.ticket, {"model": model.name, "free_bytes": free, "need_bytes": need})
        self.claims[self.calls] += self.working(request, model)
        return "wait_moving"

    def _come(self, model: Model, lane: Lane, ticket: int, fields: dict[str, Any]) -> None:
        kind: Literal["load", "activate"] = "load" if model.place == "installed" else "activate"
        self.decision.actions.append(Action(kind, model.name, Why(kind, fields), ticket, lane))
        self.moved.add(model.name)
        self.idle_lanes.discard(lane)
        if kind == "load":
            self.coming["host"][lane] += model.host_bytes
        else:
            self.coming["device"][lane] += model.device_bytes

    def _candidates(self, pool: Pool, awaited: frozenset[str], request: Waiting | None) -> list[Victim]:
        """Idle models that may be lost for a request (None: for the budget itself)."""
        found = []
        for model in self.world.models.values():
            frees = self.weights(pool, model) if pool == "host" or model.place == "resident" else 0
            if not frees or not self._may_leave(model) or model.name in awaited:
                continue
            if request is not None and (model.name == request.model or self._lingers(model, request)):
                continue
            wanted = model.name in self.wanted
            found.append(victim(model, self.now, drop=pool == "host", frees=frees, wanted=wanted, keep_alive_s=self.budget.keep_alive_s))
        return found

    def _lingers(self, model: Model, request: Waiting) -> bool:
        """Whether to wait a moment for the next call of whoever has just used the model, rather than switch to and fro."""
        if request.priority > model.last_priority or request.bypassed >= BYPASS_LIMIT:
            return False
        linger_s = 2 * model.gap_s
        if linger_s > min(LONGEST_LINGER_S, model.activate_s + self.world.models[request.model].activate_s):
            return False
        until = model.idle_since + linger_s
        if self.now >= until:
            return False
        self._wake(until)
        self.lingering = model.name
        return True

    def _wake(self, at: float) -> None:
        if at > self.now:
            self.decision.wake_at = min(self.decision.wake_at, at)
