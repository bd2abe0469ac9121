"""Jobs over HTTP."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.jobs import states
from app.api.models import JobAnswer, JobDetailAnswer, PageAnswer
from app.studio import Studio
from configs.errors import BadInput


def submit(client: TestClient, name: str, **request: Any) -> str:
    answer = client.post(f"/api/capabilities/{name}", json=request)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_a_job_reads_as_documented(owner: TestClient, studio: Studio) -> None:
    job_id = submit(owner, "test.echo", text="hi")
    studio.wait(job_id, 10)
    found = owner.get(f"/api/jobs/{job_id}").json()
    assert JobDetailAnswer[Any].model_validate(found)
    assert set(found) == {
        "id", "capability", "title", "state", "lane", "priority", "progress", "message", "eta_s", "attempt", "engine", "request", "error",
        "parent_id", "project_id", "thumbnail_id", "cancel_requested", "created_at", "started_at", "finished_at",
        "result", "artifacts", "published", "log",
    }  # fmt: skip
    assert found["state"] == "succeeded"
    assert found["request"] == {"text": "hi", "times": 1, "tone": "plain"}
    assert found["result"] == {"said": "hi"}
    assert found["error"] is None


def test_a_failed_job_says_so_in_the_error(owner: TestClient, studio: Studio) -> None:
    job_id = submit(owner, "test.fail")
    studio.wait(job_id, 10)
    found = owner.get(f"/api/jobs/{job_id}").json()
    assert found["state"] == "failed"
    assert set(found["error"]) == {"code", "message", "remedy"}
    assert "the paper tore" in found["error"]["message"]
    assert "Traceback" not in found["error"]["message"]


def test_lists_newest_first_and_by_pages(owner: TestClient, studio: Studio) -> None:
    ids = [submit(owner, "test.echo", text=f"n{n}") for n in range(5)]
    for job_id in ids:
        studio.wait(job_id, 10)
    first = owner.get("/api/jobs?limit=3").json()
    assert PageAnswer[JobAnswer].model_validate(first)
    second = owner.get("/api/jobs", params={"limit": 3, "before": first["next_before"]}).json()
    assert [job["id"] for job in first["items"] + second["items"]] == ids[::-1]
    assert second["next_before"] is None
    assert "result" not in first["items"][0]


def test_filters(owner: TestClient, studio: Studio) -> None:
    good, bad = submit(owner, "test.echo", text="hi"), submit(owner, "test.fail")
    for job_id in (good, bad):
        studio.wait(job_id, 10)

    def listed(query: str) -> list[str]:
        return [job["id"] for job in owner.get(f"/api/jobs?{query}").json()["items"]]

    assert listed("state=failed") == [bad]
    assert listed("state=failed,succeeded") == [bad, good]
    assert listed("capability=test.echo") == [good]
    assert listed("project_id=default") == [bad, good]
    assert listed("project_id=p-none") == []
    assert listed("parent_id=j-none") == []


def test_counts(owner: TestClient, studio: Studio) -> None:
    studio.wait(submit(owner, "test.fail"), 10)
    assert owner.get("/api/jobs/counts").json()["failed"] == 1
    assert owner.get("/api/jobs/counts?project_id=p-none").json()["failed"] == 0


def test_cancel_and_retry(owner: TestClient, studio: Studio, gates: dict[str, threading.Event]) -> None:
    job_id = submit(owner, "test.hold", note="a")
    assert owner.post(f"/api/jobs/{job_id}/cancel").status_code == 200
    assert studio.wait(job_id, 10).job.state == "cancelled"
    gates.setdefault("a", threading.Event()).set()
    assert owner.post(f"/api/jobs/{job_id}/retry").json()["state"] in ("queued", "running", "succeeded")
    assert studio.wait(job_id, 10).job.state == "succeeded"
    late = owner.post(f"/api/jobs/{job_id}/cancel")
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "conflict"


def test_run_next_is_for_queued_jobs(owner: TestClient, studio: Studio) -> None:
    job_id = submit(owner, "test.echo", text="x")
    studio.wait(job_id, 10)
    assert owner.post(f"/api/jobs/{job_id}/next").status_code == 409


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/cancel"), ("POST", "/retry"), ("POST", "/next")])
def test_an_unknown_job_is_not_found(owner: TestClient, method: str, path: str) -> None:
    answer = owner.request(method, f"/api/jobs/j-none{path}")
    assert answer.status_code == 404
    assert "j-none" in answer.json()["error"]["message"]


@pytest.mark.parametrize("query", ["state=nonsense", "limit=0", "limit=201", "limit=ten", "before=x"])
def test_a_wrong_filter_is_named(owner: TestClient, query: str) -> None:
    answer = owner.get(f"/api/jobs?{query}")
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert query.split("=")[1] in error["message"]
    assert error["remedy"]


def test_states() -> None:
    assert states("") == ()
    assert states(" queued , running,") == ("queued", "running")
    with pytest.raises(BadInput, match="nonsense"):
        states("queued,nonsense")
