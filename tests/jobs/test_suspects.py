"""Who pays for a dead process."""

from __future__ import annotations

from dataclasses import replace

from jobs.process import Held
from jobs.suspects import Verdict, judge
from storage.records import RUNNING, Job

JOB = Job(
    id="j-1", seq=1, capability="c", title="t", state=RUNNING, lane="gpu", priority=0, progress=0, message="", eta_s=None, attempt=1,
    engine="e", request={}, error=None, parent_id=None, project_id="default", cache_key=None, cancel_requested=False, thumbnail_id=None,
    created_at=0, started_at=0, finished_at=None,
)  # fmt: skip


def held(*with_model: bool) -> list[Held]:
    return [Held(replace(JOB, id=f"j-{number}"), has_model=has) for number, has in enumerate(with_model)]


def verdicts(*with_model: bool, killed_by_us: bool = False) -> list[Verdict]:
    return [verdict for _, verdict in judge(held(*with_model), killed_by_us=killed_by_us)]


CHARGED, ALONE, FREE = Verdict(charge=True), Verdict(alone=True), Verdict()


def test_the_only_job_pays() -> None:
    assert verdicts(False) == verdicts(True) == [CHARGED]


def test_the_one_with_the_model_pays_and_the_others_do_not() -> None:
    assert verdicts(False, True, False) == [FREE, CHARGED, FREE]


def test_several_suspects_run_alone_next_time() -> None:
    assert verdicts(True, True, False) == [ALONE, ALONE, FREE]
    assert verdicts(False, False) == [ALONE, ALONE]


def test_our_own_kill_charges_nobody() -> None:
    assert verdicts(True, False, killed_by_us=True) == [FREE, FREE]
    assert judge([], killed_by_us=False) == []
