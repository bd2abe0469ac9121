"""Nothing is a stand-in here: tiny models are imported, loaded by the real model process, chatted with over HTTP, and unloaded."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI

pytest.importorskip("torch")
pytest.importorskip("transformers")

from app.api.run import StudioServer, listen
from app.api.server import create_api
from app.studio import Studio
from configs.settings import Settings
from storage.records import SUCCEEDED
from tests.backends.tiny import models as tiny


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    root: Path = tmp_path_factory.mktemp("models")
    settings = Settings(data_dir=root / "data", cpu_workers=1, headless=True, passphrase="amber-canoe-violin-tundra", device="cpu")
    with Studio.open(settings) as studio:
        for name, save in (("tiny-qwen", tiny.save_qwen), ("tiny-eyes", tiny.save_qwen_vl), ("tiny-vectors", tiny.save_sentences)):
            save(root / name)
            job = studio.submit("model.import", {"path": str(root / name), "name": name}, allow_paths=True).job
            detail = studio.wait(job.id, 120)
            assert detail.job.state == SUCCEEDED, detail.job.error
        yield studio


@pytest.fixture(scope="module")
def client(studio: Studio) -> Iterator[OpenAI]:
    sock = listen("127.0.0.1", 0)
    started = threading.Event()
    server = StudioServer(create_api(studio), started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    assert started.wait(30)
    with OpenAI(base_url=f"http://127.0.0.1:{sock.getsockname()[1]}/v1", api_key="none", max_retries=0, timeout=180) as client:
        yield client
    server.should_exit = True
    thread.join(15)


def state_of(studio: Studio, name: str) -> str:
    return {model["name"]: model["state"] for model in studio.models.status()["models"]}.get(name, "installed")


def ask(client: OpenAI, model: str, content: Any, **more: Any) -> Any:
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": content}], max_tokens=8, **more)


def test_a_tiny_model_is_imported_loaded_chatted_with_and_unloaded(studio: Studio, client: OpenAI) -> None:
    assert {"tiny-qwen", "tiny-eyes", "tiny-vectors"} <= {model.id for model in client.models.list()}
    studio.models.load("tiny-qwen")
    answer = ask(client, "tiny-qwen", "hello", seed=3)
    assert 0 < answer.usage.completion_tokens <= 8
    streamed = "".join(
        chunk.choices[0].delta.content or "" for chunk in ask(client, "tiny-qwen", "hello", seed=3, stream=True) if chunk.choices
    )
    assert streamed == answer.choices[0].message.content
    studio.models.unload("tiny-qwen")
    assert state_of(studio, "tiny-qwen") in ("installed", "absent")


def test_json_of_a_schema_is_json_even_from_random_weights(client: OpenAI) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"], "additionalProperties": False}
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    answer = client.chat.completions.create(
        model="tiny-qwen",
        messages=[{"role": "user", "content": "yes?"}],
        max_tokens=64,
        response_format=wanted,
        seed=1,  # type: ignore[arg-type]
    )
    text = (answer.choices[0].message.content or "").replace(" ", "").replace("\n", "")
    assert text in ('{"ok":true}', '{"ok":false}') or answer.choices[0].finish_reason == "length"


def test_a_picture_is_looked_at(client: OpenAI) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (56, 56), (200, 30, 30)).save(buffer, "PNG")
    url = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    answer = ask(client, "tiny-eyes", [{"type": "text", "text": "what?"}, {"type": "image_url", "image_url": {"url": url}}])
    assert answer.usage.prompt_tokens > 4


def test_texts_become_unit_vectors(client: OpenAI) -> None:
    rows = client.embeddings.create(model="tiny-vectors", input=["a cat", "a dog"]).data
    assert [sum(value * value for value in row.embedding) for row in rows] == pytest.approx([1, 1], abs=1e-4)


def test_the_process_dies_and_the_next_answer_comes_from_a_fresh_one(studio: Studio, client: OpenAI) -> None:
    import os
    import signal

    first = ask(client, "tiny-qwen", "again", seed=9).choices[0].message.content
    before = [worker["pid"] for worker in studio.status()["workers"] if worker["lane"] == "gpu"]
    os.kill(before[0], signal.SIGKILL)
    assert ask(client, "tiny-qwen", "again!", seed=9).usage.completion_tokens > 0
    after = [worker["pid"] for worker in studio.status()["workers"] if worker["lane"] == "gpu"]
    assert after != before
    assert ask(client, "tiny-qwen", "again", seed=9).choices[0].message.content == first
