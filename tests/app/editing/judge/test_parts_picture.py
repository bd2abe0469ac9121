"""Sharpness, exposure, colour, coherence, composition: each says what it measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from app.editing.judge import parts_picture
from app.editing.judge.evidence import Evidence
from app.editing.judge.trace import COLUMNS
from tests.app.editing.judge.bench_film import Seen
from tests.app.editing.judge.damages import Damaged

Hurt = Callable[[str], tuple[Damaged, Seen]]


def with_column(evidence: Evidence, name: str, values: object) -> Evidence:
    columns = evidence.trace.columns.copy()
    columns[:, COLUMNS.index(name)] = values
    return replace(evidence, trace=replace(evidence.trace, columns=columns))


def planned(evidence: Evidence, flag: str, value: bool = True) -> Evidence:
    assert evidence.expected is not None
    flags = {**evidence.expected.flags, flag: np.full(len(evidence.expected), value)}
    return replace(evidence, expected=replace(evidence.expected, flags=flags))


def test_sharpness_is_told_against_the_source(evidence: Evidence) -> None:
    assert evidence.sources
    half = with_column(evidence, "sharpness", evidence.in_source("sharpness") / 4)
    found = parts_picture.sharpness(half)
    assert found.part.unit == "octaves lost"
    assert found.part.value == 2.0
    assert found.issues[0].code == "blurred"
    same = parts_picture.sharpness(with_column(evidence, "sharpness", evidence.in_source("sharpness")))
    assert (same.part.score, same.issues) == (1.0, ())


def test_a_blurred_stretch_is_found_where_it_is(evidence: Evidence) -> None:
    values = evidence.in_source("sharpness")
    values[30:60] /= 8
    (one,) = parts_picture.sharpness(with_column(evidence, "sharpness", values)).issues
    assert (one.at_s, one.end_s) == (30 / 24, 60 / 24)


def test_enlarged_pictures_are_not_held_against_the_source(evidence: Evidence) -> None:
    found = parts_picture.sharpness(planned(evidence, "softened"))
    assert found.part.unit == "levels squared"


def test_alone_sharpness_is_what_it_is_and_grows_with_detail(alone: Evidence) -> None:
    scores = [parts_picture.sharpness(with_column(alone, "sharpness", value)).part.score for value in (10, 100, 1000)]
    assert scores == sorted(set(scores))  # type: ignore[type-var]
    assert scores[1] == 0.5


def test_a_flat_film_has_no_sharpness(alone: Evidence) -> None:
    assert parts_picture.sharpness(with_column(alone, "spread", 0)).part.score is None


def test_burnt_pictures(evidence: Evidence, alone: Evidence) -> None:
    burnt = parts_picture.exposure(with_column(alone, "highlights", 0.4))
    assert burnt.part.score is not None
    assert burnt.part.score < 0.5
    assert [one.code for one in burnt.issues] == ["blown_whites"]
    assert [one.code for one in parts_picture.exposure(with_column(alone, "shadows", 0.5)).issues] == ["crushed_blacks"]
    own = parts_picture.exposure(with_column(evidence, "shadows", evidence.in_source("shadows")))
    assert own.part.score == 1.0


def test_dark_films_alone(alone: Evidence) -> None:
    found = parts_picture.exposure(with_column(alone, "luma", 12)).part.score
    assert found is not None
    assert found <= 0.6


def test_colour_against_the_source(evidence: Evidence) -> None:
    assert parts_picture.colour(evidence).part.score == 1.0
    cast = parts_picture.colour(with_column(evidence, "u", evidence.trace["u"] - 12))
    assert cast.part.value is not None
    assert 10 < cast.part.value < 14
    assert [one.code for one in cast.issues] == ["colour_cast"]


def test_planned_grading_is_no_cast(evidence: Evidence) -> None:
    graded = planned(with_column(evidence, "u", evidence.trace["u"] - 12), "graded")
    assert parts_picture.colour(graded).part.score is None


def test_flicker_lowers_coherence_unless_it_is_planned(evidence: Evidence, hurt: Hurt, judged_with: Callable[..., Evidence]) -> None:
    found = judged_with(*hurt("flicker"))
    steady, flickers = (parts_picture.coherence(one).part.score for one in (evidence, found))
    assert steady is not None
    assert flickers is not None
    assert flickers < steady - 0.1
    assert parts_picture.coherence(planned(found, "moved")).part.score is None


def test_jumps_are_told_unless_they_are_planned(evidence: Evidence) -> None:
    shot = evidence.film.coherence.shots[0]
    at = next(n for n in range(shot.start_frame + 3, shot.end_frame) if not any(evidence.flag(name)[n] for name in ("moved", "still")))
    shots = [shot.model_copy(update={"jumps": [at]}), *evidence.film.coherence.shots[1:]]
    film = evidence.film.model_copy(update={"coherence": evidence.film.coherence.model_copy(update={"shots": shots})})
    jumping = replace(evidence, film=film)
    told = [one.at_s for one in parts_picture.coherence(jumping).issues if one.code == "jump"]
    assert jumping.time_of(at) in told
    assert parts_picture.coherence(planned(jumping, "uneven")).part.score is None
    assert jumping.expected is not None
    jumping.expected.flags["uneven"][at] = True
    try:
        assert jumping.time_of(at) not in [one.at_s for one in parts_picture.coherence(jumping).issues]
    finally:
        jumping.expected.flags["uneven"][at] = False


def test_composition_has_little_to_say_without_subjects(evidence: Evidence) -> None:
    shots = [shot.model_copy(update={"subject": None}) for shot in evidence.film.composition.shots]
    film = evidence.film.model_copy(update={"composition": evidence.film.composition.model_copy(update={"shots": shots})})
    assert parts_picture.composition(replace(evidence, film=film)).part.score is None


def test_a_subject_at_the_edge_is_told(evidence: Evidence) -> None:
    shot = next(shot for shot in evidence.film.composition.shots if shot.subject is not None)
    assert shot.subject is not None
    moved = shot.model_copy(update={"subject": shot.subject.model_copy(update={"x": 0.0, "w": 0.3, "centre_x": 0.1})})
    film = evidence.film.model_copy(update={"composition": evidence.film.composition.model_copy(update={"shots": [moved]})})
    found = parts_picture.composition(replace(evidence, film=film))
    assert [one.code for one in found.issues] == ["subject_cut_off"]
