"""Environments of their own for engines that pin their own torch."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.models import environments
from app.models.builds import Gpu
from app.models.environments import ENVIRONMENTS, STAMP, Environment, options_of
from app.models.pip import Pip, PipFailed
from configs.errors import Refused

RTX = Gpu("RTX 5080", "580.1", (12, 0))


class FakePip(Pip):
    """Installs the program, or fails."""

    fail = False

    def run(self, arguments: Sequence[str], on_line: Callable[[str], None]) -> str:
        """``install``."""
        on_line("Collecting vllm")
        if self.fail:
            raise PipFailed("pip could not do it: no space.", "")
        Path(self.python).with_name("vllm").write_text("#!/bin/sh\n")
        return ""


def quiet(fraction: float, message: str) -> None:
    """Hears nothing."""


def test_without_an_nvidia_gpu_it_is_refused_with_the_choice(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="vllm needs an NVIDIA GPU, and this machine has none") as refused:
        Environment(tmp_path, "vllm", tuple).make(quiet)
    assert "transformers-chat" in refused.value.remedy
    assert not (tmp_path / "environments").exists()


def test_it_is_made_once_and_anew_when_its_recipe_changes(tmp_path: Path) -> None:
    made = Environment(tmp_path, "vllm", lambda: (RTX,))
    assert not made.ready()
    assert made.make(quiet, FakePip) == "vllm in an environment of its own"
    assert made.ready()
    assert made.python.exists()
    assert made.program == tmp_path / "environments/vllm/bin/vllm"
    (made.folder / STAMP).write_text(json.dumps(["vllm<0.1"]))
    assert not made.ready()


def test_half_made_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Environment(tmp_path, "vllm", lambda: (RTX,))
    monkeypatch.setattr(environments.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0))
    failing = type("Failing", (FakePip,), {"fail": True})
    with pytest.raises(PipFailed):
        made.make(quiet, failing)
    assert not made.ready()


def test_an_engine_is_told_where_its_environment_lies(tmp_path: Path) -> None:
    assert options_of("vllm", tmp_path) == {"command": [str(tmp_path / "environments/vllm/bin/vllm")]}
    assert options_of("transformers-chat", tmp_path) == {}
    assert all(recipe.requirements for recipe in ENVIRONMENTS.values())
