"""What comes in from a file: all of it or nothing, in another studio as in the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cast import LoraUse
from app.characters.importing import Taken
from app.characters.pack import Pack
from configs.errors import BadInput, BadMedia, NotFound
from tests.app.characters.packs import BLUE, RED, Desk, lora, manifest, picture, written

PICTURE, OTHER = "pictures/0123456789abcdef.png", "pictures/fedcba9876543210.png"
LORA = "loras/0123456789abcdef.safetensors"


@pytest.fixture
def exported(desk: Desk, tmp_path: Path) -> Path:
    """@luca with two pictures and a LoRA, weights included."""
    desk.add_lora("luca-v2")
    pack = Pack(
        title="Luca", description="a boy", trigger="lcboy", references=[desk.add("one.png"), desk.add("two.png", picture(BLUE))],
        loras=[LoraUse(name="luca-v2", weight=0.8)], palette=[RED], voice="warm", threshold=0.7, licence="CC BY 4.0", rights="mine",
    )  # fmt: skip
    desk.characters.create("luca", pack)
    desk.characters.export("luca", tmp_path / "luca.character", loras=True)
    return tmp_path / "luca.character"


def pictured(path: str, data: bytes) -> dict[str, object]:
    return {"path": path, "name": "one.png", "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}


def weights(path: str, data: bytes, name: str = "luca") -> dict[str, object]:
    return {"path": path, "name": name, "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}


def test_a_character_moves_to_another_studio_whole(open_desk: Callable[[str], Desk], desk: Desk, exported: Path) -> None:
    there = open_desk("two")
    found, remarks = there.characters.take(exported, "luca.character")
    before = desk.characters.get("luca")
    kept = {name: getattr(found.pack, name) for name in Pack.model_fields if name != "references"}
    assert kept == {name: getattr(before.pack, name) for name in Pack.model_fields if name != "references"}
    assert [there.artifacts.get(one).name for one in found.references] == ["one.png", "two.png"]
    assert [there.artifacts.get(one).content_hash for one in found.references] == [
        desk.artifacts.get(one).content_hash for one in before.references
    ]
    assert (found.missing, remarks) == ([], [])
    assert (there.shelf.own / "luca-v2.safetensors").read_bytes() == lora()
    assert there.files() == {"luca-v2.safetensors"}


def test_a_handle_that_is_taken_asks(desk: Desk, exported: Path) -> None:
    with pytest.raises(Taken) as asked:
        desk.characters.take(exported, "luca.character")
    assert asked.value.as_dict() == {
        "code": "character_exists", "message": "There is a character @luca already.",
        "remedy": "Replace it, or import this one as @luca-2.", "handle": "luca", "free": "luca-2",
    }  # fmt: skip
    renamed, _ = desk.characters.take(exported, "luca.character", handle="@Luca-2")
    assert renamed.handle == "luca-2"
    desk.characters.change("luca", Pack(title="other"), 1)
    replaced, _ = desk.characters.take(exported, "luca.character", replace=True)
    assert (replaced.handle, replaced.title, replaced.revision) == ("luca", "Luca", 3)
    with pytest.raises(BadInput, match="is no handle"):
        desk.characters.take(exported, "luca.character", handle="a b")


def test_importing_where_it_came_from_adds_no_second_copies(desk: Desk, exported: Path) -> None:
    images, files = desk.images(), desk.files()
    desk.characters.take(exported, "luca.character", handle="twin")
    assert (desk.images(), desk.files()) == (images, files)


def test_replacing_what_is_not_there_makes_it(open_desk: Callable[[str], Desk], exported: Path) -> None:
    assert open_desk("two").characters.take(exported, "luca.character", replace=True)[0].revision == 1


def test_weights_of_a_guest_are_not_taken_in(open_desk: Callable[[str], Desk], exported: Path) -> None:
    there = open_desk("two")
    found, remarks = there.characters.take(exported, "luca.character", install_loras=False)
    assert "were left out" in remarks[0] or "was left out" in remarks[0]
    assert [gap.what for gap in found.missing] == ["lora"]
    assert there.files() == set()


def test_the_same_weights_under_another_name_serve(open_desk: Callable[[str], Desk], exported: Path) -> None:
    there = open_desk("two")
    there.add_lora("renamed")
    found, remarks = there.characters.take(exported, "luca.character", install_loras=False)
    assert ([use.name for use in found.loras], found.loras[0].weight, remarks) == (["renamed"], 0.8, [])


def test_other_weights_of_the_same_name_stay_and_the_new_ones_get_a_name_of_their_own(
    open_desk: Callable[[str], Desk], exported: Path
) -> None:
    there = open_desk("two")
    other = there.add_lora("luca-v2", lora(rank=4))
    found, _ = there.characters.take(exported, "luca.character")
    assert [use.name for use in found.loras] == ["luca-v2-2"]
    assert other.read_bytes() == lora(rank=4)
    assert there.shelf.find("lora", "luca-v2-2").path.read_bytes() == lora()


def test_a_file_without_its_weights_says_so(open_desk: Callable[[str], Desk], desk: Desk, exported: Path, tmp_path: Path) -> None:
    desk.characters.export("luca", tmp_path / "light.character")
    there = open_desk("two")
    _, remarks = there.characters.take(tmp_path / "light.character", "light.character")
    assert remarks == ["The LoRA luca-v2 did not come with the file and is not here; put it into the adapters' folder."]
    there.add_lora("luca-v2", lora(rank=4))
    _, remarks = there.characters.take(tmp_path / "light.character", "light.character", replace=True)
    assert remarks == ["A LoRA luca-v2 is here, but it may not be the one that this character was made with."]


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [(b"#!/bin/sh\nrm -rf /\n", "is not a picture"), (picture()[:60], "is not a picture"), (b"GIF89a" + bytes(20), "is not a picture")],
    ids=["script", "cut short", "damaged"],
)
def test_a_wrong_picture_leaves_nothing_behind(desk: Desk, tmp_path: Path, bad: bytes, sentence: str) -> None:
    good = picture(BLUE)
    said = manifest(pack={"references": [OTHER, PICTURE]}, pictures=[pictured(OTHER, good), pictured(PICTURE, bad)])
    written(tmp_path / "bad.character", said, {OTHER: good, PICTURE: bad})
    with pytest.raises(BadMedia, match=sentence):
        desk.characters.take(tmp_path / "bad.character", "bad.character")
    assert (desk.images(), desk.characters.handles(), desk.files()) == ([], (), set())


@pytest.mark.parametrize("bad", [b"\x80\x04pickle", lora()[:200], b"x" * 40], ids=["pickle", "cut short", "noise"])
def test_wrong_weights_leave_nothing_behind(desk: Desk, tmp_path: Path, bad: bytes) -> None:
    good = picture()
    said = manifest(
        pack={"references": [PICTURE], "loras": [{"name": "luca"}]}, pictures=[pictured(PICTURE, good)], loras=[weights(LORA, bad)]
    )
    written(tmp_path / "bad.character", said, {PICTURE: good, LORA: bad})
    with pytest.raises(BadMedia, match="The LoRA luca"):
        desk.characters.take(tmp_path / "bad.character", "bad.character")
    assert (desk.images(), desk.characters.handles(), desk.files()) == ([], (), set())


def test_names_of_weights_cannot_lead_out_of_their_folder(desk: Desk, tmp_path: Path) -> None:
    data = lora()
    said = manifest(pack={"loras": [{"name": "../../evil"}]}, loras=[weights(LORA, data, "../../evil")])
    written(tmp_path / "one.character", said, {LORA: data})
    found, _ = desk.characters.take(tmp_path / "one.character", "one.character")
    assert [use.name for use in found.loras] == ["evil"]
    assert desk.files() == {"evil.safetensors"}
    assert not list(tmp_path.glob("**/../evil*"))


def test_pictures_that_were_there_before_stay_when_an_import_fails(desk: Desk, tmp_path: Path) -> None:
    good, bad = picture(), b"no picture"
    mine = desk.add("one.png", good)
    said = manifest(pictures=[pictured(PICTURE, good), pictured(OTHER, bad)])
    written(tmp_path / "bad.character", said, {PICTURE: good, OTHER: bad})
    with pytest.raises(BadMedia):
        desk.characters.take(tmp_path / "bad.character", "bad.character")
    assert desk.images() == [mine]
    with pytest.raises(NotFound):
        desk.characters.get("luca")
