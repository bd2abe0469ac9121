"""Templates over plans, and films of pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.plan import EditPlan
from app.editing.problems import BadPlan
from app.editing.reading import read_plan
from app.editing.templates import applied, name_of, slideshow
from configs.errors import BadInput
from configs.templates_file import Slides, Template, read_template, template_names


def template(**more: Any) -> Template:
    return Template.model_validate({"title": "T", "summary": "S", **more})


def plan(*operations: dict[str, Any], **more: Any) -> EditPlan:
    segment = {"id": "s1", "source": "a", "start_s": 0, "end_s": 2, "operations": operations}
    return read_plan({"sources": [{"id": "a", "media": "a-1"}], "segments": [segment], **more})


def facts(name: str, kind: Any = "video") -> SourceFacts:
    seconds, frames = (60.0, 1500) if kind == "video" else (0.0, 1)
    shared: dict[str, Any] = {"artifact_id": name, "path": Path("x"), "name": f"{name}.x", "content_hash": name, "rate": Fraction(25)}
    return SourceFacts(id=name, kind=kind, duration_s=seconds, frame_count=frames, width=640, height=360, **shared)


def test_operations_go_to_every_row_and_to_the_film() -> None:
    found = applied(template(segment=[{"op": "sharpen"}], film=[{"op": "loudness"}]), plan({"op": "speed", "factor": 2}), "c.mp4")
    assert [operation.op for operation in found.segments[0].operations] == ["speed", "sharpen"]
    assert [operation.op for operation in found.film] == ["loudness"]


def test_what_may_stand_once_is_not_doubled() -> None:
    found = applied(
        template(film=[{"op": "fade", "out_s": 1}, {"op": "text", "text": "x"}]), plan(film=[{"op": "fade", "in_s": 2}]), "c.mp4"
    )
    assert [operation.op for operation in found.film] == ["fade", "text"]
    assert found.film[0].in_s == 2  # type: ignore[union-attr]


def test_what_the_plan_says_of_its_output_counts_more() -> None:
    found = applied(template(output={"height": 720, "fit": "crop"}), plan(output={"height": 480}), "c.mp4")
    assert (found.output.height, found.output.fit) == (480, "crop")


def test_words_name_the_clip_and_the_film() -> None:
    words = template(film=[{"op": "text", "text": "{title}: {clip} {other}"}])
    assert applied(words, plan(title="My film"), "the_big-cat.MP4").film[0].text == "My film: the big cat {other}"  # type: ignore[union-attr]
    assert applied(words, plan(), "a.mp4").film[0].text == "a: a {other}"  # type: ignore[union-attr]


def test_a_template_that_says_nonsense_is_named() -> None:
    with pytest.raises(BadPlan, match=r"\$\.film\[0\]"):
        applied(template(film=[{"op": "explode"}]), plan(), "c.mp4")
    with pytest.raises(BadPlan, match=r"\$\.output"):
        applied(template(output={"colour": "red"}), plan(), "c.mp4")


@pytest.mark.parametrize("name", template_names())
def test_every_template_of_ours_gives_a_plan_that_can_be_rendered(name: str) -> None:
    one = read_template(name)
    if one.of == "stills":
        made = slideshow(one, ["a-1", "a-2", "a-3"], "Holiday")
        known = {source.id: facts(source.id, "image") for source in made.sources}
    else:
        made, known = applied(one, plan(title="A film"), "my clip.mp4"), {"a": facts("a")}
    assert compile_plan(made, known).frames > 0


def test_pictures_move_by_turns_and_dissolve() -> None:
    made = slideshow(template(of="stills", slides={"seconds": 3, "zoom": 1.2, "transition_s": 9}), ["/p/1.png", "/p/2.png"])
    first, second = made.segments
    assert [operation.op for operation in first.operations] == ["pan_zoom"]
    assert [operation.op for operation in second.operations] == ["pan_zoom", "transition"]
    assert first.operations[0].end.scale == second.operations[0].start.scale == 1.2  # type: ignore[union-attr]
    assert second.operations[1].duration_s == 1.5, "half of a picture's time at most"  # type: ignore[union-attr]
    assert (first.end_s, made.sources[0].media) == (3.0, "/p/1.png")


def test_pictures_may_stand_still_and_cut_hard() -> None:
    made = slideshow(template(of="stills", slides=Slides(zoom=1, transition=None).model_dump()), ["1", "2"])
    assert [segment.operations for segment in made.segments] == [(), ()]


def test_no_pictures_no_film() -> None:
    with pytest.raises(BadInput, match="no picture"):
        slideshow(template(of="stills"), [])


@pytest.mark.parametrize(
    ("file", "name"), [("/a/b/The_big-cat.mp4", "The big cat"), ("C:\\x\\y.mov", "y"), ("__.mp4", "film"), ("", "film")]
)
def test_names_as_a_person_says_them(file: str, name: str) -> None:
    assert name_of(file) == name
