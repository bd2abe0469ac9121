"""A file without a card runs as a model all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from backends.adapters import AdapterFile
from backends.registry import engine_of
from backends.upscaler_files import as_installed


@pytest.mark.parametrize(("name", "plain"), [("4x_NMKD Siax (200k)", "4x-nmkd-siax-200k"), ("日本", "upscaler"), ("a/b", "a-b")])
def test_any_name_becomes_a_card(name: str, plain: str) -> None:
    path = Path("/somewhere/x.safetensors")
    found = as_installed(AdapterFile(name, "upscaler", path, 1234, family="esrgan"))
    assert found.card.name == plain
    assert found.card.title == name
    assert found.folder == path
    assert found.in_place, "it is not the studio's to delete"
    assert found.card.task == "upscale"
    assert found.variant.weights_bytes == 1234
    assert not found.card.commercial, "nobody said so"
    assert engine_of(found.card).name == "upscaler"
