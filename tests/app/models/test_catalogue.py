"""Every model a person can choose, with its state, its fit, and where it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.models.catalogue import open_catalogue, why_unusable
from app.models.forms import ImportModel, ModelEntry
from app.models.importing import import_model
from backends.fit import Machine
from configs.errors import Conflict, NotFound
from jobs.events import EventBus
from tests.app.models.shelf import NON_COMMERCIAL, Shelf, card, chat_folder
from tests.backends.test_foreign import LORA, SDXL
from tests.backends.weights import headers_only

GB = 10**9


def take_in(shelf: Shelf, folder: Path, **request: object) -> None:
    import_model(ImportModel.model_validate({"path": str(chat_folder(folder)), **request}), shelf.job)  # type: ignore[arg-type]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data", card())


def test_cards_are_listed_with_everything_one_decides_by(shelf: Shelf) -> None:
    entries = {entry.name: entry for entry in shelf.catalogue.entries()}
    tiny = entries["tiny"]
    assert len(entries) > 40, "the presets and one's own"
    assert (tiny.state, tiny.usable, tiny.commercial, tiny.disk_bytes, tiny.folder) == ("absent", True, True, 0, None)
    assert [form.name for form in tiny.variants] == ["bf16", "nf4"]
    assert tiny.fit.verdict == "fits"
    assert tiny.source == "someone/model"


def test_an_installed_one_says_where_it_lies_and_what_it_takes(shelf: Shelf, tmp_path: Path) -> None:
    take_in(shelf, tmp_path / "mine", card="tiny")
    tiny = shelf.catalogue.entry("tiny")
    assert (tiny.state, tiny.installed_variant, tiny.in_place) == ("installed", "bf16", False)
    assert tiny.folder == str(shelf.settings.models / "tiny" / "bf16")
    assert tiny.disk_bytes > 0
    assert [form.installed for form in tiny.variants] == [True, True]
    assert tiny.source == str(tmp_path / "mine")


@pytest.mark.parametrize(
    ("said", "state"), [("parked", "parked"), ("resident", "resident"), ("busy", "busy"), ("loading", "busy"), ("else", "installed")]
)
def test_what_is_in_memory_shows(shelf: Shelf, tmp_path: Path, said: str, state: str) -> None:
    take_in(shelf, tmp_path / "mine", card="tiny")
    shelf.memory.models = [{"name": "tiny", "state": said, "pinned": True}]
    tiny = shelf.catalogue.entry("tiny")
    assert (tiny.state, tiny.pinned) == (state, True)


def test_a_model_that_was_imported_is_listed(shelf: Shelf, tmp_path: Path) -> None:
    take_in(shelf, tmp_path / "My Model", name="my-model")
    entry = shelf.catalogue.entry("my-model")
    assert entry.title == "My Model"
    assert not entry.commercial


def test_the_fit_is_this_machines(tmp_path: Path) -> None:
    small = Shelf(tmp_path, machine=Machine("the GPU", 12 * GB, 12 * GB))
    entry = small.catalogue.entry("qwen2.5-7b-instruct")
    assert (entry.fit.verdict, entry.fit.variant) == ("quantised", "nf4")
    assert {form.name: form.fit.verdict for form in entry.variants} == {"bf16": "too_large", "nf4": "quantised"}


def test_a_card_without_an_engine_says_so(shelf: Shelf) -> None:
    shelf.write(card(engine="juggler"))
    entry = shelf.catalogue.entry("tiny")
    assert not entry.usable
    assert entry.obstacle == why_unusable(shelf.catalogue.card("tiny"))
    assert "needs the engine 'juggler'" in entry.obstacle


def test_licences_are_shown_whole(shelf: Shelf) -> None:
    shelf.write(card(licences=[NON_COMMERCIAL]))
    entry = shelf.catalogue.entry("tiny")
    assert not entry.commercial
    assert entry.licences[0].url == "https://example.org/nc"


def test_an_unknown_name_is_answered_with_those_that_look_alike(shelf: Shelf) -> None:
    with pytest.raises(NotFound, match=r"There is no model 'smolm2-135m'\. Did you mean .*smollm2-135m-instruct"):
        shelf.catalogue.card("smolm2-135m")
    with pytest.raises(NotFound, match="models list"):
        shelf.catalogue.entry("zzzzzz")


def test_one_change_of_a_model_at_a_time(shelf: Shelf) -> None:
    with shelf.catalogue.changing("tiny"):
        assert shelf.catalogue.entry("tiny").state == "installing"
        with pytest.raises(Conflict, match="being installed or removed already"), shelf.catalogue.changing("tiny"):
            pass
        with shelf.catalogue.changing("other"):
            pass
    assert shelf.catalogue.entry("tiny").state == "absent"
    assert shelf.told == ["tiny", "other", "other", "tiny"]


def test_other_programs_files_are_listed_and_their_checkpoints_are_models(tmp_path: Path) -> None:
    comfy = tmp_path / "ComfyUI"
    (comfy / "comfy").mkdir(parents=True)
    headers_only(comfy / "models/checkpoints/Dream.safetensors", SDXL)
    headers_only(comfy / "models/loras/style.safetensors", LORA)
    shelf = Shelf(tmp_path / "data", model_folders=(comfy,))
    files = {Path(file.path).name: file for file in shelf.catalogue.foreign_files()}
    assert files["Dream.safetensors"].model == "dream"
    assert (files["style.safetensors"].kind, files["style.safetensors"].family, files["style.safetensors"].model) == ("lora", "sdxl", None)
    entry = shelf.catalogue.entry("dream")
    assert entry.in_place
    assert entry.disk_bytes == (comfy / "models/checkpoints/Dream.safetensors").stat().st_size


def test_settings_reach_the_hub_and_the_choice_of_torch(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, hub_endpoint="https://mirror.example/", torch_index="https://t.example/whl", torch_build="cu128")
    assert shelf.catalogue.hub().endpoint == "https://mirror.example"
    wishes = shelf.catalogue.wishes()
    assert (wishes.index, wishes.build, wishes.allow_cuda) == ("https://t.example/whl", "cu128", False)
    assert shelf.catalogue.wishes(allow_cuda=True).allow_cuda


def test_changes_are_events(shelf: Shelf) -> None:
    events = EventBus()
    catalogue = open_catalogue(shelf.settings, shelf.memory, events)
    with events.subscribe() as listener:
        catalogue.changed("tiny")
        event = listener.get(5)
    assert event is not None
    assert (event.kind, event.data) == ("catalogue", {"model": "tiny"})
    assert isinstance(catalogue.entry("tiny"), ModelEntry)
    events.close()
