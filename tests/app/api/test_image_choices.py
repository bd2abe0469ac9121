"""What a picture may be asked for by name, as the form of the page lists it."""

from __future__ import annotations

from starlette.testclient import TestClient

from app.imaging.batch.axes import KINDS
from app.studio import Studio
from backends.diffusion.samplers import choose


def test_samplers_are_those_of_the_table(owner: TestClient) -> None:
    found = owner.get("/api/images/samplers").json()["items"]
    assert {"name": "euler", "title": "Euler"}.items() <= found[0].items()
    assert all(choose(row["name"], schedule) for row in found for schedule in row["schedules"])


def test_lists_tell_their_first_values(owner: TestClient, studio: Studio) -> None:
    folder = studio.settings.data_dir / "wildcards"
    folder.mkdir()
    (folder / "moods.txt").write_text("\n".join(f"mood {number}" for number in range(20)))
    found = {row["name"]: row for row in owner.get("/api/images/wildcards").json()["items"]}
    assert {"colours", "weather"} <= set(found)
    assert (found["moods"]["count"], found["moods"]["values"][:2], len(found["moods"]["values"])) == (20, ["mood 0", "mood 1"], 12)


def test_axes_tell_whether_they_take_numbers(owner: TestClient) -> None:
    found = {row["by"]: row for row in owner.get("/api/images/axes").json()["items"]}
    assert set(found) == set(KINDS)
    assert (found["seed"]["numbers"], found["style"]["numbers"], found["style"]["title"]) == (True, False, "Style")
