"""Models that are on this machine already are taken in; what is no model is named for what it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from app.models.forms import ImportModel, InstalledModel
from app.models.importing import import_model
from configs.errors import BadInput, BadMedia, Conflict, Refused, StudioError
from jobs.context import JobCancelled
from tests.app.models.shelf import NON_COMMERCIAL, Shelf, card, chat_folder
from tests.backends.test_foreign import SDXL
from tests.backends.weights import headers_only

TEXT = ("text_model.encoder.layers.0.mlp.fc1.weight",)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data", card())


def run(shelf: Shelf, path: Path | str, **request: Any) -> InstalledModel:
    return import_model(ImportModel(path=str(path), **request), shelf.job)  # type: ignore[arg-type]


def refusal(shelf: Shelf, path: Path | str, **request: Any) -> StudioError:
    with pytest.raises(StudioError) as refused:
        run(shelf, path, **request)
    assert shelf.catalogue.store().installed() == []
    return refused.value


def test_a_folder_is_taken_in_and_stays_where_it_is(shelf: Shelf, tmp_path: Path) -> None:
    folder = chat_folder(tmp_path / "My Chat Model")
    (folder / "modeling_custom.py").write_text("print('never')")
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    made = run(shelf, folder)
    assert (made.model, made.variant, made.downloaded_bytes) == ("my-chat-model", "bf16", 0)
    inside = sorted(path.name for path in Path(made.folder).iterdir())
    assert inside == ["config.json", "model.safetensors", "studio-model.json", "tokenizer.json"], "neither code nor pickles"
    assert (folder / "modeling_custom.py").exists()
    found = shelf.catalogue.store().find("my-chat-model")
    assert (found.card.task, found.card.engine, found.card.context_tokens) == ("chat", "transformers-chat", 2048)
    assert shelf.catalogue.store().verify(found, lambda *_: None) == []


def test_on_the_same_disk_no_bytes_are_copied(shelf: Shelf, tmp_path: Path) -> None:
    folder = chat_folder(tmp_path / "mine")
    made = run(shelf, folder)
    assert os.path.samefile(folder / "model.safetensors", Path(made.folder) / "model.safetensors")


def test_across_disks_they_are(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_disk(*_: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_disk)
    folder = chat_folder(tmp_path / "mine")
    made = run(shelf, folder)
    assert not os.path.samefile(folder / "model.safetensors", Path(made.folder) / "model.safetensors")
    assert (folder / "model.safetensors").read_bytes() == (Path(made.folder) / "model.safetensors").read_bytes()


def test_links_of_the_hubs_cache_are_followed(shelf: Shelf, tmp_path: Path) -> None:
    real = chat_folder(tmp_path / "blobs")
    linked = tmp_path / "snapshot"
    linked.mkdir()
    for path in real.iterdir():
        (linked / path.name).symlink_to(path)
    made = run(shelf, linked)
    assert not (Path(made.folder) / "model.safetensors").is_symlink()


def test_a_single_checkpoint_is_taken_in(shelf: Shelf, tmp_path: Path) -> None:
    path = headers_only(tmp_path / "Dream XL.safetensors", SDXL)
    made = run(shelf, path, name="dream")
    found = shelf.catalogue.store().find("dream")
    assert (found.card.family, found.card.task, found.card.title) == ("sdxl", "image", "Dream XL")
    assert Path(made.folder, "Dream XL.safetensors").exists()


def test_files_of_a_card_become_that_model(shelf: Shelf, tmp_path: Path) -> None:
    made = run(shelf, chat_folder(tmp_path / "copied-from-elsewhere"), card="tiny")
    assert (made.model, made.variant) == ("tiny", "bf16")
    assert shelf.catalogue.store().find("tiny", "nf4")


def test_a_cards_licence_holds_for_imported_files_too(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write(card(licences=[NON_COMMERCIAL]))
    folder = chat_folder(tmp_path / "mine")
    assert isinstance(refusal(shelf, folder, card="tiny"), Refused)
    run(shelf, folder, card="tiny", accept_licence=True)


def test_files_of_another_model_are_not_taken_for_the_cards(shelf: Shelf, tmp_path: Path) -> None:
    path = headers_only(tmp_path / "x.safetensors", SDXL)
    assert "does not have the files of Tiny" in refusal(shelf, path, card="tiny").message


def test_a_name_that_is_taken_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    assert isinstance(refusal(shelf, chat_folder(tmp_path / "tiny")), Conflict)
    run(shelf, tmp_path / "tiny", name="tiny-of-mine")
    run(shelf, tmp_path / "tiny", name="tiny-of-mine")  # once more replaces it


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (lambda p: headers_only(p / "t.safetensors", TEXT), BadInput, "t.safetensors is clip text encoder and not a model by itself"),
        (lambda p: p / "gone", BadInput, "There is no"),
        (lambda p: (p / "m.ckpt", (p / "m.ckpt").write_bytes(b"\x80\x02."))[0], BadMedia, "can run any program"),
        (lambda p: (p / "m.txt", (p / "m.txt").write_text("words"))[0], BadInput, "is no .safetensors file"),
        (lambda p: (p / "m.safetensors", (p / "m.safetensors").write_text("words"))[0], BadMedia, "no whole safetensors file"),
        (lambda p: p, BadInput, "holds no .safetensors files"),
    ],
    ids=["part", "gone", "pickle", "text", "damaged", "empty"],
)
def test_what_is_no_model_is_named(shelf: Shelf, tmp_path: Path, make: Any, kind: type[StudioError], said: str) -> None:
    place = tmp_path / "given"
    place.mkdir()
    error = refusal(shelf, make(place))
    assert isinstance(error, kind)
    assert said in error.message


def test_a_relative_path_is_refused(shelf: Shelf) -> None:
    assert "is no whole path" in refusal(shelf, "models/x").message


def test_cancelling_leaves_nothing(shelf: Shelf, tmp_path: Path) -> None:
    shelf.job.cancelled = True
    with pytest.raises(JobCancelled):
        run(shelf, chat_folder(tmp_path / "mine"))
    assert not [path for path in shelf.settings.models.rglob("*") if path.is_file()]
