"""What has been rendered from a draft already, for jobs that would otherwise render the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from configs.errors import StudioError
from storage import edits
from storage import jobs as rows
from storage.artifacts import ArtifactStore
from storage.database import Database
from storage.records import SUCCEEDED, Json

if TYPE_CHECKING:
    from app.editing.plan import EditPlan

_RENDERER = ("video.edit",)
_WHAT_IS_SEEN = ("sources", "segments", "film", "output")


class Renders:
    """The films of drafts. Thread safe."""

    def __init__(self, database: Database, artifacts: ArtifactStore) -> None:
        self._database, self._artifacts = database, artifacts

    def find(self, edit_id: str, plan: EditPlan, *, preview: bool) -> Json | None:
        """The result of the newest `video.edit` of a draft that shows this very plan and whose film is still there; None without one."""
        wanted = _seen(plan)
        for job_id in edits.versions(self._database, edit_id, _RENDERER):
            with self._database.read() as connection:
                job = rows.find(connection, job_id)
                if job is None or job.state != SUCCEEDED or bool(job.request.get("preview", False)) != preview:
                    continue
                result = rows.result_of(connection, job_id)
            if result is not None and _of_json(job.request["plan"]) == wanted and self._there(result["artifact_id"]):
                return result
        return None

    def _there(self, artifact_id: str) -> bool:
        try:
            self._artifacts.require_file(self._artifacts.get(artifact_id))
        except StudioError:
            return False
        return True


def _of_json(plan: Any) -> tuple[Any, ...] | None:
    """None for a plan of another age, which cannot be read any more."""
    from pydantic import ValidationError

    from app.editing.plan import EditPlan

    try:
        return _seen(EditPlan.model_validate(plan))
    except ValidationError:
        return None


def _seen(plan: EditPlan) -> tuple[Any, ...]:
    """All of a plan that its film shows; not its title or its notes."""
    return tuple(getattr(plan, name) for name in _WHAT_IS_SEEN)
