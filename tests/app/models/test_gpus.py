"""The NVIDIA cards of a machine, from the driver's tool or from the kernel."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models import gpus
from app.models.builds import Gpu


@pytest.fixture
def driver(tmp_path: Path) -> Path:
    """As /proc/driver/nvidia looks."""
    folder = tmp_path / "nvidia"
    (folder / "gpus/0000:01:00.0").mkdir(parents=True)
    (folder / "version").write_text(
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:00:00 UTC 2025\nGCC version:\n"
    )
    (folder / "gpus/0000:01:00.0/information").write_text("Model: \t\t NVIDIA GeForce RTX 5080\nIRQ:   \t\t 120\n")
    return folder


def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    path = tmp_path / "bin" / "nvidia-smi"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")


def test_the_drivers_tool_is_asked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: Path) -> None:
    tool(tmp_path, monkeypatch, 'echo "NVIDIA GeForce RTX 4090, 550.54.14, 8.9"')
    assert gpus.find(driver) == (Gpu("NVIDIA GeForce RTX 4090", "550.54.14", (8, 9)),)


@pytest.mark.parametrize("script", ["exit 9", "echo 'No devices were found'"])
def test_the_kernel_is_asked_where_the_tool_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: Path, script: str
) -> None:
    tool(tmp_path, monkeypatch, script)
    assert gpus.find(driver) == (Gpu("NVIDIA GeForce RTX 5080", "580.65.06", (12, 0)),)


def test_no_driver_no_cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(gpus, "WSL_TOOL", tmp_path / "absent")
    assert gpus.find(tmp_path / "absent") == ()


@pytest.mark.parametrize(
    ("name", "capability"), [("NVIDIA RTX PRO 6000 Blackwell", (12, 0)), ("NVIDIA GeForce RTX 5060 Ti", (12, 0)), ("NVIDIA A100", (0, 0))]
)
def test_the_generation_that_decides_is_known_by_name(driver: Path, name: str, capability: tuple[int, int]) -> None:
    (driver / "gpus/0000:01:00.0/information").write_text(f"Model: {name}\n")
    assert gpus.from_kernel(driver)[0].capability == capability
