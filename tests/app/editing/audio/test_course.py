"""Stretches of a clip as runs of samples."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from app.editing.audio.course import Run, keeps_pitch, runs, sample_of
from tests.app.editing.audio.recordings import facts, film


def clip(*operations: dict, end_s: float = 2.0, fps: float = 25):
    made = film(
        facts("a", Path("/nowhere.mp4"), 10.0),
        segments=[{"start_s": 1.0, "end_s": end_s + 1.0, "operations": list(operations)}],
        output={"height": 64, "fps": fps},
    )
    return made.clips[0], made.rate


def test_samples_lie_on_the_grid_of_the_film():
    assert [sample_of(frame, Fraction(30_000, 1001)) for frame in (0, 1, 30_000)] == [0, 1602, 48_048_000]


def test_a_cut_is_one_plain_run():
    assert runs(*clip()) == (Run(0, 96_000, ((0, 48_000.0), (96_000, 144_000.0))),)
    assert runs(*clip())[0].plain


def test_another_frame_rate_changes_nothing_in_the_speed_of_sound():
    assert all(run.plain for fps in (24, 29.97, 60) for run in runs(*clip(fps=fps)))


def test_speed_is_one_run_and_beyond_what_is_heard_silence():
    (run,) = runs(*clip({"op": "speed", "factor": 2.0}))
    assert (run.begin, run.end, run.knots[-1][1] - run.knots[0][1]) == (0, 48_000, 96_000)
    assert not run.plain
    assert runs(*clip({"op": "speed", "factor": 8.0}))[0].knots == ()


def test_a_ramp_is_one_run_of_many_knots():
    (run,) = runs(*clip({"op": "ramp", "from_factor": 1.0, "to_factor": 3.0}))
    assert len(run.knots) > 5
    assert all(later[0] > sooner[0] and later[1] > sooner[1] for sooner, later in zip(run.knots, run.knots[1:], strict=False))
    assert run.knots[-1][1] == pytest.approx(3 * 48_000, abs=48_000 / 25)


def test_a_freeze_parts_the_sound_and_keeps_the_sum():
    before, held, after = runs(*clip({"op": "freeze", "at_s": 0.8, "duration_s": 1.0}))
    assert (before.end, held.end, after.end) == (38_400, 86_400, 144_000)
    assert held.knots == ()
    assert before.knots[-1][1] == after.knots[0][1]


def test_backwards_begins_at_the_end_of_the_last_frame():
    (run,) = runs(*clip({"op": "reverse"}))
    assert run.backwards
    assert (run.knots[0][1], run.knots[-1][1]) == (144_000, 48_000)


def test_pitch_is_kept_unless_told_otherwise():
    assert keeps_pitch(clip()[0])
    assert keeps_pitch(clip({"op": "speed", "factor": 2.0})[0])
    assert not keeps_pitch(clip({"op": "speed", "factor": 2.0, "keep_pitch": False})[0])
