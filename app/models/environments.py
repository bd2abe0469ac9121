"""Environments of their own for engines that pin their own torch, such as vLLM: made with the first model that needs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.models import builds, gpus
from app.models.pip import Pip
from configs.errors import Refused, Unavailable
from jobs.context import OnStep

STAMP = "studio-environment.json"


@dataclass(frozen=True)
class Recipe:
    """What goes into an engine's environment.

    Attributes:
        requirements: for pip.
        program: what runs the engine, inside the environment's folder of programs.
        needs_gpu: whether it is of use without an NVIDIA GPU.
    """

    requirements: tuple[str, ...]
    program: str
    needs_gpu: bool = True


ENVIRONMENTS: Mapping[str, Recipe] = {"vllm": Recipe(("vllm>=0.12,<1",), "vllm")}


class Environment:
    """The environment of one engine: ``<data_dir>/environments/<engine>``."""

    def __init__(self, data_dir: Path, engine: str, find_gpus: Callable[[], Sequence[builds.Gpu]] = gpus.find) -> None:
        self.engine, self.recipe, self._find_gpus = engine, ENVIRONMENTS[engine], find_gpus
        self.folder = data_dir / "environments" / engine

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def program(self) -> Path:
        """What runs the engine."""
        return self.python.with_name(self.recipe.program)

    def ready(self) -> bool:
        """Whether it was made to the end, from this recipe."""
        try:
            stamp = json.loads((self.folder / STAMP).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return stamp == list(self.recipe.requirements) and self.program.exists()

    def make(self, on_step: OnStep, pip_of: Callable[[str], Pip] = Pip) -> str:
        """Makes it anew; returns what was installed, in words.

        Raises:
            Refused: it is of no use on this machine.
            Unavailable: it cannot be made; nothing half made is taken for whole.
        """
        if self.recipe.needs_gpu and not self._find_gpus():
            raise Refused(
                f"{self.engine} needs an NVIDIA GPU, and this machine has none.",
                "Use a model of the engine transformers-chat, or name a server that runs elsewhere as an endpoint.",
                "no_gpu",
            )
        on_step(0.0, f"making an environment for {self.engine}")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([sys.executable, "-m", "venv", str(self.folder)], capture_output=True, text=True, timeout=600, check=False)
        if done.returncode != 0:
            raise Unavailable(f"The environment of {self.engine} cannot be made: {done.stderr.strip()[-200:]}.", "See `doctor`.", "no_venv")
        pip_of(str(self.python)).run(["install", "--prefer-binary", *self.recipe.requirements], lambda line: on_step(0.5, line))
        (self.folder / STAMP).write_text(json.dumps(list(self.recipe.requirements)), encoding="utf-8")
        return f"{self.engine} in an environment of its own"


def options_of(engine: str, data_dir: Path) -> dict[str, object]:
    """What an engine is told of its environment: ``{"command": [...]}``; empty for those that live in the studio's own."""
    return {"command": [str(Environment(data_dir, engine).program)]} if engine in ENVIRONMENTS else {}
