"""Whose turn it is: how often a request may be passed, who holds nobody back, and when a resident model makes way. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from backends.scheduler_state import Model, Waiting, World

BYPASS_LIMIT = 32


def quiet_models(world: World, requests: Sequence[Waiting]) -> set[str]:
    """Of the models in use or awaited the small ones that, all together and with all their calls, fit beside the largest other.

    Their calls take nothing that anybody waits for, so they may run at any time and count against nobody.
    """
    calls = {lease.model: lease.working_bytes for lease in world.leases.values()}
    limit = world.budget.host if world.budget.shared else world.budget.device
    for request in requests:
        working = limit if request.alone else request.working_bytes
        calls[request.model] = max(calls.get(request.model, 0), working)

    def weights(model: Model) -> int:
        return model.host_bytes if world.budget.shared else model.device_bytes

    sizes = sorted((weights(world.models[name]) + calls[name] * world.models[name].concurrency, name) for name in calls)
    spare = limit - sum(weights(m) for m in world.models.values() if m.pinned and m.place == "resident" and m.name not in calls)
    quiet: set[str] = set()
    for size, name in sizes:
        spare -= size
        if spare < (sizes[-1][0] if name != sizes[-1][1] else 0):
            break
        quiet.add(name)
    return quiet


def turn_is_over(heads: Sequence[tuple[str, int]]) -> bool:
    """Whether a resident model should make way though nobody is due yet, because three or more models take turns.

    ``heads`` are the oldest requests of the others: model, and how often it was passed. With m models in turn, one that uses the whole
    limit leaves nothing to the next ones, whose turns become short. Turns are longest, and switches fewest, when each goes ahead of all
    others by 2 x limit / (m (m - 1)) jobs: then the oldest request falls due just when the next turn ends. (For m = 2 that is the limit.)
    """
    others = len({model for model, _ in heads})
    return others > 1 and min(passed for _, passed in heads) >= 2 * BYPASS_LIMIT / (others * (others + 1))
