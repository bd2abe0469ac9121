"""A recorded day, played by the scheduler and by first come, first served."""

from __future__ import annotations

from pathlib import Path

from backends.scheduler import BYPASS_LIMIT
from backends.simulate import CARD, GIB, Trace, TraceJob, busy_day, first_come, fits, play


def trace(*jobs: tuple[float, str]) -> Trace:
    return Trace(int(15.5 * GIB), 48 * GIB, CARD, tuple(TraceJob(at, model, 2.0) for at, model in jobs))


def test_alternating_requests_are_grouped() -> None:
    made = trace(*[(0.001 * i, ("chat", "image")[i % 2]) for i in range(40)])
    played, fifo = play(made), first_come(made)
    assert fifo.switches == 40
    assert played.switches == 2
    assert played.finished == 40
    assert played.most_bypassed <= BYPASS_LIMIT
    assert played.makespan_s < fifo.makespan_s


def test_one_model_is_one_switch() -> None:
    made = trace(*[(i, "voice") for i in range(5)])
    assert play(made).switches == first_come(made).switches == 1


def test_a_busy_day_is_served_whole_and_with_few_switches() -> None:
    made = busy_day(1, 300)
    assert len(made.jobs) == 300
    assert {job.model for job in made.jobs} == {"chat", "image", "voice"}
    played, fifo = play(made), first_come(made)
    assert played.finished == fifo.finished == 300
    assert played.switches <= 0.25 * fifo.switches
    assert played.most_bypassed <= BYPASS_LIMIT
    assert played.mean_wait_s < fifo.mean_wait_s


def test_the_recorded_trace_is_the_one_the_generator_makes(tmp_path: Path) -> None:
    made = busy_day(3, 50)
    made.save(tmp_path / "trace.json")
    assert Trace.read(tmp_path / "trace.json") == made


def test_what_fits() -> None:
    models = {model.name: model for model in CARD}
    assert fits(["chat", "voice"], "chat", models, int(15.5 * GIB))
    assert not fits(["chat", "image"], "chat", models, int(15.5 * GIB))


def test_an_empty_day() -> None:
    assert play(trace()).finished == 0
    assert first_come(trace()).switches == 0
