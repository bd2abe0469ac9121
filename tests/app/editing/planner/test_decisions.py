"""A model's decisions: read from whatever it wrote, checked against the clip, mended, and made into rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.editing.planner.decisions import Decisions, film_seconds, mended, problems_of, read_decisions, rows_of, schema
from app.editing.planner.film import cutting
from app.editing.planner.rows import Row, seconds_of
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes
from app.editing.problems import BadPlan
from tests.app.editing.planner.footages import footage, material


def cut(shot: int = 3, from_s: float = 11.0, to_s: float = 13.0, **more: Any) -> dict[str, Any]:
    return {"shot": shot, "from_s": from_s, "to_s": to_s, "speed": 1, "effect": "none", "at_s": 12.1, "caption": "", "sound": "none",
            "transition": "none", "why": "the loudest", **more}  # fmt: skip


def decided(*cuts: dict[str, Any]) -> Decisions:
    return Decisions.model_validate({"title": "T", "style": "dramatic", "cuts": cuts})


def rows(*cuts: dict[str, Any], style: str = "dramatic") -> list[Row]:
    return rows_of(cutting(material(footage()), Wishes(aspect="source"), read_styles()[style], []), decided(*cuts))


def test_an_answer_is_found_among_other_words() -> None:
    text = f"Sure! Here is the plan:\n```json\n{json.dumps({'title': 'T', 'style': 'beat', 'cuts': [cut()]})}\n```\nEnjoy!"
    assert read_decisions(text).cuts[0].shot == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("I am sorry, I cannot help with that.", "not_json"),
        ('{"cuts": [{"shot": 1, "from_s": 0', "not_json"),
        ('{"cuts": [{"shot": 1, "from_s": 0}, {"shot"}', "not_json"),
        ("{}", "missing"),
        ('{"cuts": "all of them"}', "tuple_type"),
        (json.dumps({"cuts": [cut(effect="explode")]}), "literal_error"),
        (json.dumps({"cuts": [cut(colour="red")]}), "extra_forbidden"),
        ('{"cuts": [{"shot": 1, "from_s": NaN, "to_s": 1}]}', "finite_number"),
        ("[" * 100_000 + "{" * 100_000 + "}", "not_json"),
    ],
)
def test_rubbish_is_named(text: str, code: str) -> None:
    with pytest.raises(BadPlan) as caught:
        read_decisions(text)
    assert caught.value.problems[0].code == code
    assert caught.value.problems[0].path.startswith("$")


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        (cut(shot=9), "no_such_shot", "$.cuts[0].shot"),
        (cut(from_s=13.0, to_s=11.0), "reversed_cut", "$.cuts[0].to_s"),
        (cut(from_s=2.0), "out_of_range", "$.cuts[0].from_s"),
        (cut(to_s=500.0), "out_of_range", "$.cuts[0].to_s"),
        (cut(speed=3), "wrong_speed", "$.cuts[0].speed"),
    ],
)
def test_what_is_wrong_with_a_cut_is_told_with_its_place(wrong: dict[str, Any], code: str, path: str) -> None:
    found = problems_of(decided(wrong), footage(), None)
    assert (code, path) in [(one.code, one.path) for one in found]
    assert all(one.remedy for one in found)


def test_a_film_of_another_length_is_told() -> None:
    (found,) = problems_of(decided(cut()), footage(), 20.0)
    assert found.code == "wrong_length"
    assert "2.0 s" in found.message
    assert problems_of(decided(cut()), footage(), 2.4) == []
    assert problems_of(decided(), footage(), 2.0)[0].code == "nothing_to_render"


def test_lengths_count_speed_freezes_replays_and_transitions() -> None:
    assert film_seconds(decided(cut(speed=2)).cuts) == 1.0
    assert film_seconds(decided(cut(effect="freeze")).cuts) == pytest.approx(3.4)
    assert film_seconds(decided(cut(effect="replay")).cuts) == pytest.approx(4.5)
    assert film_seconds(decided(cut(transition="dissolve")).cuts) == 1.5


def test_mending_brings_times_into_their_shots() -> None:
    given = decided(cut(from_s=2.0), cut(shot=77, from_s=16.0, to_s=17.0), cut(from_s=13.0, to_s=11.0), cut(speed=3.3),
                    cut(shot=2, from_s=500.0, to_s=600.0), cut(shot=1, from_s=3.99, to_s=4.5))  # fmt: skip
    found, notes = mended(given, footage())
    assert [(one.shot, one.from_s, one.to_s) for one in found.cuts] == [(3, 9.0, 13.0), (4, 16.0, 17.0), (3, 11.0, 13.0), (3, 11.0, 13.0)]
    assert found.cuts[3].speed == 4.0
    assert len(notes) == 6
    assert problems_of(found, footage(), None) == []


def test_every_effect_becomes_what_it_says() -> None:
    expected = {"push_in": "pan_zoom", "pull_out": "pan_zoom", "punch": "zoom", "shake": "shake", "freeze": "freeze", "reverse": "reverse"}
    for effect, operation in expected.items():
        (row,) = rows(cut(effect=effect))
        assert operation in {one.op for one in row.operations}, effect
    first, again = rows(cut(effect="replay"))
    assert again.seconds > 0.9
    assert first.end > again.first


def test_words_sounds_joints_and_speed() -> None:
    made = rows(cut(), cut(shot=4, from_s=15.5, to_s=17.5, caption="  It\nwas  late ", sound="boom", transition="dip_black", speed=0.5))
    operations = {one.op: one for one in made[1].operations}
    assert operations["text"].text == "It was late"  # type: ignore[union-attr]
    assert operations["sound_effect"].name == "boom"  # type: ignore[union-attr]
    assert operations["transition"].kind == "dip_black"  # type: ignore[union-attr]
    assert seconds_of(made) == pytest.approx(5.5, abs=0.041)


def test_the_reason_is_the_models_with_figures_to_hold_against_it() -> None:
    (row,) = rows(cut())
    assert row.reason == "the loudest. Shot 3, 0:11.0 to 0:13.0: movement 20 %, sound up to -9.1 LUFS."


def test_the_schema_is_small_closed_and_known_to_constrained_engines() -> None:
    found = schema(12, ["dramatic", "beat"])
    text = json.dumps(found)
    assert len(text) < 2500
    assert "$ref" not in text
    item = found["properties"]["cuts"]["items"]
    assert item["required"] == list(item["properties"])
    assert item["additionalProperties"] is False
    assert set(item["properties"]) == set(cut())
    assert item["properties"]["shot"]["maximum"] == 12
