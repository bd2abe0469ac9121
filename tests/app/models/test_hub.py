"""What the hub lists, and what its refusals mean in plain words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from app.models.hub import Hub, safe_path, status_of
from configs.errors import NotFound, Refused, StudioError, Unavailable
from tests.app.models.fake_hub import COMMIT, FakeHub, serving

REPO = "someone/model"


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with serving(FakeHub({"a dir/model.safetensors": b"weights", "config.json": b"{}"})) as running:
        yield running


def refusal(hub: FakeHub, repo: str = REPO, revision: str = "main", token: str | None = None) -> StudioError:
    with pytest.raises(StudioError) as refused:
        Hub(hub.url, token).list_files(repo, revision)
    assert "\n" not in str(refused.value)
    return refused.value


def test_files_come_with_sizes_hashes_and_addresses(hub: FakeHub) -> None:
    listing = Hub(hub.url + "/").list_files(REPO, "main")
    assert listing.commit == COMMIT
    large, small = listing.files
    assert (large.path, large.size_bytes, large.git_sha1) == ("a dir/model.safetensors", 7, None)
    assert large.sha256 == hashlib.sha256(b"weights").hexdigest()
    assert small.sha256 is None
    assert small.git_sha1 == hashlib.sha1(b"blob 2\0{}").hexdigest()
    assert large.url == f"{hub.url}/{REPO}/resolve/{COMMIT}/a%20dir/model.safetensors"


def test_a_commit_can_be_asked_for(hub: FakeHub) -> None:
    assert Hub(hub.url).list_files(REPO, COMMIT).commit == COMMIT


def test_a_token_is_sent_and_wanted_for_downloads(hub: FakeHub) -> None:
    hub.token = "hf_secret"
    assert Hub(hub.url, "hf_secret").list_files(REPO, "main").headers["authorization"] == "Bearer hf_secret"
    assert hub.seen[-1][2] == "Bearer hf_secret"


def test_an_absent_repository_or_revision_is_named(hub: FakeHub) -> None:
    error = refusal(hub, "someone/else")
    assert isinstance(error, NotFound)
    assert "has no repository someone/else" in error.message
    error = refusal(hub, revision="v9")
    assert isinstance(error, NotFound)
    assert error.message == "The repository someone/model has no revision 'v9'."


@pytest.mark.parametrize("token", [None, "hf_x"])
def test_a_gated_repository_says_where_to_agree(hub: FakeHub, token: str | None) -> None:
    hub.gated = True
    error = refusal(hub, token=token)
    assert isinstance(error, Refused)
    assert (
        error.remedy == f"Agree to their terms at {hub.url}/{REPO}, make an access token there, set it as `hub_token`, and install again."
    )


@pytest.mark.parametrize(
    ("status", "said"), [(429, "asks for fewer requests"), (418, "answered 418"), (401, "has no repository"), (403, "ask who downloads")]
)
def test_other_refusals_are_told_in_words(hub: FakeHub, status: int, said: str) -> None:
    hub.refuse["listing"] = [status] * 9
    assert said in refusal(hub).message


def test_a_hub_that_cannot_be_reached_is_said(hub: FakeHub) -> None:
    with serving(FakeHub()) as gone:
        url = gone.url
    with pytest.raises(Unavailable, match="cannot be reached") as refused:
        Hub(url).list_files(REPO, "main")
    assert "hub_endpoint" in refused.value.remedy
    assert "models import" in refused.value.remedy


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "", "a\\b", "C:x"])
def test_a_name_that_leads_out_of_the_folder_is_refused(path: str) -> None:
    with pytest.raises(Unavailable, match="leads out"):
        safe_path(path)
    assert safe_path("a/b.json") == "a/b.json"


def test_only_some_errors_carry_a_status() -> None:
    assert status_of(ValueError()) is None
