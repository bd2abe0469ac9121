"""The fewest switches any schedule could need: exact, by dynamic programming over all orders that keep the scheduler's own promise."""

from __future__ import annotations

from itertools import combinations

from backends.scheduler_turns import BYPASS_LIMIT
from backends.simulate import Trace, TraceModel, fits

State = tuple[tuple[int, ...], frozenset[str]]  # jobs served of each model, and what is on the device


def fewest_switches(trace: Trace, limit: int = BYPASS_LIMIT) -> int:
    """The fewest models that must be brought to the device to serve a trace when no job is passed by more than ``limit`` later ones.

    Only models that cannot run beside every other contend; the others come once and stay, and hold nobody back. The optimum knows the
    whole trace, may wait for jobs as long as it likes, runs one at a time and evicts as it pleases, so no
    scheduler that keeps the promise can do with fewer. Jobs of one model are served in their order, which loses nothing: they are
    interchangeable. A layer per job served, a state per (jobs served of each model, models on the device); the promise keeps layers
    small, since all served jobs but ``limit`` form a prefix of the trace. Time and memory grow with limit^(models - 1) per job.
    """
    asked = {job.model for job in trace.jobs}
    models = {model.name: model for model in trace.models if model.name in asked}
    names = contenders(list(models.values()), trace.device_bytes)
    once = len(models) - len(names)
    if not names:
        return once
    spare = trace.device_bytes - sum(models[name].weights_bytes + models[name].working_bytes for name in models if name not in names)
    models = {name: models[name] for name in names}
    jobs = [job for job in trace.jobs if job.model in models]
    positions = {name: [i for i, job in enumerate(jobs) if job.model == name] for name in names}
    rooms = _rooms(models, spare)
    layer: dict[State, int] = {((0,) * len(names), frozenset()): 0}
    for served in range(len(jobs)):
        following: dict[State, int] = {}
        for (counts, resident), cost in layer.items():
            heads = [positions[name][count] if count < len(positions[name]) else None for name, count in zip(names, counts, strict=True)]
            oldest = min(head for head in heads if head is not None)
            for index, head in enumerate(heads):
                if head is None or (head != oldest and served - oldest >= limit):
                    continue
                after = (*counts[:index], counts[index] + 1, *counts[index + 1 :])
                for place, price in _moves(resident, names[index], rooms):
                    state = (after, place)
                    if cost + price < following.get(state, 1 << 60):
                        following[state] = cost + price
        layer = following
    return once + min(layer.values())


def contenders(models: list[TraceModel], device_bytes: int) -> list[str]:
    """Models that do not fit beside some other, or not beside all those that fit beside every one."""

    def size(model: TraceModel) -> int:
        return model.weights_bytes + model.working_bytes

    found = list(models)
    for model in sorted(models, key=size):
        rest = [other for other in found if other is not model]
        quiet = sum(size(other) for other in models if other not in found)
        if all(quiet + size(model) + size(other) <= device_bytes for other in rest):
            found = rest
    return [model.name for model in found]


def _rooms(models: dict[str, TraceModel], device_bytes: int) -> dict[str, list[frozenset[str]]]:
    """For each model the sets it can run in."""
    names = list(models)
    sets = [frozenset(chosen) for n in range(1, len(names) + 1) for chosen in combinations(names, n)]
    return {name: [s for s in sets if name in s and fits(sorted(s), name, models, device_bytes)] for name in names}


def _moves(resident: frozenset[str], name: str, rooms: dict[str, list[frozenset[str]]]) -> list[tuple[frozenset[str], int]]:
    """What may be on the device when a job of a model runs, and what it costs to get there; keeping less than possible never helps."""
    wanted = resident | {name}
    price = 0 if name in resident else 1
    possible = [room for room in rooms[name] if room <= wanted]
    return [(room, price) for room in possible if not any(room < other for other in possible)]
