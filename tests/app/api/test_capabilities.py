"""Every row of THE table has a typed route; submitting gives a job, or one clear sentence."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.models import CapabilityAnswer, JobAnswer, ToolsAnswer
from app.api.server import create_api
from app.capabilities import CAPABILITIES
from app.capability import Capability
from app.studio import Studio
from configs.settings import Settings


@pytest.fixture
def real_document(settings: Settings) -> dict[str, Any]:
    """The OpenAPI document of the real table."""
    with Studio.open(settings, start_workers=False) as studio:
        return create_api(studio).openapi()


def test_every_row_of_the_table_has_its_route_and_schema(real_document: dict[str, Any]) -> None:
    schemas = real_document["components"]["schemas"]
    for row in CAPABILITIES:
        operation = real_document["paths"][f"/api/capabilities/{row.name}"]["post"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert operation["summary"] == row.title
        assert operation["description"] == row.summary
        assert operation["operationId"] == row.name.replace(".", "_")
        assert set(schemas[body]["properties"]) == set(row.request.model_fields)
        reused = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert row.result.__name__ in str(schemas[reused]["properties"]["result"])
        assert operation["responses"]["202"]["content"]["application/json"]["schema"]["$ref"].endswith("/JobAnswer")
        assert operation["responses"]["4XX"]


def test_operation_ids_are_unique(real_document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for methods in real_document["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))


def test_the_listing(owner: TestClient) -> None:
    found = owner.get("/api/capabilities").json()
    assert [CapabilityAnswer.model_validate(row).name for row in found] == ["test.echo", "test.look", "test.hold", "test.fail"]
    assert found[0]["summary"].startswith("Repeats a text.")
    assert found[0]["request_schema"]["required"] == ["text"]
    assert "said" in found[0]["result_schema"]["properties"]


def test_the_tools(owner: TestClient) -> None:
    found = ToolsAnswer.model_validate(owner.get("/api/tools").json())
    assert [tool["function"]["name"] for tool in found.openai] == ["test_echo", "test_look", "test_hold", "test_fail"]
    assert [tool["name"] for tool in found.mcp] == ["test_echo", "test_look", "test_hold", "test_fail"]


def test_submitting_answers_with_the_queued_job(owner: TestClient, studio: Studio) -> None:
    answer = owner.post("/api/capabilities/test.echo", json={"text": "hi", "times": 2}, params={"priority": 7})
    assert answer.status_code == 202
    job = JobAnswer.model_validate(answer.json())
    assert (job.capability, job.priority, job.reused) == ("test.echo", 7, False)
    assert studio.wait(job.id, 10).result == {"said": "hi hi"}


def test_the_same_request_is_answered_from_the_store(owner: TestClient, studio: Studio) -> None:
    first = owner.post("/api/capabilities/test.echo", json={"text": "hi"}).json()["id"]
    studio.wait(first, 10)
    again = owner.post("/api/capabilities/test.echo", json={"text": "hi", "times": 1})
    assert again.status_code == 200
    assert again.json()["id"] == first
    assert again.json()["reused"] is True
    assert again.json()["result"] == {"said": "hi"}
    anew = owner.post("/api/capabilities/test.echo?reuse=false", json={"text": "hi"})
    assert anew.status_code == 202
    assert anew.json()["id"] != first


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, ["'text'", "missing"]),
        ({"text": ""}, ["'text'", "at least 1 character"]),
        ({"text": "a", "times": 0}, ["'times'", "0", "greater than or equal to 1"]),
        ({"text": "a", "times": "often"}, ["'times'", "'often'", "integer"]),
        ({"text": "a", "tone": "shrill"}, ["'tone'", "'shrill'", "'plain'"]),
        ({"text": None}, ["'text'", "None"]),
        ([1], ["[1]"]),
    ],
)
def test_a_wrong_field_is_named_with_its_value(owner: TestClient, studio: Studio, body: Any, words: list[str]) -> None:
    answer = owner.post("/api/capabilities/test.echo", json=body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "bad_input"
    assert all(word in error["message"] for word in words), error["message"]
    assert sum(studio.counts().values()) == 0, "nothing is queued"


def test_what_is_not_json_is_one_sentence(owner: TestClient) -> None:
    answer = owner.post("/api/capabilities/test.echo", content=b"{oops", headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert "not valid JSON" in answer.json()["error"]["message"]


def test_an_unknown_capability_names_those_that_exist(owner: TestClient) -> None:
    answer = owner.post("/api/capabilities/test.nothing", json={})
    assert answer.status_code == 404
    assert "test.echo" in answer.json()["error"]["remedy"]


def test_an_unknown_project_is_not_found(owner: TestClient) -> None:
    assert owner.post("/api/capabilities/test.echo?project_id=p-none", json={"text": "a"}).status_code == 404


def test_a_missing_clip_is_refused_before_a_job_exists(owner: TestClient, studio: Studio) -> None:
    for reference in ("a-0000000000000000", "/no/such/clip.mp4", ""):
        answer = owner.post("/api/capabilities/test.look", json={"video": reference})
        assert answer.status_code in (404, 422), answer.text
    assert sum(studio.counts().values()) == 0


def test_a_path_from_the_owner_is_taken_where_it_lies(owner: TestClient, studio: Studio, make_clip: Any) -> None:
    clip = make_clip("my clip.mp4")
    job_id = owner.post("/api/capabilities/test.look", json={"video": str(clip)}).json()["id"]
    detail = studio.wait(job_id, 20)
    assert detail.result == {"name": "my clip.mp4"}
    assert studio.artifact(detail.job.request["video"]).external


def test_rows_are_capabilities() -> None:
    assert CAPABILITIES
    assert all(isinstance(row, Capability) for row in CAPABILITIES)
    assert len({row.name for row in CAPABILITIES}) == len(CAPABILITIES)
