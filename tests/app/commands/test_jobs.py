"""`jobs`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from app.commands.jobs import describe
from app.studio import Studio

Cli = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("small_table")


def run(cli: Cli, *argv: str) -> dict[str, Any]:
    """Runs a capability and returns its job."""
    document: dict[str, Any] = cli("run", *argv, "--json").document
    return document


def test_an_empty_list(cli: Cli) -> None:
    said = cli("jobs", "list")
    assert said.code == 0
    assert said.out == "No jobs.\n\nThe queue is empty.\n"


def test_lists_newest_first_with_counts(cli: Cli) -> None:
    good, bad = run(cli, "test.echo", "--text", "hi"), run(cli, "test.fail")
    document = cli("jobs", "list", "--json").document
    assert [job["id"] for job in document["items"]] == [bad["id"], good["id"]]
    assert document["counts"]["failed"] == 1
    text = cli("jobs", "list").out
    assert text.splitlines()[0].split() == ["JOB", "STATE", "DONE", "CREATED", "WHAT"]
    assert "1 succeeded, 1 failed" in text


def test_filters_and_pages(cli: Cli) -> None:
    run(cli, "test.echo", "--text", "hi")
    bad = run(cli, "test.fail")
    assert [job["id"] for job in cli("jobs", "list", "--state", "failed,queued", "--json").document["items"]] == [bad["id"]]
    assert cli("jobs", "list", "--capability", "test.hold", "--json").document["items"] == []
    first = cli("jobs", "list", "--limit", "1")
    assert "More: --before " in first.out
    cursor = first.out.strip().rpartition(" ")[2]
    assert "test" not in cli("jobs", "list", "--limit", "1", "--before", cursor).err
    assert cli("jobs", "list", "--state", "nonsense").code == 2


def test_shows_everything_about_one(cli: Cli) -> None:
    job = run(cli, "test.echo", "--text", "hi")
    said = cli("jobs", "show", job["id"]).out
    for words in (job["id"], "Echo", "test.echo", "succeeded, 100%", "text", "hi", "out/echo.txt", "Log:", "said it"):
        assert words in said
    document = cli("jobs", "show", job["id"], "--json").document
    assert document == job


def test_shows_the_error_of_a_failed_one(cli: Cli) -> None:
    job = run(cli, "test.fail")
    assert "the paper tore" in cli("jobs", "show", job["id"]).out


def test_retrying_without_a_studio_says_when_it_will_run(cli: Cli) -> None:
    job = run(cli, "test.fail")
    said = cli("jobs", "retry", job["id"])
    assert said.code == 0
    assert said.out == f"Job {job['id']} is queued. No studio is running: start it, or use `jobs watch`.\n"
    assert cli("jobs", "next", job["id"]).out.startswith(f"Job {job['id']} runs next.")
    watched = cli("jobs", "watch", job["id"])
    assert watched.code == 1, "it fails again"
    assert "the paper tore" in watched.err


def test_cancelling_waiting_ones(cli: Cli) -> None:
    ids = [run(cli, "test.fail")["id"] for _ in range(2)]
    cli("jobs", "retry", *ids)
    said = cli("jobs", "cancel", *ids, "--json")
    assert [job["state"] for job in said.document["items"]] == ["cancelled", "cancelled"]
    assert cli("jobs", "cancel", ids[0]).code in (0, 2)


def test_one_wrong_id_changes_nothing(cli: Cli) -> None:
    job = run(cli, "test.fail")
    cli("jobs", "retry", job["id"])
    said = cli("jobs", "cancel", job["id"], "j-none")
    assert said.code == 2
    assert "j-none" in said.err
    assert cli("jobs", "show", job["id"], "--json").document["state"] == "queued"


def test_an_ended_job_cannot_be_moved(cli: Cli) -> None:
    job = run(cli, "test.echo", "--text", "hi")
    for action in ("next", "cancel", "retry"):
        said = cli("jobs", action, job["id"])
        assert said.code == 2
        assert job["id"] in said.err


def test_watching_an_ended_job_is_its_description(cli: Cli) -> None:
    job = run(cli, "test.echo", "--text", "hi")
    said = cli("jobs", "watch", job["id"])
    assert said.code == 0
    assert said.out.strip() == describe(job).strip()


def test_a_running_studio_does_the_work(cli: Cli, served: Any, studio: Studio, gates: dict[str, threading.Event]) -> None:
    studio.announce(served.url)
    job_id = studio.submit("test.hold", {"note": "a"}).job.id
    said = cli("jobs", "cancel", job_id)
    assert said.code == 0
    assert job_id in said.out
    assert "No studio" not in said.out
    assert cli("jobs", "watch", job_id).code == 130
    gates.setdefault("a", threading.Event()).set()
    cli("jobs", "retry", job_id)
    assert cli("jobs", "watch", job_id, "--json").document["state"] == "succeeded"
