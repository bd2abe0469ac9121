"""Projects have unique, sensible names."""

from __future__ import annotations

import pytest

from configs.errors import BadInput, NotFound
from storage.database import Database
from storage.projects import all_projects, create, require


def test_a_new_project_is_listed_last(database: Database) -> None:
    project = create(database, "  Feature   film ")
    assert project.name == "Feature film"
    assert [p.id for p in all_projects(database)] == ["default", project.id]
    assert require(database, project.id) == project


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "my STUDIO"])
def test_a_bad_name_is_refused(database: Database, name: str) -> None:
    with pytest.raises(BadInput):
        create(database, name)


def test_an_unknown_project_is_named(database: Database) -> None:
    with pytest.raises(NotFound, match="'nowhere'"):
        require(database, "nowhere")
