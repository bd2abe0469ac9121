"""Files of every program through the one door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from app.imaging.infotext import reading
from app.imaging.infotext.found import Found
from app.imaging.infotext.reading import READERS, read_settings, read_texts
from tests.app.imaging.infotext.files import A1111, COMFY, FLUX, INVOKE, WORKFLOW, dumped, png


@pytest.mark.parametrize(
    ("texts", "source"),
    [
        ({"parameters": A1111}, "A1111"),
        ({"invokeai_metadata": dumped(INVOKE)}, "InvokeAI"),
        ({"prompt": dumped(COMFY), "workflow": dumped(WORKFLOW)}, "ComfyUI"),
        ({"prompt": dumped(FLUX)}, "ComfyUI"),
        ({"parameters": A1111, "prompt": dumped(COMFY)}, "A1111"),  # what a saver node writes beside the graph is the shorter truth
        ({"animation__ai__studio": '{"request": {"prompt": "x"}, "seed": 3}', "parameters": A1111}, "Animation AI Studio"),
    ],
)
def test_who_wrote_it(tmp_path: Path, texts: Mapping[str, str], source: str) -> None:
    found = read_settings(png(tmp_path / "a.png", **texts))
    assert found is not None
    assert found.source == source
    assert found.settings["prompt"]


def test_a_picture_without_any(tmp_path: Path) -> None:
    assert read_settings(png(tmp_path / "a.png")) is None
    assert read_settings(png(tmp_path / "b.png", Title="Holidays")) is None


def test_the_size_is_that_of_the_file_where_nothing_says_it(tmp_path: Path) -> None:
    found = read_settings(png(tmp_path / "a.png", (96, 32), parameters="x\nSteps: 1, Sampler: Euler, Seed: 2"))
    assert found is not None
    assert (found.settings["width"], found.settings["height"]) == (96, 32)


def test_a_reader_that_fails_is_passed_over_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(texts: Mapping[str, str]) -> Found:
        raise KeyError("unheard-of")

    monkeypatch.setattr(reading, "READERS", (("Odd", fails), *READERS))
    found = read_texts({"parameters": A1111})
    assert found is not None
    assert found.source == "A1111"
    assert "Odd" in found.notes[-1]
    monkeypatch.setattr(reading, "READERS", (("Odd", fails),))
    alone = read_texts({})
    assert alone is not None
    assert alone.source == ""
