"""What models occupy and what the scheduler decided, as samples for Prometheus. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Labels = dict[str, str]
Sample = tuple[str, Labels, float]
Family = tuple[str, str, str, list[Sample]]


def families(status: Mapping[str, Any]) -> list[Family]:
    """(name, kind, help, samples) from `app.models.desk.ModelDesk.status`."""
    models, budget = status["models"], status["budget"]
    held = [("", {"model": m["name"], "where": where}, m.get(f"{where}_bytes", 0)) for m in models for where in ("device", "host")]
    states: list[Sample] = [("", {"model": m["name"], "state": m["state"]}, 1) for m in models]
    leases: list[Sample] = [("", {"model": m["name"]}, len(m.get("leases", ()))) for m in models]
    memory = [
        ("", {"where": where, "kind": kind}, budget[key])
        for where in ("device", "host")
        for kind, key in (("budget", f"{where}_bytes"), ("used", f"{where}_used_bytes"), ("foreign", f"{where}_foreign_bytes"))
        if isinstance(budget.get(key), int | float)
    ]
    decided = [("", {"action": action}, count) for action, count in sorted(status["counters"].items())]
    return [
        ("studio_model_bytes", "gauge", "Memory that each model holds.", held),
        ("studio_model_state", "gauge", "State of each model in memory.", states),
        ("studio_model_leases", "gauge", "Calls that hold each model.", leases),
        ("studio_model_memory_bytes", "gauge", "Memory for models: budget, used, held by other programs.", memory),
        ("studio_model_waiting", "gauge", "Calls that wait for a model.", [("", {}, len(status["waiting"]))]),
        ("studio_model_decisions_total", "counter", "Decisions of the scheduler since the model process started.", decided),
    ]
