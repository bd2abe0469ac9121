"""From a request to a row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app import submission
from app.capability import capability
from app.cast import CastMember, Prompt
from app.media_fields import VideoRef
from app.submission import prepared
from configs.errors import BadInput, BadMedia, NotFound
from jobs.context import JobContext
from storage.records import Artifact
from tests.jobs import handlers
from tests.jobs.handlers import Answer, Ask


class Strict(Ask, extra="forbid"):
    """Like Ask, and refuses what it does not know."""

    needed: int


@capability("test.strict", lane="cpu", title="Strict", reusable=True)
def strict(request: Strict, job: JobContext) -> Answer:
    """Refuses unknown fields."""
    return Answer(values=[])


CLIP = Artifact(
    id="a-0123456789abcdef", name="clip.mp4", kind="video", role="source", media_type="video/mp4", size_bytes=1, content_hash="h",
    path=Path("/clip.mp4"), external=False, missing=False, project_id="default", job_id=None, created_at=0.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"needed": 1, "stpes": 2}, "no field 'stpes'"),
        ({}, "needs 'needed'"),
        ({"needed": "x" * 500}, "needed is 'xxx"),
        ({"needed": 1, "clip": 7}, "clip is 7"),
    ],
)
def test_the_field_and_its_value_are_named(request_: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        submission.validate(strict, request_)
    assert len(caught.value.message) < 250
    assert caught.value.remedy


def test_a_typed_request_is_checked_like_any_other() -> None:
    assert submission.validate(handlers.steps, Ask(steps=2)) == Ask(steps=2)


@pytest.mark.parametrize(
    ("reference", "answer"),
    [(CLIP.id, True), ("a-0123", False), (f"/{CLIP.id}", False), ("b-0123456789abcdef", False), ("a-01234567/9abcdef", False)],
)
def test_an_artifact_id_is_told_from_a_path(reference: str, answer: bool) -> None:
    assert submission.is_artifact_id(reference) is answer


def test_the_key_of_a_result_follows_all_it_depends_on() -> None:
    values = {"needed": 1, "clip": CLIP.id}

    def key(row: object = strict, artifact: Artifact = CLIP, project: str = "default", **changed: object) -> str | None:
        return submission.cache_key(row, {**values, **changed}, {"clip": artifact}, project)  # type: ignore[arg-type]

    same = key()
    assert same is not None
    assert key(clip="a-another000000000") == same  # the id does not matter, the content does
    others = [
        key(needed=2), key(artifact=replace(CLIP, content_hash="i")), key(artifact=replace(CLIP, name="x.mp4")), key(project="p"),
        key(row=replace(strict, version=2)), key(artifact=replace(CLIP, external=True)),
    ]  # fmt: skip
    assert len({same, *others}) == 7
    assert key(row=handlers.steps) is None


def test_what_people_said_of_the_media_is_part_of_the_key() -> None:
    keys = [
        submission.cache_key(strict, {"clip": CLIP.id}, {"clip": CLIP}, "default", said) for said in (None, {}, {"clip": {"added": [3]}})
    ]
    assert keys[0] == keys[1] != keys[2]


def test_a_job_is_titled_by_its_media() -> None:
    assert submission.new_job(strict, {}, {"clip": CLIP}, project_id="default").title == "Strict: clip.mp4"
    assert submission.new_job(strict, {}, {}, project_id="default").title == "Strict"


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"model": "tiny", "variant": None}, "Strict: tiny"),
        ({"path": "/home/me/models/big one.safetensors", "name": None}, "Strict: big one.safetensors"),
        ({"path": "/home/me/models/x", "name": "mine"}, "Strict: mine"),
        ({"model": None}, "Strict"),
    ],
)
def test_without_media_it_is_titled_by_its_model(values: dict[str, Any], title: str) -> None:
    assert submission.new_job(strict, values, {}, project_id="default").title == title


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"prompt": "  A fox\non a hill ", "references": ["a-1"]}, "Strict: A fox on a hill"),
        ({"prompts": ["One", "Two"]}, "Strict: One"),
        ({"prompt": "x" * 80}, f"Strict: {'x' * 59}…"),
        ({"character": "luca"}, "Strict: @luca"),
        ({"character": "@luca @mia"}, "Strict: @luca @mia"),
        ({"prompt": " ", "character": ""}, "Strict: clip.mp4"),
    ],
)
def test_words_stand_before_files_in_a_title(values: dict[str, Any], title: str) -> None:
    assert submission.new_job(strict, values, {"clip": CLIP}, project_id="default").title == title


class Several(Ask):
    """Takes a list of clips."""

    takes: list[VideoRef]


@capability("test.several", lane="cpu", title="Several", reusable=True)
def several(request: Several, job: JobContext) -> Answer:
    """Takes several clips."""
    return Answer(values=[])


class Shelf:
    """Artifacts by id."""

    def get(self, artifact_id: str) -> Artifact:
        return replace(CLIP, id=artifact_id)

    def require_file(self, artifact: Artifact) -> Artifact:
        return artifact


def test_a_list_of_media_is_resolved_one_by_one() -> None:
    request = Several(takes=["/one.mp4", CLIP.id])
    taken = replace(CLIP, id="a-1111111111111111", content_hash="one")
    values, media = submission.resolve_media(several, request, Shelf(), lambda path, kind: taken)  # type: ignore[arg-type]
    assert values["takes"] == [taken.id, CLIP.id]
    assert list(media) == ["takes.0", "takes.1"]
    assert "clip" not in media
    one = submission.cache_key(several, values, media, "default")
    assert one != submission.cache_key(several, values, dict(zip(media, reversed(media.values()), strict=True)), "default")


def test_media_of_another_kind_is_refused() -> None:
    class Sounds(Shelf):
        def get(self, artifact_id: str) -> Artifact:
            return replace(CLIP, kind="audio")

    with pytest.raises(BadMedia, match="needs video"):
        submission.resolve_media(several, Several(takes=[CLIP.id]), Sounds(), None)  # type: ignore[arg-type]


@pytest.mark.parametrize("reference", ["a-nothing", "a-0123", "j-1m7y3e2wxsz6qbqy"])
def test_a_mistyped_id_is_not_looked_for_as_a_path(reference: str) -> None:
    def take(path: str, kind: str) -> Artifact:
        raise AssertionError(path)

    with pytest.raises(BadInput, match="the id of no artifact"):
        submission.resolve_media(several, Several(takes=[reference]), Shelf(), take)  # type: ignore[arg-type]


class Household:
    """What a studio has: nobody but Luca."""

    def character(self, handle: str) -> CastMember:
        if handle != "luca":
            raise NotFound(f"There is no character @{handle}.", "Make one.")
        return CastMember(name="luca", description="a boy")


class Scene(BaseModel):
    prompt: Prompt
    seed: int | None = None
    cast: list[CastMember] = []


@capability("test.scene", lane="cpu", title="Scene", prepares=lambda request, around: request.model_copy(update={"seed": 7}))
def scene(request: Scene, job: JobContext) -> Scene:
    """Says what it was asked."""
    return request


def test_a_request_is_filled_in_before_it_becomes_a_job() -> None:
    around: Any = Household()
    made = prepared(scene, Scene(prompt="@Luca and me@home.org"), around)
    assert made.model_dump(include={"seed", "prompt"}) == {"seed": 7, "prompt": "@Luca and me@home.org"}
    assert [member.description for member in made.cast] == ["a boy"]  # type: ignore[attr-defined]


def test_whom_nobody_knows_is_refused() -> None:
    around: Any = Household()
    with pytest.raises(NotFound, match="@mira"):
        prepared(scene, Scene(prompt="@luca meets @mira"), around)


def test_a_cast_that_was_given_is_kept() -> None:
    around: Any = Household()
    old = CastMember(name="mira", description="as she was")
    made = prepared(scene, Scene(prompt="@mira", cast=[old]), around)
    assert made.cast == [old]  # type: ignore[attr-defined]
