"""The nouns of the store keep their promises: frozen, complete, and quiet about the store's own columns."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from storage import records, tables
from storage.records import Artifact, Job, Page, Project


def job(**changes: object) -> Job:
    values: dict[str, object] = {field.name: None for field in dataclasses.fields(Job)}
    values |= {"id": "j-1", "seq": 7, "state": records.QUEUED, "request": {"video": "a-1"}, "cache_key": "k", **changes}
    return Job(**values)  # type: ignore[arg-type]


def artifact(**changes: object) -> Artifact:
    values: dict[str, object] = {
        "id": "a-1", "name": "clip.mp4", "kind": "video", "role": records.SOURCE, "media_type": "video/mp4", "size_bytes": 3,
        "content_hash": "0" * 64, "path": Path("/clip.mp4"), "external": True, "missing": False, "project_id": "p-1", "job_id": None,
        "created_at": 0.0,
    }  # fmt: skip
    return Artifact(**{**values, **changes})  # type: ignore[arg-type]


def test_every_state_either_lives_or_has_ended() -> None:
    assert set(records.LIVE) & set(records.ENDED) == set()
    assert records.STATES == records.LIVE + records.ENDED
    assert len(set(records.STATES)) == 6


@pytest.mark.parametrize("noun", [Artifact, Job, Project, Page])
def test_nouns_are_frozen_and_named(noun: type) -> None:
    fields = dataclasses.fields(noun)
    assert all(field.kw_only for field in fields)
    assert noun.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_a_job_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        job().state = records.RUNNING  # type: ignore[misc]


def test_a_job_in_public_hides_the_stores_own_columns() -> None:
    public = job(title="Analyze").public()
    assert public["title"] == "Analyze"
    assert public["request"] == {"video": "a-1"}
    assert {"seq", "cache_key"} & public.keys() == set()
    assert {field.name for field in dataclasses.fields(Job)} - public.keys() == {"seq", "cache_key"}


def test_every_fact_of_a_job_has_its_column() -> None:
    columns = set(tables.jobs.columns.keys())
    assert {field.name for field in dataclasses.fields(Job)} <= columns


def test_artifacts_do_not_share_their_meta() -> None:
    first, second = artifact(), artifact(id="a-2")
    first.meta["fps"] = 24
    assert second.meta == {}
    assert second.inputs == ()
