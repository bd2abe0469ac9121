"""The pack: what is taken, what is refused, and what of it goes into a request."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.cast import Handle, LoraUse
from app.characters.pack import Character, Missing, Pack, checked_handle, free_handle, member_of
from configs.errors import BadInput

HANDLES: TypeAdapter[str] = TypeAdapter(Handle)


def character(**more: Any) -> Character:
    return Character(handle="luca", revision=1, created_at=0.0, updated_at=0.0, **more)


def lost(*names: str) -> list[Missing]:
    return [Missing(what="reference", name=name, message="gone", remedy="") for name in names]


@pytest.mark.parametrize(("given", "stored"), [("@Luca", "luca"), (" mira-2 ", "mira-2"), ("x_1", "x_1")])
def test_a_handle_is_stored_as_it_is_named(given: str, stored: str) -> None:
    assert HANDLES.validate_python(given) == stored
    assert checked_handle(given) == stored


@pytest.mark.parametrize("wrong", ["", "@", "-luca", "lu ca", "l" * 41, "lucá", "luca!", "../luca"])
def test_what_is_no_handle_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        HANDLES.validate_python(wrong)
    with pytest.raises(BadInput, match="is no handle"):
        checked_handle(wrong)


def test_colours_are_stored_in_one_form() -> None:
    assert Pack(palette=["AABBCC", "#00ff7F"]).palette == ["#aabbcc", "#00ff7f"]
    for wrong in ("#abc", "red", "#gggggg"):
        with pytest.raises(ValidationError):
            Pack(palette=[wrong])


@pytest.mark.parametrize("wrong", [{"threshold": 1.5}, {"threshold": float("nan")}, {"loras": [{"name": ""}]}, {"colour": "red"}])
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Pack.model_validate(wrong)


def test_what_decides_a_picture_goes_into_a_request_and_nothing_else() -> None:
    found = member_of(
        character(
            title="Luca", description="a boy", trigger="lcboy", negative="beard", loras=[LoraUse(name="luca")], references=["a-1", "a-2"],
            palette=[RED], voice="warm", threshold=0.7, notes="private", credits="Ada", sheet="a-9",
        )
    )  # fmt: skip
    assert (found.name, found.title, found.description, found.trigger, found.negative) == ("luca", "Luca", "a boy", "lcboy", "beard")
    assert (found.references, found.palette, found.voice, found.threshold) == (["a-1", "a-2"], [RED], "warm", 0.7)
    assert "private" not in found.model_dump_json()


RED = "#c83232"


def test_pictures_that_are_gone_do_not_go_into_a_request() -> None:
    assert member_of(character(references=["a-1", "a-2"], missing=lost("a-1"))).references == ["a-2"]


def test_a_sheet_serves_where_there_is_no_other_picture() -> None:
    assert member_of(character(sheet="a-9")).references == ["a-9"]
    assert member_of(character(sheet="a-9", references=["a-1"], missing=lost("a-1"))).references == ["a-9"]
    assert member_of(character(sheet="a-9", missing=lost("a-9"))).references == []


def test_a_missing_lora_is_no_missing_picture() -> None:
    gap = Missing(what="lora", name="a-1", message="gone", remedy="")
    assert character(references=["a-1"], missing=[gap]).lost == frozenset()


def test_the_pack_of_a_character_is_what_a_person_said() -> None:
    assert character(title="Luca", palette=[RED]).pack == Pack(title="Luca", palette=[RED])


def test_free_handles() -> None:
    assert free_handle("luca", ()) == "luca"
    assert free_handle("luca", ("luca",)) == "luca-2"
    assert free_handle("luca", ("luca", "luca-2", "luca-3")) == "luca-4"
    long = free_handle("x" * 40, ("x" * 40,))
    assert HANDLES.validate_python(long) == long
