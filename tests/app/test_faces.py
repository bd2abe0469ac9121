"""Every row of THE table, through every face: worker, HTTP route, OpenAPI, command, tool; and it really runs."""

from __future__ import annotations

import argparse
import json
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from app import worker
from app.api.server import create_api
from app.capabilities import CAPABILITIES
from app.capability import Capability
from app.characters.pack import Pack
from app.commands.run import add_capability, flag_of, request_of
from app.studio import Studio
from app.toolschema import tool_name, tools
from configs.settings import Settings
from tests.app.models.fake_hub import FakeHub, serving
from tests.app.models.shelf import card, chat_folder
from tests.backends.weights import safetensors

# What a row needs besides media, which every row gets by itself.
EXAMPLES: dict[str, dict[str, Any]] = {
    "video.stills": {"frames": [0, 5]},
    "video.moment": {"at_s": 0.2},
    "video.auto_edit": {"rounds": 2},
    "video.plan": {"style": "chaotic", "planner": "built_in"},
    "video.parody": {"style": "wholesome", "planner": "built_in", "judge": False},
    "video.export": {"formats": ["otio", "edl", "chapters"]},
    "image.batch": {"prompts": ["a fox", "an owl"], "width": 128, "height": 72, "x": {"by": "seed", "values": "1-2"}},
    "image.generate": {"prompt": "a fox on a hill", "width": 128, "height": 72, "count": 2},
    "character.sheet": {"character": "luca", "views": ["front"], "expressions": ["happy", "sad"], "cell_px": 128, "keep": True},
    "image.control": {"kind": "canny"},
    "image.upscale": {"scale": 1.5},
    "model.install": {"model": "tiny", "libraries": False},
    "model.import": {"name": "brought"},
    "model.check": {"model": "tiny"},
    "model.remove": {"model": "tiny"},
}
PICTURE = "picture.png"  # lies beside the clip
NEEDS_INSTALLED = ("model.check", "model.remove")
each = pytest.mark.parametrize("row", CAPABILITIES, ids=lambda row: row.name)
Row = Capability[Any, Any]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio with the real table and a real worker."""
    folder = tmp_path_factory.mktemp("faces")
    (folder / "data").mkdir()
    (folder / "data" / "models.local.yaml").write_text(yaml.safe_dump({"models": [card()]}), encoding="utf-8")
    files = {"model.safetensors": safetensors(folder / "w.safetensors", {"a": (8, 8)}).read_bytes(), "config.json": b"{}"}
    with serving(FakeHub(files)) as hub:
        settings = Settings(data_dir=folder / "data", headless=True, cpu_workers=1, hub_endpoint=hub.url)
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
        field = row.request.model_fields[name]
        if field.is_required():
            given = {"video": str(clip), "image": str(clip.with_name(PICTURE))}
            assert mark.kind in given or mark.name == "analysis.json", f"{row.name} takes {mark.kind}: make an example of it here"
            one = given.get(mark.kind, analysis)
            request[name] = [one, one] if typing.get_origin(field.annotation) is list else one
    if row.name == "model.import":
        request["path"] = str(chat_folder(clip.with_suffix("")))
    if "plan" in row.request.model_fields:
        request["plan"] = plan_of(clip)
    return {**request, **EXAMPLES.get(row.name, {})}


def draw_picture(path: Path) -> Path:
    """A red disc on a pale ground, 96 x 64 px."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (96, 64), (210, 225, 235))
    ImageDraw.Draw(picture).ellipse((30, 12, 66, 52), fill=(190, 40, 30))
    picture.save(path)
    return path


def plan_of(clip: Path) -> dict[str, Any]:
    """Half a second of a clip as a film."""
    segment = {"id": "s1", "source": "a", "start_s": 0.0, "end_s": 0.5}
    return {"sources": [{"id": "a", "media": str(clip)}], "segments": [segment]}


def words(name: str, value: Any) -> list[str]:
    """A field as flags of the command line."""
    flag = flag_of(name)
    if isinstance(value, bool):
        return [flag if value else f"--no-{flag[2:]}"]
    if isinstance(value, dict):
        return [flag, json.dumps(value)]
    return [flag, *(str(item) for item in (value if isinstance(value, list) else [value]))]


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
    argv = [word for name, value in request.items() for word in words(name, value)]
    assert request_of(row, parser.parse_args(argv)) == request


@each
def test_it_is_a_tool(row: Row, client: TestClient) -> None:
    found = client.get("/api/tools").json()
    assert found == tools({other.name: other for other in CAPABILITIES})
    assert tool_name(row.name) in [tool["function"]["name"] for tool in found["openai"]]


@each
def test_it_runs_as_a_job_and_answers_in_its_type(row: Row, client: TestClient, studio: Studio, make_clip: Callable[..., Path]) -> None:
    clip, analysis = make_clip(f"{row.name}.mp4", cuts=(12,), frames=24), ""
    draw_picture(clip.with_name(PICTURE))
    if any(mark.name == "analysis.json" for mark in row.media_fields().values()):
        analysis = studio.submit("video.analyze", {"video": str(clip)}, allow_paths=True).job.id
        studio.wait(analysis, 60)
    if row.name in NEEDS_INSTALLED:
        studio.wait(studio.submit("model.install", {**EXAMPLES["model.install"]}).job.id, 60)
    have_model(row, studio, clip.parent)
    if row.name == "character.sheet":
        studio.characters.create("luca", Pack(title="Luca", palette=["#c83232"]))
    answer = client.post(f"/api/capabilities/{row.name}", json=example(row, clip, analysis))
    assert answer.status_code == 202, answer.text
    detail = studio.wait(answer.json()["id"], 60)
    assert detail.job.state == "succeeded", detail.job.error
    assert row.result.model_validate(detail.result)
    assert detail.job.engine
    found = client.get(f"/api/jobs/{detail.job.id}").json()
    assert found["result"] == detail.result
    assert found["progress"] == 1
