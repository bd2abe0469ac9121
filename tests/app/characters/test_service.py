"""Characters kept: what is checked, what is told, what happens when pictures go and when two people write at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.cast import LoraUse
from app.characters.pack import Pack
from configs.errors import BadInput, BadMedia, Conflict, NotFound
from tests.app.characters.packs import BLUE, RED, Desk, picture


def test_a_character_is_made_found_and_named(desk: Desk) -> None:
    one = desk.add()
    made = desk.characters.create("luca", Pack(title="Luca", description="a boy", references=[one], palette=[RED]))
    assert (made.handle, made.revision, made.missing) == ("luca", 1, [])
    assert desk.characters.get("@LUCA") == made
    member = desk.characters.member("luca")
    assert (member.name, member.description, member.references) == ("luca", "a boy", [one])


def test_who_is_unknown_is_answered_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(NotFound) as none:
        desk.characters.member("luca")
    assert str(none.value) == "There is no character @luca. There are no characters yet: make one, or write \\@ for a plain @."
    for handle in ("luca", "lucia", "ember"):
        desk.characters.create(handle, Pack())
    with pytest.raises(NotFound) as near:
        desk.characters.member("lucca")
    assert str(near.value) == "There is no character @lucca. The nearest: @luca, @lucia; or write \\@ for a plain @."
    with pytest.raises(NotFound, match="There are: @ember, @luca, @lucia"):
        desk.characters.get("zzz")


def test_pictures_must_be_pictures_of_the_library(desk: Desk) -> None:
    for wrong in (Pack(references=["a-0000000000000000"]), Pack(sheet="/etc/passwd")):
        with pytest.raises(NotFound):
            desk.characters.create("luca", wrong)
    assert desk.characters.handles() == ()


def test_only_images_will_do(desk: Desk) -> None:
    one = desk.add()
    with desk.database.write() as connection:
        connection.exec_driver_sql("UPDATE artifacts SET kind = 'video'")
    with pytest.raises(BadMedia, match="is of kind video"):
        desk.characters.create("luca", Pack(references=[one]))
    with pytest.raises(BadMedia, match="colours are taken from an image"):
        desk.characters.palette(one)


def test_a_picture_that_is_deleted_breaks_nothing(desk: Desk) -> None:
    gone, kept = desk.add("one.png"), desk.add("two.png", picture(BLUE))
    desk.characters.create("luca", Pack(references=[gone, kept], sheet=gone))
    desk.artifacts.delete(gone)
    found = desk.characters.get("luca")
    assert [(gap.what, gap.name) for gap in found.missing] == [("reference", gone), ("sheet", gone)]
    assert desk.characters.member("luca").references == [kept]
    changed = desk.characters.change("luca", found.pack.model_copy(update={"title": "Luca"}), 1)
    assert (changed.title, changed.references) == ("Luca", [gone, kept])


def test_a_lora_that_is_not_here_is_named(desk: Desk) -> None:
    desk.add_lora("here")
    made = desk.characters.create("luca", Pack(loras=[LoraUse(name="here"), LoraUse(name="elsewhere")]))
    assert [(gap.what, gap.name) for gap in made.missing] == [("lora", "elsewhere")]
    assert "elsewhere" in made.missing[0].message


def test_nobody_overwrites_anybody(desk: Desk) -> None:
    desk.characters.create("luca", Pack())
    desk.characters.change("luca", Pack(title="one"), 1)
    with pytest.raises(Conflict) as late:
        desk.characters.change("luca", Pack(title="two"), 1)
    assert late.value.code == "character_changed"
    assert desk.characters.get("luca").title == "one"


def test_every_change_is_told(desk: Desk) -> None:
    with desk.events.subscribe() as heard:
        desk.characters.create("luca", Pack())
        desk.characters.change("luca", Pack(title="L"), 1)
        desk.characters.change("luca", Pack(title="L"), 2, "luke")
        desk.characters.remove("luke")
        told = [(event.kind, event.data["handle"], event.data["revision"]) for event in heard.drain()]
    assert told == [("character", *one) for one in (("luca", 1), ("luca", 2), ("luca", 0), ("luke", 3), ("luke", 0))]
    with pytest.raises(NotFound):
        desk.characters.remove("luke")


def test_pages_and_search(desk: Desk) -> None:
    for handle, title in (("luca", "Luca Rossi"), ("mira", "Mira"), ("ember", "Ember the dragon")):
        desk.characters.create(handle, Pack(title=title))
    items, more = desk.characters.page(limit=2)
    assert [one.handle for one in items] == ["ember", "mira"]
    assert [one.handle for one in desk.characters.page(limit=2, before=more)[0]] == ["luca"]
    assert [one.handle for one in desk.characters.page(query=" @luca ")[0]] == ["luca"]
    assert [one.handle for one in desk.characters.page(query="dragon")[0]] == ["ember"]
    with pytest.raises(BadInput, match="limit is 0"):
        desk.characters.page(limit=0)


def test_a_sheet_is_put_into_a_pack_without_disturbing_it(desk: Desk) -> None:
    old, front, side, sheet = (desk.add(f"{n}.png", picture(f"#{n}{n}{n}{n}{n}{n}")) for n in range(1, 5))
    desk.characters.create("luca", Pack(title="Luca", references=[old]))
    found = desk.characters.add_pictures("luca", sheet=sheet, references=[front, side], palette=[RED])
    assert (found.sheet, found.references, found.palette, found.title) == (sheet, [old, front, side], [RED], "Luca")
    again = desk.characters.add_pictures("luca", sheet=sheet, references=[front, side], palette=[BLUE])
    assert again == found, "nothing is added twice, a palette that is there stays"


def test_pictures_added_at_the_same_time_all_arrive(desk: Desk) -> None:
    pictures = [desk.add(f"{n}.png", picture(f"#{n}0{n}0{n}0")) for n in range(1, 9)]
    desk.characters.create("luca", Pack())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: desk.characters.add_pictures("luca", references=[one]), pictures))
    assert sorted(desk.characters.get("luca").references) == sorted(pictures)


def test_a_sheet_of_cards_shows_nobody(desk: Desk) -> None:
    sheet = desk.add()
    desk.characters.create("luca", Pack(sheet=sheet))
    assert desk.characters.member("luca").references == [sheet]
    desk.artifacts.set_meta(sheet, {"picture": {"model": "storyboard"}})
    assert desk.characters.member("luca").references == []


def test_colours_of_a_picture(desk: Desk) -> None:
    found = desk.characters.palette(desk.add(data=picture(RED)), 3)
    assert found.colours[0].hex == RED
    assert found.background == "#ffffff"
