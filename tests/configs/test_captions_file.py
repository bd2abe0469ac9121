"""The caption styles a person edits."""

from __future__ import annotations

import shutil

import pytest

from configs.captions_file import FONTS_DIR, LOCAL, PRESETS, CaptionStyle, caption_styles
from configs.errors import BadInput
from configs.named_rows import read_named
from configs.settings import CONFIG_DIR


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "styles").mkdir()
    shutil.copy(CONFIG_DIR / PRESETS, tmp_path / PRESETS)
    return tmp_path


def test_the_styles_that_plans_count_on_are_there():
    expected = {"caption", "subtitle", "title", "lower_third", "meme_top", "meme_bottom", "shout", "whisper", "impact"}
    assert expected <= set(caption_styles())
    assert caption_styles()["meme_top"].upper
    assert caption_styles()["meme_top"].font == "Anton"


def test_every_font_a_style_names_is_bundled():
    names = " ".join(path.stem for path in FONTS_DIR.glob("*.ttf"))
    assert all(style.font.replace(" ", "") in names for style in caption_styles().values())


def test_a_local_file_adds_and_replaces(folder):
    (folder / LOCAL).write_text("captions:\n  mine: {title: Mine, size: 8}\n  caption: {title: Other}\n")
    styles = caption_styles(folder)
    assert styles["mine"] == CaptionStyle(title="Mine", size=8)
    assert styles["caption"].title == "Other"
    assert "title" in styles


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("captions: {x: {title: X, size: huge}}", "style 'x': size"),
        ("captions: {x: {title: X, colour: red}}", "style 'x': colour"),
        ("captions: {x: {}}", "style 'x': title"),
        ("captions: {x: {title: X, sise: 3}}", "style 'x': sise"),
        ("captions: {x: 3}", "style 'x'"),
        ("captions: [1]", "list"),
        ("fonts: {}", "unknown key 'fonts'"),
        ("a: [", "not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_its_style_and_field(folder, text, said):
    (folder / LOCAL).write_text(text)
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        read_named(folder / LOCAL, "captions", CaptionStyle)


def test_without_files_there_are_none(tmp_path):
    assert read_named(tmp_path / PRESETS, "captions", CaptionStyle) == {}
