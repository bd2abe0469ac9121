"""What losing a model costs, and the cheapest set of models to lose. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from backends.scheduler_state import HALF_LIFE_S, Model

HORIZON_S = 600.0  # "soon": whether it is used again within ten minutes
LEAST_CHANCE = 0.01  # never free: among models nobody uses, the quicker one to bring back goes first
EXACT_UP_TO = 12  # candidates; above that the set is found greedily


class Victim(NamedTuple):
    """A model that could make room: what losing it frees and costs."""

    name: str
    frees: int
    cost: float
    back_s: float
    chance: float


def chance_of_use(model: Model, now: float, wanted: bool, keep_alive_s: float | None) -> float:
    """Probability that the model is asked for within the next ten minutes.

    Uses are taken as a Poisson process whose rate is the exponentially decayed count of uses (half-life ten minutes), which
    weighs frequency and recency at once. A waiting request makes it certain; an expired keep-alive makes it unlikely.
    """
    if wanted:
        return 1.0
    if keep_alive_s is not None and now - model.idle_since > keep_alive_s:
        return LEAST_CHANCE
    count = model.uses * 0.5 ** (max(0.0, now - model.uses_at) / HALF_LIFE_S)
    rate = count * math.log(2) / HALF_LIFE_S
    return max(LEAST_CHANCE, 1.0 - math.exp(-rate * HORIZON_S))


def victim(model: Model, now: float, *, drop: bool, frees: int, wanted: bool, keep_alive_s: float | None) -> Victim:
    """The cost of parking a model (its copy in RAM stays) or of dropping it: predicted seconds to bring it back, times chance."""
    back_s = model.activate_s
    if drop:
        back_s = model.load_s + (model.activate_s if model.place == "resident" else 0.0)
    chance = chance_of_use(model, now, wanted, keep_alive_s)
    return Victim(model.name, frees, back_s * chance, back_s, chance)


def cheapest(candidates: Sequence[Victim], needed: int) -> list[Victim] | None:
    """The set of least total cost that frees at least ``needed`` bytes; None when all together do not suffice.

    Exact by branch and bound up to a dozen candidates, which is more than a card holds; beyond that cost per byte, least first,
    and then whatever turned out to be unnecessary is taken out again.
    """
    if needed <= 0:
        return []
    useful = [c for c in candidates if c.frees > 0]
    if sum(c.frees for c in useful) < needed:
        return None
    if len(useful) == 1:
        return useful
    ordered = sorted(useful, key=lambda c: (c.cost / c.frees, c.name))
    greedy = _greedy(ordered, needed)
    return greedy if len(ordered) > EXACT_UP_TO else _exact(ordered, needed, greedy)


def _greedy(ordered: Sequence[Victim], needed: int) -> list[Victim]:
    chosen: list[Victim] = []
    freed = 0
    for candidate in ordered:
        if freed >= needed:
            break
        chosen.append(candidate)
        freed += candidate.frees
    for candidate in sorted(chosen, key=lambda c: -c.cost):
        if freed - candidate.frees >= needed:
            chosen.remove(candidate)
            freed -= candidate.frees
    return chosen


def _exact(ordered: Sequence[Victim], needed: int, best: list[Victim]) -> list[Victim]:
    """Branch and bound: what is still missing costs at least the best remaining price per byte."""
    best_cost = sum(c.cost for c in best)
    rest = [0] * (len(ordered) + 1)
    for index in range(len(ordered) - 1, -1, -1):
        rest[index] = rest[index + 1] + ordered[index].frees
    stack: list[tuple[int, int, float, list[Victim]]] = [(0, needed, 0.0, [])]
    while stack:
        index, missing, cost, chosen = stack.pop()
        if missing <= 0:
            if cost < best_cost:
                best, best_cost = chosen, cost
            continue
        if rest[index] < missing:
            continue
        candidate = ordered[index]
        if cost + missing * candidate.cost / candidate.frees >= best_cost:
            continue
        stack.append((index + 1, missing, cost, chosen))
        stack.append((index + 1, missing - candidate.frees, cost + candidate.cost, [*chosen, candidate]))
    return best
