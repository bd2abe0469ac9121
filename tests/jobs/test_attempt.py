"""Every way a handler can end has a name, and none leaves a folder behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from configs.errors import BadMedia
from jobs.attempt import LOST, run_attempt
from jobs.context import JobCancelled, JobContext, LeaseLost
from jobs.order import Order
from storage.records import CANCELLED, FAILED, SUCCEEDED


class Asked(BaseModel):
    number: int


class Acts:
    """A handler that does what it is given."""

    request = Asked

    def __init__(self, act: Callable[[Asked, JobContext], Any]) -> None:
        self.act = act

    def __call__(self, request: Any, job: JobContext) -> BaseModel:
        (job.work_dir / "scratch").write_text("x")
        found: BaseModel = self.act(request, job)
        return found


class Silent:
    """A link nobody is at the end of."""

    def call(self, verb: str, **fields: Any) -> Any: ...

    def tell(self, verb: str, **fields: Any) -> None: ...

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        return "", "", 0

    def start_child(self, key: str, capability: str, request: Any) -> None: ...

    def run_child(self, key: str, capability: str, request: Any) -> Any: ...


def attempt(tmp_path: Path, act: Callable[[Asked, JobContext], Any], request: dict[str, Any] | None = None, name: str = "acts") -> Any:
    order = Order(
        job_id="j-1", attempt=1, capability=name, request=request or {"number": 2}, project_id="default",
        work_dir=str(tmp_path / "work" / "j-1-1"), blob_dir=str(tmp_path / "blobs"),
    )  # fmt: skip
    outcome = run_attempt({"acts": Acts(act)}, order, Silent(), lambda: False)
    assert not Path(order.work_dir).exists()
    return outcome


def raises(error: BaseException) -> Callable[[Asked, JobContext], Any]:
    def act(request: Asked, job: JobContext) -> Any:
        raise error

    return act


def test_success_carries_the_result(tmp_path: Path) -> None:
    outcome = attempt(tmp_path, lambda request, job: Asked(number=request.number * 2))
    assert (outcome.state, outcome.result, outcome.error) == (SUCCEEDED, {"number": 4}, None)


def test_a_foreseen_error_keeps_its_words(tmp_path: Path) -> None:
    outcome = attempt(tmp_path, raises(BadMedia("Not a film.", "Give a film.")))
    assert (outcome.state, outcome.error, outcome.log) == (
        FAILED,
        {"code": "bad_media", "message": "Not a film.", "remedy": "Give a film."},
        (),
    )


def test_an_unforeseen_error_is_said_plainly_with_the_details_in_the_log(tmp_path: Path) -> None:
    outcome = attempt(tmp_path, raises(KeyError("k")))
    assert outcome.state == FAILED
    assert outcome.error["code"] == "crashed"
    assert "KeyError" in outcome.error["message"]
    assert any("Traceback" in line for line in outcome.log)


@pytest.mark.parametrize(("error", "state"), [(JobCancelled("j"), CANCELLED), (LeaseLost("j"), LOST)])
def test_stopping_is_no_failure(tmp_path: Path, error: Exception, state: str) -> None:
    outcome = attempt(tmp_path, raises(error))
    assert (outcome.state, outcome.error) == (state, None)


def test_an_unknown_capability_fails_in_words(tmp_path: Path) -> None:
    assert attempt(tmp_path, raises(KeyError()), name="gone").state == FAILED


def test_a_request_that_no_longer_fits_fails_in_words(tmp_path: Path) -> None:
    assert attempt(tmp_path, raises(KeyError()), request={"number": "many"}).state == FAILED
