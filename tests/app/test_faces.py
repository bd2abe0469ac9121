"""Every row of THE table, through every face: worker, HTTP route, OpenAPI, command, tool; and it really runs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import worker
from app.api.server import create_api
from app.capabilities import CAPABILITIES
from app.capability import Capability
from app.commands.run import add_capability, flag_of, request_of
from app.studio import Studio
from app.toolschema import tool_name, tools
from configs.settings import Settings

# What a row needs besides media, which every row gets by itself.
EXAMPLES: dict[str, dict[str, Any]] = {}
each = pytest.mark.parametrize("row", CAPABILITIES, ids=lambda row: row.name)
Row = Capability[Any, Any]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with the real table and a real worker."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("faces") / "data", headless=True, cpu_workers=1)
    with Studio.open(settings, keep_spare=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(studio: Studio) -> TestClient:
    return TestClient(create_api(studio), base_url="http://127.0.0.1:7930", client=("127.0.0.1", 1))


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def have_model(row: Row, studio: Studio, folder: Path) -> None:
    """Imports a tiny model for a row that needs one."""
    if row.name == "video.shots":
        pytest.importorskip("torch")
        from tests.backends.tiny.transnet import save_transnet

        request = {"path": str(save_transnet(folder / "transnetv2.safetensors")), "card": "transnetv2"}
        assert studio.wait(studio.submit("model.import", request, allow_paths=True).job.id, 60).job.state == "succeeded"


def example(row: Row, clip: Path, analysis: str = "j-0000000000000000") -> dict[str, Any]:
    """A small request that the row can answer; ``analysis`` is the job of one."""
    request: dict[str, Any] = {}
    for name, mark in row.media_fields().items():
        if row.request.model_fields[name].is_required():
            assert mark.kind == "video" or mark.name == "analysis.json", f"{row.name} takes {mark.kind}: make an example of it here"
            request[name] = str(clip) if mark.kind == "video" else analysis
    return {**request, **EXAMPLES.get(row.name, {})}


@each
def test_a_worker_knows_it(row: Row) -> None:
    assert worker.build()[row.name] is row


@each
def test_it_has_a_route_and_a_schema(row: Row, document: dict[str, Any]) -> None:
    operation = document["paths"][f"/api/capabilities/{row.name}"]["post"]
    name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert document["components"]["schemas"][name]["properties"].keys() == row.request.model_fields.keys()
    assert (operation["summary"], operation["description"]) == (row.title, row.summary)


@each
def test_it_is_listed_with_both_schemas(row: Row, client: TestClient) -> None:
    listed = {entry["name"]: entry for entry in client.get("/api/capabilities").json()}
    assert listed[row.name]["request_schema"] == row.request.model_json_schema()
    assert listed[row.name]["result_schema"] == row.result.model_json_schema(mode="serialization")


@each
def test_it_is_a_command(row: Row, tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_capability(parser, row)
    request = example(row, tmp_path / "clip.mp4")
    argv = [word for name, value in request.items() for word in (flag_of(name), str(value))]
    assert request_of(row, parser.parse_args(argv)) == request


@each
def test_it_is_a_tool(row: Row, client: TestClient) -> None:
    found = client.get("/api/tools").json()
    assert found == tools({other.name: other for other in CAPABILITIES})
    assert tool_name(row.name) in [tool["function"]["name"] for tool in found["openai"]]


@each
def test_it_runs_as_a_job_and_answers_in_its_type(row: Row, client: TestClient, studio: Studio, make_clip: Callable[..., Path]) -> None:
    clip, analysis = make_clip(f"{row.name}.mp4", cuts=(12,), frames=24), ""
    if any(mark.name == "analysis.json" for mark in row.media_fields().values()):
        analysis = studio.submit("video.analyze", {"video": str(clip)}, allow_paths=True).job.id
        studio.wait(analysis, 60)
    have_model(row, studio, clip.parent)
    answer = client.post(f"/api/capabilities/{row.name}", json=example(row, clip, analysis))
    assert answer.status_code == 202, answer.text
    detail = studio.wait(answer.json()["id"], 60)
    assert detail.job.state == "succeeded", detail.job.error
    assert row.result.model_validate(detail.result)
    assert detail.job.engine
    found = client.get(f"/api/jobs/{detail.job.id}").json()
    assert found["result"] == detail.result
    assert found["progress"] == 1
