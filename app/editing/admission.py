"""Plans in requests: read and checked before a job is taken on, so that a bad one is a refusal and never a failed job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

from app.editing.check import compile_plan
from app.editing.plan import EditPlan
from app.editing.reading import read_plan
from app.editing.sources import facts_of
from storage.records import Artifact


def _read(value: Any) -> EditPlan | None:
    return None if value is None else read_plan(value)


# Anything but a plan raises `BadPlan` with JSON paths within the plan, wherever the request comes from.
Plan = Annotated[EditPlan, BeforeValidator(read_plan)]
MaybePlan = Annotated[EditPlan | None, BeforeValidator(_read)]


def check_plan(request: BaseModel, media: Mapping[str, Artifact]) -> None:
    """Refuses a request whose field ``plan`` cannot be rendered from its media.

    Args:
        media: the request's artifacts by the place of their reference, such as ``plan.sources.0.media``.

    Raises:
        BadPlan: with everything that is wrong.
    """
    plan: EditPlan | None = getattr(request, "plan", None)
    if plan is None:
        return
    sources = {source.id: facts_of(source.id, media[f"plan.sources.{number}.media"]) for number, source in enumerate(plan.sources)}
    compile_plan(plan, sources)
