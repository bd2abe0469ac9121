"""Models in the figures."""

from __future__ import annotations

from app.api.model_metrics import families
from app.models.desk import NOTHING_LOADED

STATUS = {
    "models": [{"name": "sdxl", "state": "busy", "device_bytes": 7, "host_bytes": 9, "leases": [{}, {}]}],
    "budget": {"device_bytes": 16, "device_used_bytes": 7, "device_foreign_bytes": None},
    "waiting": [{}], "counters": {"load": 2, "drop": 1},
}  # fmt: skip


def by_name(status: object) -> dict[str, list[object]]:
    return {name: samples for name, _, _, samples in families(status)}  # type: ignore[arg-type,misc]


def test_every_figure_of_the_status_is_told() -> None:
    found = by_name(STATUS)
    assert ("", {"model": "sdxl", "where": "device"}, 7) in found["studio_model_bytes"]
    assert found["studio_model_state"] == [("", {"model": "sdxl", "state": "busy"}, 1)]
    assert found["studio_model_leases"] == [("", {"model": "sdxl"}, 2)]
    assert found["studio_model_memory_bytes"] == [
        ("", {"where": "device", "kind": "budget"}, 16), ("", {"where": "device", "kind": "used"}, 7)
    ]  # fmt: skip
    assert found["studio_model_waiting"] == [("", {}, 1)]
    assert found["studio_model_decisions_total"] == [("", {"action": "drop"}, 1), ("", {"action": "load"}, 2)]


def test_before_the_first_model_there_is_nothing_to_tell() -> None:
    assert by_name(NOTHING_LOADED)["studio_model_bytes"] == []
