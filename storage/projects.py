"""Projects: the drawers that jobs and artifacts lie in."""

from __future__ import annotations

import time

from sqlalchemy import insert, select

from configs.errors import BadInput, NotFound
from storage.database import Database
from storage.ids import new_id
from storage.records import Project
from storage.tables import projects

DEFAULT = "default"
NAME_LIMIT = 80


def all_projects(database: Database) -> tuple[Project, ...]:
    """Every project, oldest first."""
    with database.read() as connection:
        return tuple(Project(**row._mapping) for row in connection.execute(select(projects).order_by(projects.c.created_at)))


def require(database: Database, project_id: str) -> Project:
    """One project; raises `NotFound` naming those that exist."""
    known = all_projects(database)
    for project in known:
        if project.id == project_id:
            return project
    raise NotFound(f"There is no project {project_id!r}.", f"Projects: {', '.join(p.id for p in known)}.")


def create(database: Database, name: str) -> Project:
    """A new, empty project; its name is unique whatever the case."""
    name = " ".join(name.split())
    if not 0 < len(name) <= NAME_LIMIT:
        raise BadInput(f"The project name {name[:NAME_LIMIT]!r} has {len(name)} characters.", f"Use 1 to {NAME_LIMIT}.")
    if any(project.name.casefold() == name.casefold() for project in all_projects(database)):
        raise BadInput(f"There is already a project called {name!r}.", "Choose another name.")
    project = Project(id=new_id("p-"), name=name, created_at=time.time())
    with database.write() as connection:
        connection.execute(insert(projects), project.__dict__)
    return project
