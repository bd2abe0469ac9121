"""The machine under the studio."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from app import machine
from configs.errors import BadMedia


def test_the_meter_reads_this_machine(tmp_path: Path) -> None:
    asked: list[int] = []

    def used() -> int:
        asked.append(1)
        return 42

    meter = machine.Meter()
    for _ in range(3):
        found = meter.read(tmp_path, used)
    assert found["disk"]["used_by_studio_bytes"] == 42
    assert len(asked) == 1
    assert 0 <= found["cpu_percent"] <= 100


def test_a_gpu_is_read_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    answer = subprocess.CompletedProcess([], 0, stdout="NVIDIA H100, 81559, 1024, 37\n")
    monkeypatch.setattr(machine.subprocess, "run", lambda *_, **__: answer)
    gpu = machine.Meter().read(tmp_path, lambda: 0)["gpu"]
    assert gpu == {"name": "NVIDIA H100", "total_bytes": 81559 * 2**20, "used_bytes": 2**30, "percent": 37.0}


def test_a_driver_that_fails_means_no_gpu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(9, "nvidia-smi")

    monkeypatch.setattr(machine.shutil, "which", lambda name: "/usr/bin/nvidia-smi")
    monkeypatch.setattr(machine.subprocess, "run", fail)
    meter = machine.Meter()
    assert meter.read(tmp_path, lambda: 0)["gpu"] is None
    assert meter.read(tmp_path, lambda: 0)["gpu"] is None


def test_the_prober_starts_with_the_first_question(tmp_path: Path) -> None:
    prober = machine.LazyProber()
    prober.close()
    letter = tmp_path / "letter.mp4"
    letter.write_text("Dear aunt")
    with pytest.raises(BadMedia, match=r"letter\.mp4"):
        prober.probe(letter, "video")
    prober.close()
