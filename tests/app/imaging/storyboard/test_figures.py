"""Who is in the frame: large as the shot says, on a third, in light and shadow."""

from __future__ import annotations

import pytest

from app.imaging.storyboard.bodies import HEIGHTS
from app.imaging.storyboard.figures import Member, paint_figures
from app.imaging.storyboard.vocabulary import SHOT_TITLES
from tests.app.imaging.storyboard.stages import stage, untouched

PHRASES = {
    "ECU": "extreme close-up", "CU": "close-up", "MCU": "medium close-up", "MS": "medium shot", "MLS": "medium long shot",
    "OTS": "over the shoulder", "2S": "two-shot", "POV": "point of view", "WS": "wide shot", "EWS": "establishing shot",
}  # fmt: skip


def test_nobody_is_nothing() -> None:
    made = stage()
    assert paint_figures(made, []) == []
    assert untouched(made.image) == 1


@pytest.mark.parametrize("kind", HEIGHTS)
@pytest.mark.parametrize("shot", SHOT_TITLES)
def test_everything_can_be_shown_in_every_shot(kind: str, shot: str) -> None:
    made = stage(PHRASES[shot])
    assert made.reading.shot == shot
    placed = paint_figures(made, [Member(kind)])
    assert 0 < placed[0].at[0] < made.width
    assert untouched(made.image) < 1
    if shot not in ("ECU", "POV", "EWS"):
        assert placed[0].top > -0.3 * made.height


def test_closer_shots_make_larger_heads() -> None:
    sizes = [paint_figures(stage(PHRASES[shot]), [Member("human")])[0].unit for shot in ("EWS", "WS", "MLS", "MS", "MCU", "CU", "ECU")]
    assert sizes == sorted(sizes)


def test_alone_it_stands_on_the_third_away_from_the_light() -> None:
    for light in (-1.0, 1.0):
        placed = paint_figures(stage("medium shot", light=light), [Member("human")])[0]
        assert placed.at[0] / 192 == pytest.approx(0.5 - 0.167 * light, abs=0.03)
        assert placed.facing == (1 if light > 0 else -1)


def test_several_stand_side_by_side_and_walk_the_same_way() -> None:
    placed = paint_figures(stage("they walk, wide shot, pan left"), [Member("human")] * 4)
    places = [one.at[0] for one in placed]
    assert places == sorted(places)
    assert {one.facing for one in placed} == {-1}


def test_a_character_looks_the_same_whatever_the_seed() -> None:
    member = Member("human", "Luca", ("#d9442f", "#2b1d16"))
    looks = {paint_figures(stage("medium shot", seed), [member])[0].look for seed in range(4)}
    assert len(looks) == 1
    assert looks.pop().main == (0xD9, 0x44, 0x2F)


def test_against_the_light_colours_go_dark() -> None:
    def brightest(prompt: str) -> int:
        made = stage(prompt, size=(384, 216))
        paint_figures(made, [Member("human", "Luca", ("#f04020",))])
        return max(colour[0] - colour[2] for _, colour in made.image.getcolors(1 << 20) or ())  # type: ignore[index]

    assert brightest("medium shot, backlit") < brightest("medium shot, noon") - 40


def test_over_the_shoulder_somebody_is_near() -> None:
    made, other = stage("over the shoulder"), stage("medium close-up")
    paint_figures(made, [Member("human")])
    paint_figures(other, [Member("human")])
    assert untouched(made.image) < untouched(other.image) - 0.1
