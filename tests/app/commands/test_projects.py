"""`projects`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("small_table")


def test_makes_and_lists(cli: Cli) -> None:
    made = cli("projects", "create", "Trailer 2", "--json").document
    assert [project["id"] for project in cli("projects", "list", "--json").document["items"]] == ["default", made["id"]]
    assert "Trailer 2" in cli("projects", "list").out


def test_a_name_is_used_once(cli: Cli) -> None:
    assert cli("projects", "create", "Trailer").code == 0
    said = cli("projects", "create", "trailer")
    assert said.code == 2
    assert "'trailer'" in said.err


def test_a_job_goes_into_its_project(cli: Cli) -> None:
    project = cli("projects", "create", "Trailer", "--json").document["id"]
    job = cli("run", "test.echo", "--text", "hi", "--project", project, "--json").document
    assert job["project_id"] == job["artifacts"][0]["project_id"] == project
    assert cli("run", "test.echo", "--text", "hi", "--project", "p-none").code == 2
