"""Removing gives the bytes back and never touches what is in use; checking finds what has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.forms import CheckModel, ImportModel, RemoveModel
from app.models.importing import import_model
from app.models.removal import check_model, remove_model
from configs.errors import Conflict, NotFound
from tests.app.models.shelf import Shelf, card, chat_folder


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path / "data", card())
    import_model(ImportModel(path=str(chat_folder(tmp_path / "mine")), card="tiny"), made.job)  # type: ignore[arg-type]
    return made


def test_removing_frees_the_bytes(shelf: Shelf) -> None:
    size = shelf.catalogue.entry("tiny").disk_bytes
    done = remove_model(RemoveModel(model="tiny"), shelf.job)  # type: ignore[arg-type]
    assert done.freed_bytes > size, "the manifest as well"
    assert shelf.memory.asked == ["tiny"], "it is taken out of memory first"
    assert shelf.catalogue.entry("tiny").state == "absent"
    with pytest.raises(NotFound, match="is not installed"):
        remove_model(RemoveModel(model="tiny"), shelf.job)  # type: ignore[arg-type]


def test_what_is_in_use_stays(shelf: Shelf) -> None:
    shelf.memory.models = [{"name": "tiny", "state": "busy"}]
    with pytest.raises(Conflict, match="in use"):
        remove_model(RemoveModel(model="tiny"), shelf.job)  # type: ignore[arg-type]
    assert shelf.catalogue.entry("tiny").folder


def test_checking_reads_every_file(shelf: Shelf) -> None:
    assert check_model(CheckModel(model="tiny"), shelf.job).whole  # type: ignore[arg-type]
    folder = Path(shelf.catalogue.entry("tiny").folder or "")
    (folder / "config.json").unlink()
    done = check_model(CheckModel(model="tiny"), shelf.job)  # type: ignore[arg-type]
    assert (done.whole, done.wrong) == (False, ["config.json is gone."])
    with pytest.raises(NotFound):
        check_model(CheckModel(model="other"), shelf.job)  # type: ignore[arg-type]
