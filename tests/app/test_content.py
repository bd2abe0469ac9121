"""Reaching an artifact's bytes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from app.content import stat_of
from configs.errors import BadMedia, NotFound
from storage.records import Artifact


@pytest.fixture
def artifact(tmp_path: Path) -> Artifact:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"12345")
    return Artifact(
        id="a-1", name="clip.mp4", kind="video", role="source", media_type="video/mp4", size_bytes=5, content_hash="x", path=path,
        external=True, missing=False, project_id="default", job_id=None, created_at=0.0,
    )  # fmt: skip


def test_there(artifact: Artifact) -> None:
    assert stat_of(artifact).st_size == 5


def test_gone(artifact: Artifact) -> None:
    artifact.path.unlink()
    with pytest.raises(NotFound, match=r"clip\.mp4 is no longer there") as caught:
        stat_of(artifact)
    assert "Relink" in caught.value.remedy
    with pytest.raises(NotFound) as caught:
        stat_of(dataclasses.replace(artifact, external=False))
    assert "Relink" not in caught.value.remedy


def test_changed(artifact: Artifact) -> None:
    artifact.path.write_bytes(b"123456")
    with pytest.raises(BadMedia, match="has changed"):
        stat_of(artifact)
