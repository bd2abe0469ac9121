"""Reading the files that hold model cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.errors import BadInput
from configs.models_file import LOCAL, PRESETS, files, read_cards


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_entries_keep_their_file_and_place(tmp_path: Path) -> None:
    path = write(tmp_path / "models.yaml", "models:\n  - name: a\n  - title: nameless\n")
    first, second = read_cards([path])
    assert (first.values, first.position) == ({"name": "a"}, 1)
    assert first.place == f"{path}: card 'a'"
    assert second.place == f"{path}: card number 2"


def test_where_cards_may_stand(tmp_path: Path) -> None:
    assert files(None, tmp_path) == (tmp_path / PRESETS, tmp_path / LOCAL)
    assert files(tmp_path / "data", tmp_path)[-1] == tmp_path / "data" / LOCAL


@pytest.mark.parametrize("text", ["", "models:\n", "models: []\n", "# only words\n"])
def test_a_file_may_be_empty_or_absent(tmp_path: Path, text: str) -> None:
    assert read_cards([write(tmp_path / "models.yaml", text), tmp_path / "absent.yaml"]) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models: [", "is not valid YAML"),
        ("model:\n  - name: a\n", "unknown key 'model'"),
        ("models: {a: 1}\n", "`models` is a dict"),
        ("models: [a]\n", "card number 1 is 'a'"),
        ("- name: a\n", "holds list"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path / "models.yaml", text)
    with pytest.raises(BadInput) as refused:
        read_cards([path])
    assert said in str(refused.value)
    assert str(path) in str(refused.value)
