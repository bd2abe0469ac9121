"""One typed route per row of the capability table, and the table itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from app.api.deps import StudioDep, is_owner, studio_of
from app.api.models import ERRORS, CapabilityAnswer, JobAnswer, JobDetailAnswer, ToolsAnswer
from app.capability import Capability
from app.studio import Studio
from app.toolschema import tool_name, tools
from app.views import capability_to_json, submitted_to_json
from configs.errors import NotFound


def make_router(capabilities: Mapping[str, Capability[Any, Any]]) -> APIRouter:
    """The listing, the tool schemas, and the generated routes."""
    router = APIRouter(tags=["capabilities"])
    router.add_api_route("/api/capabilities", _listing, response_model=list[CapabilityAnswer], summary="What the studio can do")
    router.add_api_route("/api/tools", _tools, response_model=ToolsAnswer, summary="The same, as tools for agents")
    for row in capabilities.values():
        _add(router, row)
    router.add_api_route(
        "/api/capabilities/{name}", _unknown, methods=["POST"], include_in_schema=False, response_model=None
    )  # fmt: skip
    return router


def _listing(studio: StudioDep) -> list[dict[str, Any]]:
    """Every capability with the JSON schemas of its request and its result."""
    return [capability_to_json(row) for row in studio.capabilities.values()]


def _tools(studio: StudioDep) -> dict[str, list[dict[str, Any]]]:
    """Every capability in the form of OpenAI function tools and of MCP tools."""
    return tools(studio.capabilities)


def _unknown(name: str, studio: StudioDep) -> None:
    raise NotFound(f"There is no capability {name!r}.", f"There are: {', '.join(studio.capabilities)}.")


def _add(router: APIRouter, row: Capability[Any, Any]) -> None:
    router.add_api_route(
        f"/api/capabilities/{row.name}",
        _endpoint(row),
        methods=["POST"],
        status_code=202,
        response_model=JobAnswer,
        operation_id=tool_name(row.name),
        summary=row.title,
        description=row.summary,
        response_description="The job, queued",
        responses={**ERRORS, 200: {"model": JobDetailAnswer[row.result], "description": "A stored result answers this request."}},  # type: ignore[name-defined]
    )


def _endpoint(row: Capability[Any, Any]) -> Callable[..., JSONResponse]:
    """A function whose signature carries the row's own request type, which is what FastAPI reads."""

    def submit(
        studio: Studio, owner: bool, body: BaseModel, project_id: str | None = None, priority: int = 0, reuse: bool = True
    ) -> JSONResponse:
        submitted = studio.submit(row.name, body, project_id=project_id, priority=priority, allow_paths=owner, reuse=reuse)
        return JSONResponse(submitted_to_json(studio.job(submitted.job.id), submitted), 200 if submitted.reused else 202)

    submit.__name__ = tool_name(row.name)
    submit.__signature__ = _signature(row)  # type: ignore[attr-defined]
    return submit


def _signature(row: Capability[Any, Any]) -> Signature:
    query = Query(description="The project that the job and what it makes belong to.")
    order = Query(ge=-100, le=100, description="Higher runs earlier.")
    again = Query(description="Return a stored result of the same request at once, if there is one.")
    kind = Parameter.KEYWORD_ONLY
    return Signature(
        [
            Parameter("studio", kind, annotation=Annotated[Any, Depends(studio_of)]),
            Parameter("owner", kind, annotation=Annotated[bool, Depends(is_owner)]),
            Parameter("body", kind, annotation=Annotated[row.request, Body()]),
            Parameter("project_id", kind, default=None, annotation=Annotated[str | None, query]),
            Parameter("priority", kind, default=0, annotation=Annotated[int, order]),
            Parameter("reuse", kind, default=True, annotation=Annotated[bool, again]),
        ]
    )
