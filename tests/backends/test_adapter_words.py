"""What people and programs wrote about an adapter is put together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backends.adapter_words import LONGEST_TEXT, MOST_TRIGGERS, read_note, tags_of, words_of


def frequency(**folders: dict[str, Any]) -> dict[str, str]:
    return {"ss_tag_frequency": json.dumps(folders)}


def test_tags_are_added_up_over_folders_and_sorted() -> None:
    assert tags_of(frequency(a={"luca": 5, "boy": 9, "red ": 1}, b={"luca": 6, "hat": 9})) == ["luca", "boy", "hat", "red"]
    many = {f"t{number:02}": number for number in range(60)}
    assert tags_of(frequency(a=many)) == [f"t{number:02}" for number in range(59, 59 - MOST_TRIGGERS, -1)]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": 3}', '{"a": {"x": "many", "y": true, " ": 4}}', "[" * 20_000])
def test_odd_frequencies_say_nothing(text: str) -> None:
    assert tags_of({"ss_tag_frequency": text}) == []


def test_what_a_person_wrote_goes_first() -> None:
    metadata = {
        **frequency(a={"boy": 9, "luca": 5}),
        "modelspec.trigger_phrase": "luca, smiling",
        "modelspec.title": "inside",
        "ss_base_model_version": "sdxl_base_v1-0",
        "modelspec.author": "Ann",
        "modelspec.description": "  two\n lines ",
        "ss_resolution": "(1024, 1024)",
    }
    assert words_of(metadata).triggers == ("luca", "smiling", "boy")
    assert words_of(metadata).title == "inside"
    assert dict(words_of(metadata).metadata) == {
        "base": "sdxl_base_v1-0",
        "author": "Ann",
        "description": "two lines",
        "resolution": "(1024, 1024)",
    }
    note = {"trainedWords": ["lucaXL, hat"], "model": {"name": "Luca!"}, "baseModel": "SDXL 1.0", "description": "beside"}
    found = words_of(metadata, [note])
    assert found.triggers == ("lucaXL", "hat", "luca", "smiling", "boy")
    assert (found.title, found.family, found.metadata["description"]) == ("Luca!", "SDXL 1.0", "beside")


@pytest.mark.parametrize(
    ("note", "title", "triggers", "family"),
    [
        (
            {"model_name": "Luca", "base_model": "Flux.2 D", "civitai": {"trainedWords": ["a"], "model": {"name": "no"}}},
            "Luca",
            ("a",),
            "Flux.2 D",
        ),
        ({"activation text": "luca, (hat:1.2)", "sd version": "SDXL", "preferred weight": 0.7}, "", ("luca", "(hat:1.2)"), "SDXL"),
        ({"trainedWords": "no list", "model": 3, "civitai": []}, "", (), ""),
        ({"trainedWords": [1, None, "x" * 500]}, "", (), ""),
    ],
)
def test_notes_of_several_programs(note: dict[str, Any], title: str, triggers: tuple[str, ...], family: str) -> None:
    found = words_of({}, [note])
    assert (found.title, found.triggers, found.family) == (title, triggers, family)
    assert found.metadata.get("weight", "") == ("0.7" if "preferred weight" in note else "")


def test_long_texts_are_cut() -> None:
    shown = words_of({"modelspec.description": "word " * 400}).metadata["description"]
    assert len(shown) == LONGEST_TEXT
    assert shown.endswith("…")


def test_notes_that_cannot_be_read_say_nothing(tmp_path: Path) -> None:
    good, broken, binary = tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.json"
    good.write_text('{"x": 1}', encoding="utf-8")
    broken.write_text("{", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    assert [read_note(path) for path in (good, broken, binary, tmp_path / "gone")] == [{"x": 1}, {}, {}, {}]
