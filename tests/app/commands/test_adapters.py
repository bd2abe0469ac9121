"""The command `adapters`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from tests.backends.test_adapters import LORA as SHAPES
from tests.backends.test_adapters import UNION, with_metadata
from tests.backends.weights import safetensors


def run(capsys: pytest.CaptureFixture[str], data: Path, *words: str) -> str:
    assert main(["adapters", *words, "--data-dir", str(data)]) == 0
    return capsys.readouterr().out


def test_they_are_listed_with_their_words_and_troubles(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "models import FILE" in run(capsys, tmp_path)
    folder = tmp_path / "models" / "adapters"
    with_metadata(folder / "luca.safetensors", SHAPES, **{"modelspec.trigger_phrase": "a, b, c, d, e"})
    safetensors(folder / "union.safetensors", UNION)
    (folder / "old.pt").write_bytes(b"\x80\x02.")
    told = run(capsys, tmp_path)
    assert "a, b, c, d ..." in told
    assert "old: old.pt is a pickle" in told
    found = json.loads(run(capsys, tmp_path, "controlnet", "--search", "uni", "--json"))
    assert [one["name"] for one in found["items"]] == ["union"]


def test_a_kind_that_does_not_exist(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["adapters", "hats", "--data-dir", str(tmp_path)]) == 2
    assert "ip-adapter" in capsys.readouterr().err
