"""What a plan says of every frame."""

from __future__ import annotations

import numpy as np
import pytest

from app.editing.judge.expected import Expected, expected
from tests.app.editing.judge.plans import timeline_of


def marked(found: Expected, flag: str) -> list[int]:
    return [int(frame) for frame in np.flatnonzero(found.flags[flag])]


def test_plain_cuts_show_their_frames_at_their_own_speed() -> None:
    found = expected(timeline_of((1.0, 2.0), (5.0, 6.5)))
    assert len(found) == 60
    assert found.names == ("clip",)
    assert list(found.frame[:2]) == [24, 25]
    assert list(found.frame[24:26]) == [120, 121]
    assert (found.rate == 1).all()
    assert found.cuts == (24,)
    assert not any(flags.any() for flags in found.flags.values())
    assert np.allclose(found.view, (0, 0, 1, 1))


def test_speed_and_freeze() -> None:
    found = expected(timeline_of((0.0, 2.0, {"op": "speed", "factor": 2.0}), (4.0, 5.0, {"op": "freeze", "at_s": 0.5, "duration_s": 1.0})))
    assert len(found) == 24 + 48
    assert (found.rate[:24] == 2).all()
    held = slice(24 + 13, 24 + 36)
    assert (found.rate[held] == 0).all()
    assert found.flags["still"][held].all()
    assert found.flags["silent"][held].all()
    assert found.flags["moved"][:24].all()  # twice as fast jumps by plan
    assert not found.flags["still"][:24].any()


def test_slow_motion_repeats_frames() -> None:
    found = expected(timeline_of((0.0, 1.0, {"op": "speed", "factor": 0.5})))
    assert found.flags["still"].mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("operation", "uneven"),
    [
        ({"op": "speed", "factor": 0.43}, True),
        ({"op": "speed", "factor": 0.43, "smooth": "blend"}, False),
        ({"op": "speed", "factor": 2.0}, False),
        ({"op": "ramp", "from_factor": 1.0, "to_factor": 0.5, "smooth": "blend"}, True),
    ],
)
def test_frames_that_follow_unevenly_by_plan(operation: dict[str, object], uneven: bool) -> None:
    found = expected(timeline_of((0.0, 1.0, operation), (2.0, 3.0)))
    assert found.flags["uneven"][: found.cuts[0]].all() == uneven
    assert not found.flags["uneven"][found.cuts[0] + 1 :].any()


def test_fades_are_dark_or_bright() -> None:
    found = expected(timeline_of((0.0, 2.0), film=[{"op": "fade", "in_s": 0.5, "out_s": 0.25}]))
    assert marked(found, "dark") == [*range(13), *range(42, 48)]
    white = expected(timeline_of((0.0, 2.0, {"op": "fade", "out_s": 0.5, "colour": "#ffffff"})))
    assert marked(white, "bright") == list(range(36, 48))
    assert not white.flags["dark"].any()


def test_a_transition_is_no_fault_and_no_cut() -> None:
    found = expected(timeline_of((0.0, 2.0), (4.0, 6.0, {"op": "transition", "kind": "dip_black", "duration_s": 0.5})))
    assert len(found) == 84
    assert marked(found, "dark") == list(range(36, 48))
    assert found.flags["moved"][36:48].all()
    assert marked(found, "uneven") == list(range(36, 49))  # what follows the transition departs from what was in it
    assert found.cuts == ()


def test_moves_grades_words_and_silence() -> None:
    found = expected(
        timeline_of(
            (0.0, 1.0, {"op": "shake", "at_s": 0.5, "duration_s": 0.25}), (1.0, 2.0, {"op": "grade", "exposure_ev": 1}),
            (2.0, 3.0, {"op": "volume", "mute": True}), (3.0, 4.0, {"op": "text", "text": "a", "at_s": 0.5}),
            film=[{"op": "loudness", "target_lufs": -20}],
        )
    )  # fmt: skip
    assert marked(found, "moved") == list(range(12, 20))
    assert marked(found, "graded") == list(range(24, 48))
    assert marked(found, "silent") == list(range(48, 72))
    assert marked(found, "covered") == list(range(84, 96))
    assert found.target_lufs == -20


def test_means_are_counted_and_those_of_the_film_for_every_clip() -> None:
    film = [
        {"op": "grade", "contrast": 1.2},
        {"op": "text", "text": "end", "at_s": 1.0, "duration_s": 1.0},
        {"op": "music", "source": "music"},
    ]
    found = expected(timeline_of((0.0, 1.0, {"op": "zoom"}), (2.0, 3.0, {"op": "zoom"}), (4.0, 5.0), film=film))
    assert found.means == {"zoom": 2, "grade": 3, "text": 1, "music": 3}


def test_a_zoom_shows_a_part() -> None:
    found = expected(timeline_of((0.0, 1.0, {"op": "zoom", "at_s": 0.5, "scale": 2.0, "in_s": 0.0})))
    assert np.allclose(found.view[:12], (0, 0, 1, 1))
    assert np.allclose(found.view[13:], (0.25, 0.25, 0.5, 0.5), atol=0.01)
    assert found.flags["cropped"][13:].all()
    assert not found.flags["cropped"][:11].any()


def test_a_flag_of_another_length_is_cut_or_filled_up() -> None:
    found = expected(timeline_of((0.0, 1.0, {"op": "grade", "exposure_ev": 1})))
    assert found.flag("graded", 20).sum() == 20
    assert found.flag("graded", 40).sum() == 24
