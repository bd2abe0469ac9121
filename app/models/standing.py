"""What a person is told before the first model: where models compute here, and what is still missing for them."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache

from pydantic import Field

from app.models import builds, gpus, runtime
from app.models.forms import Form
from app.models.machine import GPU
from backends.fit import Machine
from backends.registry import SENTENCES
from configs.errors import StudioError
from configs.settings import Settings

# Downloads of torch with everything in requirements-models.txt; the CUDA builds bring NVIDIA's libraries along.
CPU_BYTES, CUDA_BYTES = 450_000_000, 3_600_000_000


class ModelsMachine(Form):
    """Where models would compute on this machine."""

    device: str = Field(description="the GPU or memory: what models have to fit into.")
    gpu: str = Field(description="Name of the card; empty where models run on the processor.")
    budget_bytes: int = Field(description="What models may take in all.")
    free_bytes: int = Field(description="What is free of that now.")
    torch: str = Field(description="The version that is installed; empty when there is none yet.")
    libraries: bool = Field(description="Whether everything the built-in engines need is installed.")
    libraries_bytes: int = Field(description="About what is downloaded with the first model; 0 when nothing is missing.")
    build: str = Field(description="The build of torch that would be taken: cpu, cu128, default ...; empty when none is missing.")
    sentence: str = Field(description="All of that for a person.")
    owner: bool = Field(description="Whether you may name folders and files of this machine.")


def standing(
    settings: Settings, machine: Machine, owner: bool, *,
    missing: Callable[[Sequence[str]], list[str]] | None = None, find_gpus: Callable[[], Sequence[builds.Gpu]] | None = None,
) -> ModelsMachine:  # fmt: skip
    """What there is and what a first installation would bring. ``missing`` and ``find_gpus`` ask this machine."""
    cards, missing = tuple(find_gpus() if find_gpus else _gpus()), missing or runtime.missing
    lacking = bool(missing(SENTENCES))
    build = _build(cards, settings.torch_build) if lacking and missing(("torch",)) else ""
    size = _download(build) if build else (CPU_BYTES // 4 if lacking else 0)
    gpu = (cards[0].name if cards else "the GPU") if machine.device == GPU else ""
    return ModelsMachine(
        device=machine.device, gpu=gpu, budget_bytes=machine.budget_bytes, free_bytes=machine.free_bytes, torch=_torch(),
        libraries=not lacking, libraries_bytes=size, build=build, sentence=_sentence(gpu, machine, lacking, build, size), owner=owner,
    )  # fmt: skip


def _sentence(gpu: str, machine: Machine, lacking: bool, build: str, size: int) -> str:
    room = f"{machine.budget_bytes / 1e9:.0f} GB of {'its' if gpu else 'the'} memory are for models"
    where = f"Models run on {gpu}; {room}." if gpu else f"There is no GPU for models here: they run on the processor, and {room}."
    if not lacking:
        return where
    what = f"torch ({build} build) and the libraries beside it" if build else "the libraries beside torch"
    return f"{where} The first model brings {what}: about {_size(size)} to download, once."


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{round(count / 1e7) * 10} MB"


def _download(build: str) -> int:
    on_mac = build == "default" and sys.platform == "darwin"
    return CPU_BYTES if build == "cpu" or on_mac else CUDA_BYTES


def _build(cards: Sequence[builds.Gpu], wanted: str) -> str:
    try:
        return next(iter(builds.candidates(cards, sys.platform, wanted)), "default")
    except StudioError:
        return "default"  # why it cannot be installed is said when it is tried


def _torch() -> str:
    try:
        return importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return ""


@lru_cache(maxsize=1)
def _gpus() -> tuple[builds.Gpu, ...]:
    """Cards do not come and go while a studio runs."""
    return tuple(gpus.find())
