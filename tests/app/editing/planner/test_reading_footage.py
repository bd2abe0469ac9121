"""From an analysis to footage: what is dark is left out, loud and lively moments are found, with the table and without."""

from __future__ import annotations

import numpy as np
import pytest

from app.editing.planner.footage import Curve
from app.editing.planner.reading_footage import footage_of, hits_of, loud_share, scaled, trimmed
from app.video.curves import Curves
from tests.app.editing.planner.analyses import analysis, picture, sound, technical


def table(rest: list[float]) -> Curves:
    """A per-frame table with some movement."""
    values = np.asarray(rest, dtype=np.float32)
    return Curves(25.0, np.arange(25) / 25, {"hold_rest": values, "coh_rest": values / 4})


def test_shots_times_and_sound_are_read() -> None:
    found = footage_of(analysis())
    assert [(shot.start_s, shot.end_s) for shot in found.shots] == [(0.0, 0.4), (0.4, 1.0)]
    assert found.has_sound
    assert found.lufs.highest(0, 1)[1] == -9.0
    assert 0.4 <= found.lufs.highest(0, 1)[0] <= 0.7
    assert found.sound.highest(0, 1)[1] == 1.0
    assert (found.fps, found.width, found.height) == (25.0, 320, 180)


def test_the_blow_is_a_hit() -> None:
    (hit,) = [hit for hit in footage_of(analysis()).hits if hit.kind == "sound"]
    assert hit.at_s == 0.6
    assert hit.strength > 0.7


def test_a_sharper_shot_without_remarks_looks_better() -> None:
    one, other = footage_of(analysis()).shots
    assert one.picture > other.picture + 0.2


def test_the_subject_is_where_its_box_is_and_moves() -> None:
    box = footage_of(analysis()).subject_at(0.48)
    assert box is not None
    assert (box.x, box.y) == pytest.approx((0.25, 0.35))
    assert box.moving == 1.0


def test_a_box_that_stays_as_it_is_does_not_move_whatever_changes_in_it() -> None:
    document = analysis().model_dump()
    track = document["subjects"]["shots"][1]
    track["x"] = [0.1, 0.1]
    box = footage_of(analysis(subjects=document["subjects"])).subject_at(0.48)
    assert box is not None
    assert box.moving == 0.0
    assert box.weight < 0.5


def test_movement_is_read_from_the_table_and_a_cut_is_none() -> None:
    rest = [1.0] * 25
    rest[10] = 500.0  # the cut
    rest[18:21] = [60.0] * 3
    found = footage_of(analysis(), table(rest))
    at, value = found.action.highest(0.0, 1.0)
    assert 0.6 <= at <= 0.96
    assert value == 1.0
    assert found.action.mean(0.38, 0.42) < 0.5


def test_without_the_table_the_camera_and_the_subject_tell_of_movement() -> None:
    found = footage_of(analysis())
    assert len(found.action.values) == 10
    assert all(0 <= value <= 1 for value in found.action.values)


def test_a_clip_without_sound_has_none() -> None:
    found = footage_of(analysis(sound=None))
    assert not found.has_sound
    assert found.lufs.values == ()
    assert found.beats == ()


def test_silence_is_no_sound() -> None:
    quiet = sound()
    quiet["loudness"] = {**quiet["loudness"], "integrated_lufs": -120.0, "momentary_lufs": [-120.0] * 10}
    found = footage_of(analysis(sound=quiet))
    assert not found.has_sound
    assert set(found.sound.values) == {0.0}


def test_black_is_left_out_and_nothing_happens_in_it() -> None:
    black = {"start_frame": 0, "end_frame": 5, "start_s": 0.0, "end_s": 0.2}
    found = footage_of(analysis(technical=technical(black=[black])), table([50.0] * 25))
    assert found.shots[0].start_s == 0.0  # what is left would be too short to show
    assert found.action.values[0] == 0.0


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], (0.0, 10.0)),
        ([(0.0, 2.0)], (2.0, 10.0)),
        ([(0.0, 1.0), (1.0, 2.0)], (2.0, 10.0)),
        ([(9.0, 10.5)], (0.0, 9.0)),
        ([(4.0, 5.0)], (0.0, 10.0)),
        ([(0.0, 10.0)], (0.0, 10.0)),
    ],
)
def test_dark_ends_are_cut_off(spans: list[tuple[float, float]], expected: tuple[float, float]) -> None:
    assert trimmed(0.0, 10.0, spans) == expected


def test_loudness_is_scaled_within_the_clip() -> None:
    found = loud_share(Curve((-80.0, -40.0, -40.0, -30.0, -12.0, -12.0)))
    assert found.values[0] == 0.0
    assert found.values[-1] == 1.0
    assert 0 < found.values[3] < 1


def test_scaling_action_leaves_bad_spans_out() -> None:
    found = scaled([0.0] * 20 + [10.0] * 20, [(3.0, 4.0)])
    assert found.values[25] == 1.0
    assert found.values[35] == 0.0
    assert scaled([0.0] * 5, []).values == (0.0,) * 5


def test_hits_stand_apart_and_the_weak_ones_are_none() -> None:
    sound_curve = Curve((0.1,) * 10 + (1.0,) * 4 + (0.1,) * 10)
    found = hits_of(Curve((-40.0,) * 10 + (-10.0,) * 4 + (-40.0,) * 10), sound_curve, (1.0, 1.1, 2.0), Curve((0.1,) * 24), ())
    assert [hit.at_s for hit in found] == [1.0]


def test_a_remark_on_every_shot_does_not_go_below_nothing() -> None:
    shots = [picture(0, 10, 1.0, remarks=["a", "b", "c", "d", "e", "f"]), picture(10, 25)]
    found = footage_of(analysis(picture={"overall": analysis().picture.overall.model_dump(), "shots": shots}))
    assert found.shots[0].picture >= 0
