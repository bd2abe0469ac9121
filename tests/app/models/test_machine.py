"""Where models would run: the scheduler's own figures once it runs, the same reckoning before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.models import machine
from app.models.machine import find_machine, gpu_memory, machine_now
from configs.settings import Settings

GIB = 2**30


def status(shared: bool) -> dict[str, Any]:
    return {
        "device": "cpu" if shared else "cuda:0",
        "budget": {
            "shared": shared, "device_bytes": 15 * GIB, "device_used_bytes": 4 * GIB, "device_foreign_bytes": GIB,
            "host_bytes": 20 * GIB, "host_used_bytes": 5 * GIB, "host_foreign_bytes": 0,
        },
    }  # fmt: skip


def test_the_scheduler_is_believed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    found = find_machine(settings, status(shared=False))
    assert (found.device, found.budget_bytes, found.free_bytes) == ("the GPU", 15 * GIB, 10 * GIB)
    found = find_machine(settings, status(shared=True))
    assert (found.device, found.budget_bytes, found.free_bytes) == ("memory", 20 * GIB, 15 * GIB)


def test_it_can_be_asked_later(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert machine_now(settings, lambda: status(shared=True)) == find_machine(settings, status(shared=True))


def test_before_it_runs_the_machine_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "gpu_memory", lambda: None)
    found = find_machine(Settings(data_dir=tmp_path), {"device": None, "budget": {}})
    assert found.device == "memory"
    assert 0 < found.free_bytes <= found.budget_bytes
    monkeypatch.setattr(machine, "gpu_memory", lambda: (16 * GIB, 12 * GIB))
    found = find_machine(Settings(data_dir=tmp_path), {"device": None, "budget": {}})
    assert (found.device, found.free_bytes) == ("the GPU", 12 * GIB)
    assert 15 * GIB < found.budget_bytes < 16 * GIB
    assert find_machine(Settings(data_dir=tmp_path, device="cpu"), {}).device == "memory"


def test_limits_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "gpu_memory", lambda: (16 * GIB, 12 * GIB))
    found = find_machine(Settings(data_dir=tmp_path, device_limit_bytes=8 * GIB), {})
    assert (found.budget_bytes, found.free_bytes) == (8 * GIB, 8 * GIB)


@pytest.mark.parametrize(
    ("script", "expected"),
    [('echo "16303, 15000"; echo "1, 1"', (16303 * 2**20, 15000 * 2**20)), ("echo nonsense", None), ("exit 3", None)],
)
def test_the_drivers_tool_is_asked_and_not_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: tuple[int, int] | None
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\necho x >> {tmp_path}/asked\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(machine, "_last", (float("-inf"), None))
    assert gpu_memory() == expected
    assert gpu_memory() == expected
    assert (tmp_path / "asked").read_text() == "x\n"
