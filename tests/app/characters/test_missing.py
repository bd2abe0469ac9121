"""What packs have lost: deleted pictures, moved ones, LoRAs; the shelf is looked through once for a whole page."""

from __future__ import annotations

import pytest

from app.cast import LoraUse
from app.characters.missing import Gaps
from app.characters.pack import Pack
from tests.app.characters.packs import Desk, lora


@pytest.fixture
def gaps(desk: Desk) -> Gaps:
    return Gaps(desk.artifacts, desk.shelf)


def test_what_is_there_is_not_missing(desk: Desk, gaps: Gaps) -> None:
    one = desk.add()
    desk.add_lora("Luca-V2")
    assert gaps.of(Pack(references=[one], sheet=one, loras=[LoraUse(name="luca-v2"), LoraUse(name="Luca-V2")])) == []


def test_deleted_pictures_and_lost_loras_are_named_with_what_to_do(desk: Desk, gaps: Gaps) -> None:
    one = desk.add()
    desk.artifacts.delete(one)
    found = gaps.of(Pack(references=[one], sheet=one, loras=[LoraUse(name="gone")]))
    assert [(gap.what, gap.name) for gap in found] == [("reference", one), ("sheet", one), ("lora", "gone")]
    assert all(gap.message and gap.remedy for gap in found)


def test_a_picture_whose_file_has_gone(desk: Desk, gaps: Gaps) -> None:
    one = desk.add()
    desk.artifacts.get(one).path.unlink()
    assert "luca.png is no longer at" in gaps.of(Pack(references=[one]))[0].message


def test_a_damaged_lora_says_what_is_wrong(desk: Desk, gaps: Gaps) -> None:
    desk.add_lora("broken", lora()[:90])
    assert "broken" in gaps.of(Pack(loras=[LoraUse(name="broken")]))[0].message


def test_the_shelf_is_looked_through_once(desk: Desk, gaps: Gaps, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add_lora("luca")
    looks: list[object] = []
    whole = desk.shelf.all
    monkeypatch.setattr(desk.shelf, "all", lambda kind=None: looks.append(kind) or whole(kind))  # type: ignore[func-returns-value]
    for _ in range(20):
        assert gaps.of(Pack(loras=[LoraUse(name="luca")])) == []
    assert looks == ["lora"]


def test_without_a_shelf_nobody_asks_for_loras(desk: Desk) -> None:
    assert Gaps(desk.artifacts, None).of(Pack(loras=[LoraUse(name="luca")])) == []
