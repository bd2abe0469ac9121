"""The looks that come along are whole; a person's own add to them or replace them; a mistake is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.errors import BadInput
from configs.image_styles_file import PRESETS, image_styles


def own(folder: Path, text: str) -> Path:
    path = folder / PRESETS
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_those_that_come_along() -> None:
    styles = image_styles()
    assert {"3d_animation", "3d_smooth", "3d_pbr", "3d_cinematic", "clay_render", "toon_3d", "stop_motion"} <= set(styles)
    assert {"photo", "anime", "watercolour", "line_art", "comic"} <= set(styles)
    assert len({style.title for style in styles.values()}) == len(styles)
    assert all(style.negative and style.group for style in styles.values())
    assert sum(style.group == "3D animation" for style in styles.values()) >= 8


def test_a_person_s_own_add_and_replace(tmp_path: Path) -> None:
    folder = own(tmp_path, "styles:\n  mine: {title: Mine, prompt: 'mine {prompt}'}\n  photo: {title: Ours, prompt: '{prompt} ours'}\n")
    styles = image_styles(folder)
    assert styles["mine"].group == "Your own"
    assert styles["photo"].title == "Ours"
    assert "mine" not in image_styles()
    assert list(styles)[-1] == "mine"


def test_without_a_file_of_ones_own(tmp_path: Path) -> None:
    assert image_styles(tmp_path) == image_styles()
    assert image_styles(own(tmp_path, "")) == image_styles()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("looks: {}", "unknown key 'looks'"),
        ("styles: [1]", "`styles` is a list"),
        ("styles: {a: {title: A, prompt: none}}", "'a': prompt: .*must stand in it once"),
        ("styles: {a: {title: A, prompt: '{prompt} {prompt}'}}", "'a': prompt"),
        ("styles: {a: {prompt: '{prompt}'}}", "'a': title"),
        ("styles: {a: {title: A, prompt: '{prompt}', steps: 900}}", "'a': steps"),
        ("styles: {a: {title: A, prompt: '{prompt}', colour: red}}", "'a': colour"),
        ("styles: {a: 3}", "'a': it"),
        ("styles: [", "not valid YAML"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        image_styles(own(tmp_path, text))
