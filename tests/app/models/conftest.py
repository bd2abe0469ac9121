"""A studio whose model process holds stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.library import Library
from app.studio import Studio
from backends.base import Installed
from backends.fakes import fake_installed
from configs.settings import Settings
from tests.app.models import fake_worker


class FakeLibrary(Library):
    """Everything is installed."""

    def __init__(self) -> None:
        pass

    def installed(self) -> list[Installed]:
        return [fake_installed(card) for card in fake_worker.CARDS.values()]

    def find(self, name: str) -> Installed:
        found: Installed = fake_worker.find(name)
        return found


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path / "data", cpu_workers=1, cancel_grace_s=0.5)
    with Studio.open(settings, capabilities=(fake_worker.repeat,), gpu_target="tests.app.models.fake_worker:build") as studio:
        studio.models.library = FakeLibrary()
        yield studio
