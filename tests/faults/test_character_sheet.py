"""A reference sheet whose studio is killed outright in the middle: it is finished, once, and stands in the pack."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.characters.pack import Pack
from app.studio import Studio
from configs.settings import Settings
from tests.faults.studio_process import StudioProcess, wait_gone

POSES = 10


def rows(data_dir: Path, query: str, *values: Any) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(f"file:{data_dir / 'studio.db'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return database.execute(query, values).fetchall()


@pytest.mark.slow
def test_a_sheet_killed_half_way_is_finished_once(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    settings = Settings(data_dir=data_dir, headless=True)
    with Studio.open(settings, start_workers=False) as quiet:
        quiet.characters.create("luca", Pack(title="Luca", palette=["#c83232"]))
    with StudioProcess(data_dir, real=True) as studio:
        studio.ready()
        job = studio.submit("character.sheet", character="luca", cell_px=64, keep=True)
        studio.wait_published(job, "view-side")
        workers = studio.workers()
        studio.kill()
    assert wait_gone(workers) == []
    kept = {row["id"] for row in rows(data_dir, "SELECT id FROM artifacts")}
    assert 3 <= len(kept) <= POSES
    with StudioProcess(data_dir, real=True) as studio:
        studio.ready()
        ended = studio.wait(job, 120)
        assert ended["state"] == "succeeded", ended["error"]
        assert studio.close() == 0
    cells = ended["result"]["cells"]
    assert len({cell["seed"] for cell in cells}) == 1, "a seed by chance stays"
    children = rows(data_dir, "SELECT * FROM jobs WHERE parent_id = ?", job)
    assert (len(children), {row["state"] for row in children}) == (POSES, {"succeeded"})
    artifacts = {row["id"] for row in rows(data_dir, "SELECT id FROM artifacts")}
    assert artifacts == {cell["artifact_id"] for cell in cells} | {ended["result"]["artifact_id"]} >= kept
    assert len(artifacts) == POSES + 1
    with Studio.open(settings, start_workers=False) as quiet:
        pack = quiet.characters.get("luca")
    assert (pack.sheet, pack.revision) == (ended["result"]["artifact_id"], 2)
