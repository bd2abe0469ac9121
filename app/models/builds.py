"""Which build of torch a machine needs: decided from its GPUs, its driver and what pip reports; nothing is run here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from configs.errors import Refused, Unavailable

NEVER = ("torchvision", "torchaudio")  # no engine needs them, and their versions must match torch's exactly
CHOICE = (
    "Install the CUDA build all the same with `cuda_without_gpu: true` (or --cuda-without-gpu; several GB), "
    "or let `torch_index` name a place that has a CPU build."
)
# CUDA's minor versions share a driver; https://docs.nvidia.com/deploy/cuda-compatibility/, table of minor version compatibility.
# build -> (oldest driver, oldest and newest compute capability its wheels are made for)
CUDA_BUILDS: tuple[tuple[str, int, tuple[int, int], tuple[int, int]], ...] = (
    ("cu130", 580, (7, 5), (99, 0)),
    ("cu128", 525, (7, 0), (99, 0)),
    ("cu126", 525, (5, 0), (9, 9)),
)
BLACKWELL = (10, 0)
BLACKWELL_DRIVER = 570


@dataclass(frozen=True)
class Gpu:
    """An NVIDIA card; ``capability`` is its compute capability, (0, 0) where the driver does not tell."""

    name: str
    driver: str
    capability: tuple[int, int] = (0, 0)

    @property
    def driver_major(self) -> int:
        """580 of "580.65.06"."""
        found = re.match(r"\d+", self.driver)
        return int(found.group()) if found else 0


def parse_gpus(lines: Sequence[str]) -> tuple[Gpu, ...]:
    """Cards from lines of ``nvidia-smi --query-gpu=name,driver_version,compute_cap --format=csv,noheader``."""
    found = []
    for line in lines:
        parts = [part.strip() for part in line.rsplit(",", 2)]
        if len(parts) == 3:
            major, _, minor = parts[2].partition(".")
            known = (int(major), int(minor)) if major.isdigit() and minor.isdigit() else (0, 0)
            found.append(Gpu(parts[0], parts[1], known))
    return tuple(found)


def candidates(gpus: Sequence[Gpu], platform: str, wanted: str = "auto") -> tuple[str, ...]:
    """Builds to look for, the best first; "default" is what plain pip gives.

    Args:
        gpus: the NVIDIA cards of this machine.
        platform: as `sys.platform`.
        wanted: the setting `torch_build`.

    Raises:
        Unavailable: the driver is too old for any build that knows the card.
    """
    if wanted != "auto":
        return (wanted,)
    if platform == "darwin":
        return ("default",)  # one build for all
    if not gpus:
        return ("cpu",)
    oldest_driver = min(gpu.driver_major for gpu in gpus)
    capabilities = [gpu.capability for gpu in gpus if gpu.capability != (0, 0)]
    newest = max(capabilities, default=(0, 0))
    if newest >= BLACKWELL and oldest_driver < BLACKWELL_DRIVER:
        raise _old_driver(gpus, BLACKWELL_DRIVER)
    fitting = tuple(
        build
        for build, driver, low, high in CUDA_BUILDS
        if oldest_driver >= driver and all(low <= capability <= high for capability in capabilities)
    )
    if not fitting:
        raise _old_driver(gpus, min(driver for _, driver, _, _ in CUDA_BUILDS))
    return fitting


def _old_driver(gpus: Sequence[Gpu], driver: int) -> Unavailable:
    names = ", ".join(sorted({gpu.name for gpu in gpus}))
    return Unavailable(
        f"{names} with driver {gpus[0].driver} is served by no build of torch; it needs driver {driver} or newer.",
        "Update the NVIDIA driver, or set `torch_build: cpu` to compute on the processor.",
        "old_driver",
    )


def report_packages(report: Mapping[str, Any]) -> dict[str, str]:
    """Name -> version of what a ``pip install --dry-run --report`` would install.

    Raises:
        Unavailable: it is no report of pip's.
    """
    try:
        return {normal(item["metadata"]["name"]): str(item["metadata"]["version"]) for item in report["install"]}
    except (KeyError, TypeError) as error:
        raise Unavailable(f"pip's report cannot be read ({error!r}).", "Update pip in .venv and try again.", "pip_report") from None


def report_bytes(report: Mapping[str, Any]) -> int:
    """The sizes that a report tells, added up; 0 where it tells none."""
    sizes = (item.get("download_info", {}).get("archive_info", {}).get("size", 0) for item in report.get("install", ()))
    return sum(size for size in sizes if isinstance(size, int))


def normal(name: str) -> str:
    """A package's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def judge(packages: Mapping[str, str], has_gpu: bool, allow_cuda: bool) -> None:
    """Whether what pip would install is right for this machine.

    Raises:
        Refused: it would bring CUDA's libraries to a machine without an NVIDIA GPU, and nobody said that this is wanted;
            or it would bring packages that the studio must not have.
    """
    unwanted = [name for name in NEVER if name in packages]
    if unwanted:
        raise Refused(
            f"pip would install {' and '.join(unwanted)}, which the studio never uses.",
            "Look in requirements-models.txt for what asks for it.",
            "unwanted_package",
        )
    cuda = sorted(name for name in packages if name.startswith("nvidia-"))
    if cuda and not has_gpu and not allow_cuda:
        raise Refused(f"pip would install {len(cuda)} NVIDIA packages, and this machine has no NVIDIA GPU.", CHOICE, "cuda_without_gpu")


def cpu_version(listing: str, allowed: Any) -> str | None:
    """The newest CPU build in ``pip index versions torch`` that a specifier allows: "2.13.0+cpu"."""
    found = re.search(r"^Available versions: (.+)$", listing, re.MULTILINE)
    versions = [text.strip() for text in found.group(1).split(",")] if found else []
    return next((text for text in versions if text.endswith("+cpu") and text.removesuffix("+cpu") in allowed), None)
