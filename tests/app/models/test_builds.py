"""Which build of torch a machine gets: cards, drivers, and recorded reports of pip's dry run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from app.models.builds import CHOICE, Gpu, candidates, cpu_version, judge, normal, parse_gpus, report_bytes, report_packages
from configs.errors import Refused, Unavailable

REPORTS = Path(__file__).parent / "reports"


def report(name: str) -> dict[str, Any]:
    """One as pip wrote it, without the addresses."""
    data: dict[str, Any] = json.loads((REPORTS / f"{name}.json").read_text())
    return data


def gpu(name: str, driver: str, capability: tuple[int, int]) -> Gpu:
    return Gpu(name, driver, capability)


RTX_5080 = gpu("NVIDIA GeForce RTX 5080", "580.65.06", (12, 0))
RTX_4090 = gpu("NVIDIA GeForce RTX 4090", "550.54.14", (8, 9))


@pytest.mark.parametrize(
    ("gpus", "platform", "wanted", "expected"),
    [
        ([], "linux", "auto", ("cpu",)),
        ([], "darwin", "auto", ("default",)),
        ([], "win32", "auto", ("cpu",)),
        ([RTX_5080], "linux", "auto", ("cu130", "cu128")),
        ([gpu("RTX 5070", "570.133.07", (12, 0))], "linux", "auto", ("cu128",)),
        ([RTX_4090], "linux", "auto", ("cu128", "cu126")),
        ([gpu("RTX 3060", "580.1", (8, 6))], "linux", "auto", ("cu130", "cu128", "cu126")),
        ([gpu("GTX 1080", "580.1", (6, 1))], "linux", "auto", ("cu126",)),
        ([gpu("Tesla V100", "580.1", (7, 0))], "linux", "auto", ("cu128", "cu126")),
        ([gpu("told by the kernel alone", "580.1", (0, 0))], "linux", "auto", ("cu130", "cu128", "cu126")),
        ([RTX_5080, gpu("GTX 1080", "580.65.06", (6, 1))], "linux", "cpu", ("cpu",)),
        ([], "linux", "cu128", ("cu128",)),
        ([RTX_5080], "linux", "default", ("default",)),
    ],
)
def test_the_build_follows_card_and_driver(gpus: list[Gpu], platform: str, wanted: str, expected: tuple[str, ...]) -> None:
    assert candidates(gpus, platform, wanted) == expected


@pytest.mark.parametrize(
    ("gpus", "needed"),
    [
        ([gpu("NVIDIA GeForce RTX 5080", "560.35.03", (12, 0))], "570"),
        ([gpu("NVIDIA GeForce GTX 980", "470.82.01", (5, 2))], "525"),
        ([RTX_5080, gpu("GTX 1080", "580.65.06", (6, 1))], "525"),
    ],
)
def test_a_card_that_no_build_serves_is_said(gpus: list[Gpu], needed: str) -> None:
    with pytest.raises(Unavailable, match=f"it needs driver {needed} or newer") as refused:
        candidates(gpus, "linux")
    assert gpus[0].name in refused.value.message
    assert "torch_build: cpu" in refused.value.remedy


def test_what_the_driver_says_is_read() -> None:
    lines = ["NVIDIA GeForce RTX 5080, 580.65.06, 12.0", "Tesla, V100, 535.1, 7.0", "odd", "NVIDIA A, 550, [N/A]"]
    found = parse_gpus(lines)
    assert found[0] == RTX_5080
    assert found[0].driver_major == 580
    assert found[1].name == "Tesla, V100"
    assert found[2].capability == (0, 0)
    assert len(found) == 3


def test_a_report_of_the_cpu_build_is_right_for_any_machine() -> None:
    packages = report_packages(report("cpu"))
    assert packages["torch"] == "2.13.0+cpu"
    judge(packages, has_gpu=False, allow_cuda=False)
    judge(packages, has_gpu=True, allow_cuda=False)


def test_a_report_with_cudas_libraries_stops_where_there_is_no_gpu() -> None:
    packages = report_packages(report("cuda"))
    with pytest.raises(Refused) as refused:
        judge(packages, has_gpu=False, allow_cuda=False)
    assert refused.value.message == "pip would install 15 NVIDIA packages, and this machine has no NVIDIA GPU."
    assert refused.value.remedy == CHOICE
    assert "cuda_without_gpu" in CHOICE
    judge(packages, has_gpu=True, allow_cuda=False)
    judge(packages, has_gpu=False, allow_cuda=True)


@pytest.mark.parametrize("name", ["torchvision", "torchaudio"])
def test_what_the_studio_never_uses_is_never_installed(name: str) -> None:
    with pytest.raises(Refused, match=f"{name}, which the studio never uses"):
        judge({"torch": "2.13.0", name: "1"}, has_gpu=True, allow_cuda=True)


@pytest.mark.parametrize("data", [{}, {"install": [{}]}, {"install": None}, {"install": [{"metadata": {"name": "x"}}]}])
def test_what_is_no_report_is_said(data: dict[str, Any]) -> None:
    with pytest.raises(Unavailable, match="report cannot be read"):
        report_packages(data)


def test_sizes_are_added_up_where_they_are_told() -> None:
    sized = {"install": [{"download_info": {"archive_info": {"size": 5}}}, {"download_info": {}}, {}]}
    assert report_bytes(sized) == 5
    assert report_bytes(report("cpu")) == 0


def test_a_cpu_build_elsewhere_is_found_in_what_pip_lists() -> None:
    listing = "torch (2.15.0)\nAvailable versions: 2.15.0, 2.14.1, 2.13.0+cpu, 2.13.0, 2.12.0+cpu, 1.13.0+cpu\n"
    assert cpu_version(listing, SpecifierSet(">=2.8,<3")) == "2.13.0+cpu"
    assert cpu_version(listing, SpecifierSet(">=2.14")) is None
    assert cpu_version("", SpecifierSet(">=2.8")) is None


def test_names_are_compared_as_registries_do() -> None:
    assert normal("Nvidia_CuDNN.cu13") == "nvidia-cudnn-cu13"
