"""Uploads end as an artifact, or leave nothing behind."""

from __future__ import annotations

import hashlib
import http.client
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.models import ArtifactAnswer
from app.api.uploads import OVERHEAD_BYTES, refuse_by_length
from app.studio import Studio
from configs.errors import TooLarge

MakeClip = Callable[..., Path]


def left_behind(studio: Studio) -> list[Path]:
    return [path for path in studio.settings.blobs.rglob("*") if path.is_file()]


def test_a_clip_becomes_an_artifact_byte_for_byte(owner: TestClient, studio: Studio, make_clip: MakeClip) -> None:
    clip = make_clip("Szene 1 é.mp4")
    project = studio.create_project("Trailer").id
    with clip.open("rb") as file:
        answer = owner.post("/api/artifacts", files={"file": (clip.name, file, "video/mp4")}, data={"project_id": project, "kind": "video"})
    assert answer.status_code == 201, answer.text
    artifact = ArtifactAnswer.model_validate(answer.json())
    assert artifact.name == "Szene 1 é.mp4"
    assert artifact.role == "source"
    assert artifact.project_id == project
    assert artifact.content_hash == hashlib.sha256(clip.read_bytes()).hexdigest()
    assert artifact.meta["probe"]["video"]["width"] == 320
    assert not artifact.external
    assert studio.artifact(artifact.id).path.read_bytes() == clip.read_bytes()
    assert len(left_behind(studio)) == 1, "kept once"


def test_a_guest_may_upload(guest: TestClient, make_clip: MakeClip) -> None:
    assert guest.post("/api/artifacts", files={"file": ("clip.mp4", make_clip().read_bytes())}).status_code == 201


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.mp4", b""), ("text.mp4", b"not a film\n" * 50), ("noise.mkv", bytes(range(256)) * 40)],
)
def test_bad_media_leaves_nothing(owner: TestClient, studio: Studio, name: str, content: bytes) -> None:
    answer = owner.post("/api/artifacts", files={"file": (name, content)})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "bad_media"
    assert name in error["message"]
    assert left_behind(studio) == []
    assert studio.artifacts().items == ()


@pytest.mark.parametrize("data", [{"kind": "nonsense"}, {"project_id": "p-none"}, {"colour": "red"}])
def test_a_wrong_field_leaves_nothing(owner: TestClient, studio: Studio, make_clip: MakeClip, data: dict[str, str]) -> None:
    answer = owner.post("/api/artifacts", files={"file": ("clip.mp4", make_clip().read_bytes())}, data=data)
    assert answer.status_code in (404, 422), answer.text
    assert next(iter(data)) in answer.text or next(iter(data.values())) in answer.text
    assert left_behind(studio) == []


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data"])
def test_what_is_no_upload_is_one_sentence(owner: TestClient, content_type: str) -> None:
    answer = owner.post("/api/artifacts", content=b"{}", headers={"content-type": content_type})
    assert answer.status_code == 422
    assert "Content-Type" in answer.json()["error"]["message"]


def test_too_large_is_refused_before_a_byte_is_read() -> None:
    refuse_by_length(None, 10)
    refuse_by_length("not a number", 10)
    refuse_by_length(str(10 + OVERHEAD_BYTES), 10)
    with pytest.raises(TooLarge, match="65,547 bytes"):
        refuse_by_length(str(11 + OVERHEAD_BYTES), 10)


def _body_head(length: int) -> bytes:
    return (
        f"POST /api/artifacts HTTP/1.1\r\nHost: HOST\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: {length}\r\n\r\n"
        '--B\r\nContent-Disposition: form-data; name="file"; filename="big.mp4"\r\n\r\n'
    ).encode()


def test_a_browser_that_is_still_sending_gets_the_sentence(served: Any, studio: Studio) -> None:
    connection = http.client.HTTPConnection(*served.address, timeout=20)
    connection.connect()
    host = f"{served.address[0]}:{served.address[1]}".encode()
    connection.sock.sendall(_body_head(64 << 20).replace(b"HOST", host) + b"x" * (2 << 20))
    answer = http.client.HTTPResponse(connection.sock)
    answer.begin()
    assert answer.status == 413
    assert json.loads(answer.read(int(answer.headers["content-length"])))["error"]["code"] == "too_large"
    connection.close()
    assert left_behind(studio) == []


def test_an_unannounced_length_is_counted(served: Any, studio: Studio) -> None:
    def pieces() -> Any:
        yield b'--B\r\nContent-Disposition: form-data; name="file"; filename="big.mp4"\r\n\r\n'
        for _ in range(6):
            yield b"x" * (1 << 20)
        yield b"\r\n--B--\r\n"

    headers = {"content-type": "multipart/form-data; boundary=B"}
    answer = served.request("POST", "/api/artifacts", body=pieces(), headers=headers, encode_chunked=False)
    assert answer.status == 413
    assert "big.mp4" in json.loads(answer.read())["error"]["message"]
    assert left_behind(studio) == []


def test_a_browser_that_goes_away_leaves_nothing(served: Any, studio: Studio) -> None:
    connection = http.client.HTTPConnection(*served.address, timeout=20)
    connection.connect()
    host = f"{served.address[0]}:{served.address[1]}".encode()
    connection.sock.sendall(_body_head(4 << 20).replace(b"HOST", host) + b"x" * (2 << 20))
    ends = time.monotonic() + 15
    while not left_behind(studio):
        assert time.monotonic() < ends, "the upload did not reach the disk while it was coming in"
        time.sleep(0.01)
    connection.close()
    while left_behind(studio):
        assert time.monotonic() < ends, "the upload was not removed"
        time.sleep(0.01)
    assert studio.artifacts().items == ()
