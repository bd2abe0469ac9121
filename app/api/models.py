"""The answers' types, for the OpenAPI page; the answers themselves are built by `app.views`."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")
ResultT = TypeVar("ResultT")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorDetail(_Model):
    """What happened, and what to do about it. Some errors tell more: that of an edit plan has ``problems``."""

    model_config = ConfigDict(extra="allow")

    code: str = Field(description="Stable name for programs.")
    message: str = Field(description="One sentence: what is wrong, with the value.")
    remedy: str = Field(description="One sentence: what to do; may be empty.")


class ErrorAnswer(_Model):
    """Every 4xx and 5xx answer."""

    error: ErrorDetail


class ArtifactAnswer(_Model):
    """A file the studio made or was given."""

    id: str
    name: str
    kind: str = Field(description="video, audio, image, document, timeline or data.")
    role: str = Field(description="source: given; result: made for the person; support: keyframes, proxies, thumbnails.")
    media_type: str
    size_bytes: int
    content_hash: str = Field(description="SHA-256 of the bytes.")
    external: bool = Field(description="The file stays where it is and is only referred to.")
    missing: bool = Field(description="The file is no longer there; relink it.")
    project_id: str
    job_id: str | None
    created_at: float = Field(description="Unix seconds.")
    meta: dict[str, Any]
    inputs: list[str] = Field(description="Ids of the artifacts it was made from.")


class JobAnswer(_Model):
    """One piece of asked-for work."""

    id: str
    capability: str
    title: str
    state: str = Field(description="queued, running, succeeded, failed, cancelled or quarantined.")
    lane: str
    priority: int
    progress: float = Field(ge=0, le=1)
    message: str
    eta_s: float | None
    attempt: int
    engine: str
    request: dict[str, Any]
    error: ErrorDetail | None
    parent_id: str | None
    project_id: str
    thumbnail_id: str | None
    cancel_requested: bool
    created_at: float = Field(description="Unix seconds.")
    started_at: float | None
    finished_at: float | None
    reused: bool | None = Field(default=None, description="On submitting: a stored result answers this request.")


class JobDetailAnswer(JobAnswer, Generic[ResultT]):
    """A job with what it made so far."""

    result: ResultT | None = None
    artifacts: list[ArtifactAnswer] = []
    published: dict[str, Any] = {}
    log: list[str] = []


class PageAnswer(_Model, Generic[Item]):
    """One page of a listing, newest first."""

    items: list[Item]
    next_before: int | None = Field(description="Pass as `before` to get the next page; null at the end.")


class CapabilityAnswer(_Model):
    """One thing the studio can do."""

    name: str
    title: str
    summary: str
    lane: str
    engine: str
    request_schema: dict[str, Any]
    result_schema: dict[str, Any]


class ProjectAnswer(_Model):
    """A named drawer for jobs and artifacts."""

    id: str
    name: str
    created_at: float


class LineageAnswer(_Model):
    """What made an artifact and what was made from it."""

    artifact: ArtifactAnswer
    job: JobAnswer | None
    parents: list[ArtifactAnswer]
    children: list[ArtifactAnswer]


class FreedAnswer(_Model):
    """What deleting gave back."""

    freed_bytes: int


class ToolsAnswer(_Model):
    """Every capability as a tool for an agent."""

    openai: list[dict[str, Any]]
    mcp: list[dict[str, Any]]


class NewProject(_Model):
    """A project to be made."""

    name: str = Field(min_length=1, max_length=120)


class NewPath(_Model):
    """Where a moved file lies now."""

    path: str = Field(min_length=1, max_length=4096)


class NewFile(_Model):
    """A file of the studio's own machine."""

    path: str = Field(min_length=1, max_length=4096)
    kind: str = "video"
    project_id: str | None = None


ERRORS: dict[int | str, dict[str, Any]] = {"4XX": {"model": ErrorAnswer}, "5XX": {"model": ErrorAnswer}}
