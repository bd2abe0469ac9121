"""Models are installed whole or not at all, verified, found and removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from backends.base import Installed
from backends.cards import ModelCard
from backends.checkpoint import PICKLE_REMEDY
from backends.store import MANIFEST, FileRecord, Manifest, ModelStore, folder_bytes, hash_file
from configs.errors import BadMedia, NotFound
from tests.backends.weights import safetensors

SIZES = {"download_bytes": 1, "weights_bytes": 1, "working_bytes": 0}


def card(name: str = "tiny", **changes: object) -> ModelCard:
    return ModelCard.model_validate(
        {
            "name": name, "title": "Tiny", "task": "chat", "engine": "e", "source": {"repo": "a/b"},
            "licences": [{"component": "weights", "name": "MIT", "commercial": True}],
            "variants": [
                {"name": "bf16", **SIZES}, {"name": "nf4", "quantise": "nf4", **SIZES}, {"name": "fp8", "files": ["fp8/*"], **SIZES},
            ],
            **changes,
        }
    )  # fmt: skip


def gather(store: ModelStore, model: ModelCard, variant: str = "bf16") -> tuple[Path, Manifest]:
    """A complete `.part` folder and its manifest."""
    part = store.part(model, model.variant(variant))
    safetensors(part / "sub" / "model.safetensors")
    (part / "config.json").write_text("{}")
    files = tuple(
        FileRecord(path=name, size_bytes=(part / name).stat().st_size, sha256=hash_file(part / name))
        for name in ("config.json", "sub/model.safetensors")
    )  # fmt: skip
    stored = model.stored(model.variant(variant)).name
    return part, Manifest(card=model, variant=stored, origin="hub", source="a/b", files=files, installed_at=1.0)


def install(store: ModelStore, model: ModelCard, variant: str = "bf16") -> Installed:
    return store.commit(*gather(store, model, variant))


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def test_what_is_committed_is_found(store: ModelStore) -> None:
    made = install(store, card())
    assert made.folder == store.root / "tiny" / "bf16"
    assert store.find("tiny") == made
    assert not made.in_place
    manifest = store.manifest(made)
    assert manifest is not None
    assert manifest.size_bytes == sum(file.size_bytes for file in manifest.files)
    assert not list(store.root.rglob("*.part"))


def test_a_form_quantised_while_loading_is_there_with_the_wider_one(store: ModelStore) -> None:
    install(store, card())
    assert [entry.variant.name for entry in store.installed()] == ["bf16", "nf4"]
    assert store.find("tiny", "nf4").folder == store.find("tiny", "bf16").folder
    with pytest.raises(NotFound, match=r"tiny \(fp8\) is not installed"):
        store.find("tiny", "fp8")


def test_what_is_absent_says_how_to_get_it(store: ModelStore) -> None:
    with pytest.raises(NotFound, match=r"The model other is not installed\. Install it .*`models install other`"):
        store.find("other")


@pytest.mark.parametrize("damage", ["missing", "short", "pickle", "damaged"])
def test_nothing_is_installed_from_what_is_not_whole(store: ModelStore, damage: str) -> None:
    part, manifest = gather(store, card())
    weights = part / "sub" / "model.safetensors"
    if damage == "missing":
        weights.unlink()
    elif damage == "short":
        weights.write_bytes(weights.read_bytes()[:-1])
    else:
        content = b"\x80\x02}q\x00." if damage == "pickle" else b"\xff" * weights.stat().st_size
        weights.write_bytes(content.ljust(weights.stat().st_size, b"."))
    with pytest.raises(BadMedia) as refused:
        store.commit(part, manifest)
    assert (refused.value.remedy == PICKLE_REMEDY) is (damage == "pickle")
    assert store.installed() == []
    assert part.exists(), "what is there is kept, to go on from"


def test_a_half_gathered_model_is_absent(store: ModelStore) -> None:
    part, manifest = gather(store, card())
    (part / MANIFEST).write_text(manifest.model_dump_json())  # killed between the manifest and the renaming
    assert store.installed() == []


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"version": 2}'])
def test_a_folder_with_a_damaged_manifest_is_absent(store: ModelStore, text: str) -> None:
    made = install(store, card())
    (made.folder / MANIFEST).write_text(text)
    assert store.installed() == []


def test_a_folder_that_was_moved_by_hand_is_absent(store: ModelStore) -> None:
    made = install(store, card())
    made.folder.parent.rename(store.root / "renamed")
    assert store.installed() == []


def test_installing_again_replaces(store: ModelStore) -> None:
    made = install(store, card())
    (made.folder / "left-over").write_text("x")
    assert install(store, card()).folder == made.folder
    assert not (made.folder / "left-over").exists()
    assert [path.name for path in (store.root / "tiny").iterdir()] == ["bf16"]


def test_corrections_of_a_card_reach_what_is_installed(tmp_path: Path) -> None:
    install(ModelStore(tmp_path), card())
    strict = card(licences=[{"component": "weights", "name": "CC-BY-NC-4.0", "commercial": False}])
    assert not ModelStore(tmp_path, {"tiny": strict}).find("tiny").card.commercial


def test_a_model_whose_card_has_gone_still_works(tmp_path: Path) -> None:
    install(ModelStore(tmp_path), card())
    assert ModelStore(tmp_path, {"another": card("another")}).find("tiny").card.title == "Tiny"


def test_verifying_reads_every_file(store: ModelStore) -> None:
    made, seen = install(store, card()), []
    assert store.verify(made, lambda fraction, _: seen.append(fraction)) == []
    assert seen[-1] == pytest.approx(1.0)
    weights = made.folder / "sub" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    (made.folder / "config.json").unlink()
    wrong = store.verify(made, lambda *_: None)
    assert wrong == ["config.json is gone.", "sub/model.safetensors has changed since it was installed."]
    weights.write_bytes(b"")
    assert "has 0 bytes and should have" in store.verify(made, lambda *_: None)[1]


def test_removing_frees_the_bytes(store: ModelStore) -> None:
    made = install(store, card())
    size = folder_bytes(made.folder)
    assert store.remove("tiny") == size
    assert not (store.root / "tiny").exists()
    with pytest.raises(NotFound, match="is not installed"):
        store.remove("tiny")


def test_one_form_can_be_removed(store: ModelStore) -> None:
    install(store, card())
    part = store.part(card(), card().variant("fp8"))
    safetensors(part / "fp8" / "model.safetensors")
    record = FileRecord(path="fp8/model.safetensors", size_bytes=(part / "fp8/model.safetensors").stat().st_size, sha256="0" * 64)
    store.commit(part, Manifest(card=card(), variant="fp8", origin="hub", source="a/b", files=(record,), installed_at=1.0))
    store.remove("tiny", "nf4")  # shares its files with bf16
    assert [entry.variant.name for entry in store.installed()] == ["fp8"]


def test_what_was_half_downloaded_can_be_removed(store: ModelStore) -> None:
    part, _ = gather(store, card())
    assert store.remove("tiny") > 0
    assert not part.exists()


def test_another_programs_files_are_never_deleted(tmp_path: Path) -> None:
    theirs = safetensors(tmp_path / "ComfyUI" / "x.safetensors")
    entry = Installed(card("theirs"), card().variant(), theirs, in_place=True)
    store = ModelStore(tmp_path / "models", {}, lambda: [entry])
    assert store.find("theirs") == entry
    assert store.manifest(entry) is None
    with pytest.raises(NotFound, match="belongs to another program") as refused:
        store.remove("theirs")
    assert str(theirs) in str(refused.value)
    assert theirs.exists()


def test_ones_own_copy_goes_before_another_programs(tmp_path: Path) -> None:
    theirs = Installed(card(), card().variant(), tmp_path / "cache", in_place=True)
    store = ModelStore(tmp_path / "models", {}, lambda: [theirs])
    assert store.find("tiny").in_place
    install(store, card())
    assert not store.find("tiny").in_place
