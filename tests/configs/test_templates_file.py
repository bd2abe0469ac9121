"""Templates from YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.errors import BadInput
from configs.templates_file import read_template, template_names


def test_ours_are_there_and_can_be_read() -> None:
    assert template_names() == ["meme", "slideshow", "square-teaser", "trailer", "vertical-highlights"]
    for name in template_names():
        assert read_template(name).summary.endswith(".")
    assert read_template("slideshow").of == "stills"
    assert read_template("vertical-highlights").brief.aspect == "9:16"


def test_one_of_your_own_goes_by_its_path(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("title: Mine\nsummary: So.\nbrief: {goal: quick}\n")
    assert read_template(str(own)).brief.goal == "quick"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("title: A\n", "summary"),
        ("title: A\nsummary: B\nbrief: {speed: 2}\n", "brief.speed"),
        ("title: A\nsummary: B\nof: words\n", "of"),
        ("- a\n", "list"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, said: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(content)
    with pytest.raises(BadInput, match=said):
        read_template(str(own))


@pytest.mark.parametrize("name", ["none", "../studio", "/none.yaml", ""])
def test_what_is_not_there_is_one_sentence(name: str) -> None:
    with pytest.raises(BadInput, match="There is no template"):
        read_template(name)
