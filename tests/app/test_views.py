"""The JSON shapes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from pydantic import BaseModel

from app import views
from app.capability import capability
from app.media_fields import VideoRef
from app.studio import JobDetail, Submitted
from jobs.context import JobContext
from storage.records import Artifact, Job, Page, Project

ARTIFACT = Artifact(
    id="a-1", name="out/report.html", kind="document", role="result", media_type="text/html", size_bytes=5, content_hash="ab",
    path=Path("/secret/blobs/ab"), external=False, missing=False, project_id="default", job_id="j-1", created_at=1.5,
    meta={"scenes": 3}, inputs=("a-0",),
)  # fmt: skip
JOB = Job(
    id="j-1", seq=7, capability="video.analyze", title="Analyze video: x.mp4", state="running", lane="cpu", priority=0, progress=0.5,
    message="looking", eta_s=2.0, attempt=1, engine="built in, CPU", request={"video": "a-0"}, error=None, parent_id=None,
    project_id="default", cache_key="secret-key", cancel_requested=False, thumbnail_id=None, created_at=1.0,
    started_at=1.2, finished_at=None,
)  # fmt: skip
DETAIL = JobDetail(JOB, {"scenes": []}, (ARTIFACT,), {"scene:0": {"start": 0}}, ("began",))


def test_a_job() -> None:
    found = views.job_to_json(JOB)
    assert found["id"] == "j-1"
    assert not {"seq", "cache_key", "result"} & set(found)
    assert json.loads(json.dumps(found)) == found


def test_a_job_in_detail() -> None:
    found = views.job_to_json(DETAIL)
    assert found["result"] == {"scenes": []}
    assert found["artifacts"] == [views.artifact_to_json(ARTIFACT)]
    assert found["published"] == {"scene:0": {"start": 0}}
    assert found["log"] == ["began"]
    assert json.loads(json.dumps(found)) == found


def test_an_artifact_does_not_tell_where_it_lies() -> None:
    found = views.artifact_to_json(ARTIFACT)
    assert set(found) == set(Artifact.__dataclass_fields__) - {"path"}
    assert "secret" not in json.dumps(found)
    assert found["inputs"] == ["a-0"]


def test_an_answer_to_submitting() -> None:
    new, old = Submitted(JOB, False), Submitted(JOB, True)
    assert views.submitted_to_json(DETAIL, new) == {**views.job_to_json(JOB), "reused": False}
    assert views.submitted_to_json(DETAIL, old) == {**views.job_to_json(DETAIL), "reused": True}


def test_pages_hold_jobs_or_artifacts() -> None:
    assert views.page_to_json(Page(items=(JOB,), next_before=7)) == {"items": [views.job_to_json(JOB)], "next_before": 7}
    assert views.page_to_json(Page(items=(ARTIFACT,), next_before=None))["items"][0]["name"] == "out/report.html"


def test_a_project() -> None:
    assert views.project_to_json(Project(id="p", name="n", created_at=2.0)) == {"id": "p", "name": "n", "created_at": 2.0}


def test_lineage() -> None:
    child = dataclasses.replace(ARTIFACT, id="a-2")
    found = views.lineage_to_json({"artifact": ARTIFACT, "job": JOB, "parents": [], "children": [child]})
    assert found["artifact"]["id"] == "a-1"
    assert found["job"]["id"] == "j-1"
    assert [artifact["id"] for artifact in found["children"]] == ["a-2"]
    assert views.lineage_to_json({"artifact": ARTIFACT, "job": None})["job"] is None


class Ask(BaseModel):
    """Asks."""

    video: VideoRef


class Answer(BaseModel):
    """Answers."""

    length_s: float


@capability("test.ask", lane="cpu", title="Ask")
def ask(request: Ask, job: JobContext) -> Answer:
    """Asks how long a clip is."""
    return Answer(length_s=0)


def test_a_capability() -> None:
    found = views.capability_to_json(ask)
    assert found["summary"] == "Asks how long a clip is."
    assert found["request_schema"]["required"] == ["video"]
    assert found["result_schema"]["properties"]["length_s"]["type"] == "number"
    assert (found["name"], found["title"], found["lane"]) == ("test.ask", "Ask", "cpu")
