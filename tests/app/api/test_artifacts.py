"""Artifacts over HTTP: byte ranges as players ask for them, names, sandboxing, deleting, relinking."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api.artifacts import content_headers, is_inert
from app.api.models import ArtifactAnswer, LineageAnswer, PageAnswer
from app.studio import Studio
from storage.records import Artifact

MakeClip = Callable[..., Path]


@pytest.fixture
def clip(studio: Studio, make_clip: MakeClip) -> Artifact:
    """A clip that lies where it was given."""
    return studio.add_path(make_clip("Szene „1“ é.mp4"))


@pytest.fixture
def content(clip: Artifact) -> bytes:
    return clip.path.read_bytes()


def url(artifact: Artifact) -> str:
    return f"/api/artifacts/{artifact.id}/content"


def test_the_whole_file(owner: TestClient, clip: Artifact, content: bytes) -> None:
    answer = owner.get(url(clip))
    assert answer.status_code == 200
    assert answer.content == content
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["etag"] == f'"{clip.content_hash}"'


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-", 0, None), ("bytes=0-0", 0, 1), ("bytes=100-199", 100, 200), ("bytes=-7", -7, None), ("bytes=5-99999999", 5, None)],
)
def test_a_range(owner: TestClient, clip: Artifact, content: bytes, wanted: str, start: int, end: int | None) -> None:
    answer = owner.get(url(clip), headers={"range": wanted})
    expected = content[start:end]
    first = start % len(content)
    assert answer.status_code == 206
    assert answer.content == expected
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(content)}"
    assert answer.headers["content-length"] == str(len(expected))
    assert answer.headers["etag"] == f'"{clip.content_hash}"'


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_range_within_the_file(owner: TestClient, clip: Artifact, content: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start, len(content) + 10))
    answer = owner.get(url(clip), headers={"range": f"bytes={start}-{end}"})
    assert answer.status_code == 206
    assert answer.content == content[start : end + 1]


def test_several_ranges_come_as_parts(owner: TestClient, clip: Artifact, content: bytes) -> None:
    answer = owner.get(url(clip), headers={"range": "bytes=0-3,10-12"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert content[:4] in answer.content
    assert content[10:13] in answer.content


def test_outside_the_file(owner: TestClient, clip: Artifact, content: bytes) -> None:
    answer = owner.get(url(clip), headers={"range": f"bytes={len(content)}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(content)}"


@pytest.mark.parametrize("wanted", ["bytes=x-y", "frames=1-2", "bytes", "bytes=9-3"])
def test_a_range_that_is_none(owner: TestClient, clip: Artifact, wanted: str) -> None:
    assert owner.get(url(clip), headers={"range": wanted}).status_code in (200, 400)


def test_a_range_of_the_same_file_only(owner: TestClient, clip: Artifact, content: bytes) -> None:
    same = owner.get(url(clip), headers={"range": "bytes=0-9", "if-range": f'"{clip.content_hash}"'})
    other = owner.get(url(clip), headers={"range": "bytes=0-9", "if-range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert other.content == content


@pytest.mark.parametrize("shown", ['"HASH"', 'W/"HASH"', "*", '"other", "HASH"'])
def test_an_unchanged_copy_is_not_sent_again(owner: TestClient, clip: Artifact, shown: str) -> None:
    answer = owner.get(url(clip), headers={"if-none-match": shown.replace("HASH", clip.content_hash)})
    assert answer.status_code == 304
    assert answer.content == b""


def test_what_the_studio_keeps_is_kept_by_browsers_too(owner: TestClient, studio: Studio, clip: Artifact) -> None:
    detail = studio.wait(studio.submit("test.echo", {"text": "hi"}).job.id, 10)
    assert "immutable" in owner.get(url(detail.artifacts[0])).headers["cache-control"]
    assert owner.get(url(clip)).headers["cache-control"] == "private, no-cache"


def test_head(owner: TestClient, clip: Artifact, content: bytes) -> None:
    whole, part = owner.head(url(clip)), owner.head(url(clip), headers={"range": "bytes=0-9"})
    assert (whole.status_code, whole.headers["content-length"], whole.content) == (200, str(len(content)), b"")
    assert (part.status_code, part.headers["content-length"], part.content) == (206, "10", b"")


def test_names_survive_the_header(owner: TestClient, clip: Artifact) -> None:
    shown, saved = owner.get(url(clip)), owner.get(f"{url(clip)}?download=1")
    assert shown.headers["content-disposition"].startswith("inline; filename*=utf-8''Szene%20%E2%80%9E1")
    assert saved.headers["content-disposition"].startswith("attachment; ")


def test_a_name_with_folders_is_saved_by_its_last_part(owner: TestClient, studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.echo", {"text": "hi"}).job.id, 10)
    answer = owner.get(f"{url(detail.artifacts[0])}?download=1")
    assert answer.headers["content-disposition"] == 'attachment; filename="echo.txt"'
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("media_type", "inert"),
    [
        ("video/mp4", True), ("audio/x-wav", True), ("image/png", True), ("image/jpeg", True), ("text/plain; charset=utf-8", True),
        ("text/html", False), ("image/svg+xml", False), ("application/xhtml+xml", False), ("text/xml", False), ("application/pdf", False),
        ("application/octet-stream", False), ("TEXT/HTML", False), ("image/svg+xml; x=image/png", False), ("", False),
    ],
)  # fmt: skip
def test_what_could_run_is_sandboxed(media_type: str, inert: bool) -> None:
    artifact = Artifact(
        id="a-1", name="x", kind="document", role="result", media_type=media_type, size_bytes=1, content_hash="00", path=Path("x"),
        external=False, missing=False, project_id="default", job_id=None, created_at=0.0,
    )  # fmt: skip
    assert is_inert(media_type) is inert
    policy = content_headers(artifact).get("content-security-policy", "")
    assert ("sandbox" in policy) is not inert
    assert "allow-same-origin" not in policy


def test_a_file_that_has_gone_or_changed_is_one_sentence(owner: TestClient, clip: Artifact, content: bytes) -> None:
    clip.path.write_bytes(content + b"more")
    changed = owner.get(url(clip))
    assert (changed.status_code, changed.json()["error"]["code"]) == (422, "media_changed")
    clip.path.unlink()
    gone = owner.get(url(clip))
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "media_missing")
    assert owner.get(f"/api/artifacts/{clip.id}").json()["missing"] is True


def test_relinking_a_moved_file(owner: TestClient, guest: TestClient, clip: Artifact, content: bytes, tmp_path: Path) -> None:
    moved = clip.path.rename(tmp_path / "moved.mp4")
    assert guest.post(f"/api/artifacts/{clip.id}/relink", json={"path": str(moved)}).status_code == 403
    answer = owner.post(f"/api/artifacts/{clip.id}/relink", json={"path": str(moved)})
    assert answer.status_code == 200
    assert ArtifactAnswer.model_validate(answer.json()).missing is False
    assert owner.get(url(clip)).content == content
    other = tmp_path / "other.mp4"
    other.write_bytes(b"x" * len(content))
    assert owner.post(f"/api/artifacts/{clip.id}/relink", json={"path": str(other)}).status_code == 422


def test_lists_filters_and_pages(owner: TestClient, studio: Studio, clip: Artifact) -> None:
    detail = studio.wait(studio.submit("test.echo", {"text": "hi"}).job.id, 10)
    made = detail.artifacts[0].id

    def listed(**query: Any) -> list[str]:
        answer = owner.get("/api/artifacts", params=query)
        assert answer.status_code == 200, answer.text
        return [artifact.id for artifact in PageAnswer[ArtifactAnswer].model_validate(answer.json()).items]

    assert listed() == [made, clip.id]
    assert listed(kind="video") == [clip.id]
    assert listed(role="result") == [made]
    assert listed(job_id=detail.job.id) == [made]
    assert listed(q="szene") == [clip.id]
    assert listed(project_id="p-none") == []
    first = owner.get("/api/artifacts?limit=1").json()
    assert listed(limit=1, before=first["next_before"]) == [clip.id]


def test_nothing_tells_where_files_lie(owner: TestClient, clip: Artifact) -> None:
    found = owner.get(f"/api/artifacts/{clip.id}").json()
    assert set(found) == set(ArtifactAnswer.model_fields)
    assert str(clip.path.parent) not in str(found)


def test_lineage(owner: TestClient, studio: Studio, clip: Artifact) -> None:
    detail = studio.wait(studio.submit("test.echo", {"text": "hi"}).job.id, 10)
    made = LineageAnswer.model_validate(owner.get(f"/api/artifacts/{detail.artifacts[0].id}/lineage").json())
    given_clip = LineageAnswer.model_validate(owner.get(f"/api/artifacts/{clip.id}/lineage").json())
    assert made.job is not None
    assert made.job.id == detail.job.id
    assert given_clip.job is None
    assert given_clip.parents == given_clip.children == []


def test_deleting_frees_what_the_studio_made_and_spares_what_it_was_given(owner: TestClient, studio: Studio, clip: Artifact) -> None:
    detail = studio.wait(studio.submit("test.echo", {"text": "hi"}).job.id, 10)
    assert owner.delete(f"/api/artifacts/{detail.artifacts[0].id}").json() == {"freed_bytes": 2}
    assert owner.delete(f"/api/artifacts/{clip.id}").json() == {"freed_bytes": 0}
    assert clip.path.exists()
    assert owner.get(f"/api/artifacts/{clip.id}").status_code == 404


def test_a_file_by_path_is_the_owners_to_name(owner: TestClient, guest: TestClient, make_clip: MakeClip) -> None:
    body = {"path": str(make_clip("by-path.mp4"))}
    assert guest.post("/api/artifacts/path", json=body).status_code == 403
    answer = owner.post("/api/artifacts/path", json=body)
    assert answer.status_code == 201
    assert answer.json()["external"] is True
    assert owner.post("/api/artifacts/path", json={"path": "/no/such.mp4"}).status_code == 422
    assert owner.post("/api/artifacts/path", json={"path": ""}).status_code == 422


@pytest.mark.parametrize("tail", ["", "/content", "/lineage"])
def test_an_unknown_artifact_is_not_found(owner: TestClient, tail: str) -> None:
    answer = owner.get(f"/api/artifacts/a-0000000000000000{tail}")
    assert answer.status_code == 404
    assert re.search(r"no artifact", answer.json()["error"]["message"])


def test_the_sample_is_drawn_once(owner: TestClient) -> None:
    first = owner.post("/api/samples/animation")
    assert first.status_code == 201, first.text
    assert first.json()["meta"]["probe"]["duration_s"] == pytest.approx(12, abs=0.5)
    assert owner.post("/api/samples/animation").json()["id"] == first.json()["id"]
    assert owner.post("/api/samples/nonsense").status_code == 404
