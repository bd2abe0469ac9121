"""The NVIDIA cards of this machine, asked of the driver: nothing is imported and nothing is held."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from app.models.builds import Gpu, parse_gpus

DRIVER = Path("/proc/driver/nvidia")
WSL_TOOL = Path("/usr/lib/wsl/lib/nvidia-smi")  # not on the PATH of every shell


def find(driver: Path = DRIVER) -> tuple[Gpu, ...]:
    """Every card; empty where there is none or the driver does not answer."""
    tool = shutil.which("nvidia-smi") or (str(WSL_TOOL) if WSL_TOOL.exists() else None)
    if tool is not None:
        try:
            done = subprocess.run(
                [tool, "--query-gpu=name,driver_version,compute_cap", "--format=csv,noheader"],
                capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=20, check=True,
            )  # fmt: skip
            found = parse_gpus(done.stdout.splitlines())
            if found:
                return found
        except (OSError, subprocess.SubprocessError):
            pass  # a container without the tool, or a driver just being updated: the kernel's own words below
    return from_kernel(driver)


def from_kernel(driver: Path = DRIVER) -> tuple[Gpu, ...]:
    """Names and version as the kernel module tells them; the compute capability it does not know."""
    try:
        version = (driver / "version").read_text(encoding="utf-8", errors="replace")
        cards = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(driver.glob("gpus/*/information"))]
    except OSError:
        return ()
    number = re.search(r"(\d{3}(?:\.\d+)+)", version)
    names = [re.search(r"^Model:\s*(.+)$", card, re.MULTILINE) for card in cards]
    return tuple(Gpu(name.group(1).strip(), number.group(1) if number else "0", _known(name.group(1))) for name in names if name)


def _known(name: str) -> tuple[int, int]:
    """The capability of cards whose generation decides between builds."""
    return (12, 0) if re.search(r"RTX (PRO )?50\d\d|RTX PRO \d+ Blackwell", name) else (0, 0)
