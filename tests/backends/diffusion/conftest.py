"""Tiny picture models, made once for each test process, and one engine of each family that only looks and paints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backends.diffusion.engine import DiffusersImage

FAMILIES = ("sdxl", "flux2", "z-image")


@pytest.fixture(scope="session")
def tiny_pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Family -> a folder as of the hub."""
    from tests.backends.tiny import pictures

    folder = tmp_path_factory.mktemp("pictures")
    makers = (pictures.save_sdxl, pictures.save_flux2, pictures.save_zimage)
    return {family: make(folder / family) for family, make in zip(FAMILIES, makers, strict=True)}


@pytest.fixture(scope="session")
def engines(tiny_pictures: dict[str, Path]) -> Iterator[dict[str, DiffusersImage]]:
    """Resident; whoever changes how one works brings an own one."""
    from tests.backends.tiny.painting import loaded

    made = {family: loaded(folder, family) for family, folder in tiny_pictures.items()}
    yield made
    for engine in made.values():
        engine.close()


@pytest.fixture
def sdxl(engines: dict[str, DiffusersImage]) -> DiffusersImage:
    """The resident SDXL."""
    return engines["sdxl"]
