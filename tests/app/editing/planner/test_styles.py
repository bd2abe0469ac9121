"""The file of styles: it is sound, it may be changed, and a mistake in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.editing.planner.lines import reading_s
from app.editing.planner.styles import FALLBACK, FILE, read_styles
from configs.errors import BadInput
from configs.settings import read_yaml

GOOD = """
lines: {end: [Bye]}
styles:
  plain:
    title: Plain
    summary: Nothing done.
    parts:
      - {name: all, share: 1, length_s: [1, 2], gestures: {plain: 1}, choose: {sound: 1}, lines: end}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "edits.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_studios_styles_are_there() -> None:
    assert {"dramatic", "chaotic", "wholesome", "highlights", "trailer", "beat", FALLBACK} <= set(read_styles())


@pytest.mark.parametrize("name", list(read_styles()))
def test_a_style_is_whole(name: str) -> None:
    style = read_styles()[name]
    assert 0.95 <= sum(part.share for part in style.parts) <= 1.05
    assert all(part.length_s[0] <= part.length_s[1] for part in style.parts)
    for span in (style.push, style.punch, style.slow, style.freeze_s):
        assert span[0] <= span[1]


def test_every_caption_can_be_read_in_a_few_seconds_and_is_said_by_one_style_once() -> None:
    for style in read_styles().values():
        for slot, lines in style.lines.items():
            texts = [line.text for line in lines]
            assert len(set(texts)) == len(texts), slot
            assert all(reading_s(text) <= 2.6 for text in texts)


def test_the_parody_styles_have_many_lines() -> None:
    styles = read_styles()
    assert all(sum(len(lines) for lines in styles[name].lines.values()) >= 25 for name in ("dramatic", "chaotic", "wholesome"))


def test_a_style_of_ones_own(tmp_path: Path) -> None:
    styles = read_styles(written(tmp_path, GOOD))
    assert styles["plain"].lines["end"][0].text == "Bye"


def test_lines_with_conditions(tmp_path: Path) -> None:
    text = GOOD.replace("lines: {end: [Bye]}", "lines: {end: [Bye, loud close: [LOUD, NEAR], {text: Hush, when: [quiet]}]}")
    lines = read_styles(written(tmp_path, text.replace("loud close: [LOUD, NEAR]", "{loud close: [LOUD, NEAR]}")))["plain"].lines["end"]
    assert [(line.text, line.when) for line in lines] == [
        ("Bye", ()),
        ("LOUD", ("loud", "close")),
        ("NEAR", ("loud", "close")),
        ("Hush", ("quiet",)),
    ]


@pytest.mark.parametrize(
    ("wrong", "right", "named"),
    [
        ("share: 2", "share: 1", "share"),
        ("plain: 1}", "plain: 1}", ""),
        ("{loudness: 1}", "{sound: 1}", "loudness"),
        ("lines: nothing}", "lines: end}", "nothing"),
        ("title: [", "title: Plain", "YAML"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, wrong: str, right: str, named: str) -> None:
    path = written(tmp_path, GOOD.replace(right, wrong, 1))
    if not named:
        assert read_styles(path)
        return
    with pytest.raises(BadInput, match=named):
        read_styles(path)


def test_the_file_is_plain_yaml() -> None:
    assert set(read_yaml(FILE)) == {"lines", "styles"}
