"""Rows by name: what is read, and what a mistake is told as."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from configs.errors import BadInput
from configs.named_rows import read_named


class Look(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    steps: int = 3


def read(folder: Path, text: str) -> dict[str, Look]:
    path = folder / "looks.yaml"
    path.write_text(text, encoding="utf-8")
    return read_named(path, "looks", Look)


def test_rows_by_their_names(tmp_path: Path) -> None:
    assert read(tmp_path, "looks: {ink: {title: Ink}, 7: {title: Seven, steps: 9}}") == {
        "ink": Look(title="Ink"), "7": Look(title="Seven", steps=9),
    }  # fmt: skip


def test_no_file_and_no_rows_are_none(tmp_path: Path) -> None:
    assert read_named(tmp_path / "none.yaml", "looks", Look) == {}
    assert read(tmp_path, "") == read(tmp_path, "looks:") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("styles: {}", "unknown key 'styles'"), ("looks: [1]", "`looks` is a list"), ("looks: {a: 3}", "style 'a': it"),
        ("looks: {a: {title: A, steps: many}}", "style 'a': steps"), ("looks: {a: {title: A, hue: 1}}", "style 'a': hue"),
        ("looks: [", "not valid YAML"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_that_names_it(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read(tmp_path, text)
