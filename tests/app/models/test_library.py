"""What is installed is looked up now and then, and at once when a name is not found."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.library import FRESH_S, Library, open_store
from backends.base import Installed
from backends.fakes import fake_card, fake_installed
from backends.store import ModelStore
from configs.errors import NotFound


class Shelf(ModelStore):
    """A store that counts how often it is read."""

    def __init__(self, tmp_path: Path) -> None:
        super().__init__(tmp_path)
        self.forms: list[Installed] = []
        self.looks = 0

    def installed(self) -> list[Installed]:
        self.looks += 1
        return list(self.forms)


def test_it_looks_again_only_after_a_while(tmp_path: Path) -> None:
    shelf, now = Shelf(tmp_path), [0.0]
    library = Library(lambda: shelf, lambda: now[0])
    library.installed()
    library.installed()
    assert shelf.looks == 1
    now[0] += FRESH_S + 1
    library.installed()
    library.refresh()
    library.installed()
    assert shelf.looks == 3


def test_a_model_installed_a_moment_ago_is_found(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    library = Library(lambda: shelf, lambda: 0.0)
    with pytest.raises(NotFound, match="new"):
        library.find("new")
    shelf.forms = [fake_installed(fake_card("new"))]
    assert library.find("new").card.name == "new"


def test_the_store_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert open_store(tmp_path, tmp_path / "models").root == tmp_path / "models"
