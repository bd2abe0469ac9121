"""The same answers from a studio in this process and from a running one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.character_desk import CharacterDesk, LocalCharacters
from app.remote import RemoteSession
from app.studio import Studio
from configs.errors import BadInput, BadMedia, Conflict, NotFound


@pytest.fixture(params=["local", "remote"])
def desk(request: pytest.FixtureRequest, studio: Studio) -> CharacterDesk:
    if request.param == "local":
        return LocalCharacters(studio)
    served: Any = request.getfixturevalue("served")
    return RemoteSession(served.url, studio.token, studio.settings.data_dir).characters


def test_made_changed_found_removed(desk: CharacterDesk) -> None:
    made = desk.create("@Luca", {"title": "Luca"})
    assert (made["handle"], made["revision"]) == ("luca", 1)
    assert desk.get("@luca") == made
    changed = desk.change("luca", {"title": "Luke"}, 1, "luke")
    assert (changed["handle"], changed["title"], changed["revision"]) == ("luke", "Luke", 2)
    with pytest.raises(Conflict, match="at revision 2"):
        desk.change("luke", {}, 1)
    assert [one["handle"] for one in desk.all("luk")] == ["luke"]
    desk.remove("luke")
    assert desk.all() == []
    with pytest.raises(NotFound, match="no character @luke"):
        desk.get("luke")


def test_every_page_is_read(desk: CharacterDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.character_desk.PAGE", 2)
    for number in range(5):
        desk.create(f"c{number}", {})
    assert [one["handle"] for one in desk.all()] == ["c4", "c3", "c2", "c1", "c0"]


def test_what_is_wrong_is_a_sentence(desk: CharacterDesk, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="threshold"):
        desk.create("luca", {"threshold": 4})
    with pytest.raises(BadInput, match="a b"):
        desk.create("a b", {})
    with pytest.raises(BadMedia, match="There is no file"):
        desk.take(tmp_path / "none.character", handle=None, replace=False)


def test_one_file_goes_out_and_comes_in(desk: CharacterDesk, tmp_path: Path) -> None:
    desk.create("luca", {"title": "Luca", "palette": ["#c83232"]})
    desk.export("luca", tmp_path / "luca.character", loras=False)
    with pytest.raises(Conflict) as taken:
        desk.take(tmp_path / "luca.character", handle=None, replace=False)
    assert "@luca-2" in taken.value.remedy
    twin = desk.take(tmp_path / "luca.character", handle="twin", replace=False)
    assert (twin["handle"], twin["palette"], twin["remarks"]) == ("twin", ["#c83232"], [])
    assert desk.take(tmp_path / "luca.character", handle=None, replace=True)["revision"] == 2
