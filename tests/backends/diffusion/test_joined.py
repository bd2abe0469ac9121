"""What joins a model is kept for the next picture, and gone when it is cleared."""

from __future__ import annotations

from typing import Any

import pytest

from backends.base import Device
from backends.diffusion.joined import Joined
from backends.images import ImageCall, LoraInput, ReferenceInput

CALL = ImageCall(prompt="a fox", width=64, height=64, steps=1, guidance=5.0, seed=1)


class Kept:
    """Stands in for each of the three."""

    def __init__(self, *arguments: Any) -> None:
        self.made_with = arguments
        self.used: list[Any] = []

    def use(self, *arguments: Any) -> Any:
        self.used.append(arguments)
        return {}

    def prepare(self, *arguments: Any) -> str:
        self.used.append(arguments)
        return "plan"

    def clear(self) -> None:
        self.used.append("cleared")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> dict[str, Kept]:
    pytest.importorskip("torch")
    found: dict[str, Kept] = {}

    def maker(name: str) -> Any:
        def make(*arguments: Any) -> Kept:
            assert name not in found, "once"
            found[name] = Kept(*arguments)
            return found[name]

        return make

    for module, name in (("loras", "Loras"), ("controls", "Controls"), ("references", "References")):
        monkeypatch.setattr(f"backends.diffusion.{module}.{name}", maker(name))
    return found


def test_what_is_not_asked_for_is_not_made(made: dict[str, Kept]) -> None:
    joined = Joined(Device(), lambda weight: None)
    assert (joined.loras("pipe", CALL), joined.controls("pipe", CALL), joined.references("pipe", CALL)) == ([], None, {})
    assert made == {}
    joined.clear()


def test_what_was_asked_for_once_hears_of_every_call(made: dict[str, Kept], tmp_path: Any) -> None:
    from dataclasses import replace

    from PIL import Image

    def original(weight: Any) -> None:
        return None

    joined, picture = Joined(Device(), original), Image.new("RGB", (8, 8))
    lora, reference = LoraInput("a", tmp_path / "a"), ReferenceInput(picture, tmp_path / "eye")
    call = replace(CALL, loras=(lora,), references=(reference, ReferenceInput(picture)), guidance=1.0, image=picture, controls=("c",))  # type: ignore[arg-type]
    joined.loras("pipe", call)
    assert joined.controls("pipe", call) == "plan"
    joined.references("pipe", call)
    joined.loras("pipe", CALL)
    assert made["Loras"].made_with == ("pipe", Device(), original)
    assert made["Loras"].used == [((lora,),), ((),)]
    assert made["Controls"].used == [(("c",), True)]
    assert made["References"].used == [((reference,), False)], "pictures that the model reads itself are not its matter"
    joined.clear()
    assert all(kept.used[-1] == "cleared" for kept in made.values())
    assert joined.loras("pipe", CALL) == []
