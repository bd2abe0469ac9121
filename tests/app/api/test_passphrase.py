"""The passphrase and the keys in the data folder."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.api.passphrase import KEYS_FILE, entropy_bits, load_keys, make_passphrase, matches, normalise, words
from configs.errors import Unavailable


def test_the_words_are_plain_and_all_different() -> None:
    found = words()
    assert len(found) == len(set(found)) > 600
    assert all(word.isascii() and word.isalpha() and word.islower() and 2 < len(word) < 10 for word in found)


def test_a_passphrase_is_hard_to_guess_and_easy_to_say() -> None:
    phrase = make_passphrase()
    assert len(phrase.split("-")) == 5
    assert set(phrase.split("-")) <= set(words())
    assert make_passphrase() != phrase
    assert entropy_bits() > 46


@pytest.mark.parametrize("typed", ["amber-canoe-violin", "Amber Canoe Violin", "  amber  canoe-violin ", "AMBER-CANOE-VIOLIN"])
def test_forgives_how_it_is_typed(typed: str) -> None:
    assert matches(typed, "amber-canoe-violin")


@pytest.mark.parametrize("typed", ["", "-", "amber-canoe", "ambercanoeviolin", "amber-canoe-violin-x", "bürste"])
def test_but_not_another_one(typed: str) -> None:
    assert not matches(typed, "amber-canoe-violin")


def test_normalise_keeps_what_distinguishes() -> None:
    assert normalise("My Secret  pass-phrase") == "my-secret-pass-phrase"


def test_made_once_and_kept(tmp_path: Path) -> None:
    first = load_keys(tmp_path)
    assert load_keys(tmp_path) == first


def test_readable_by_its_owner_only(tmp_path: Path) -> None:
    load_keys(tmp_path)
    assert stat.S_IMODE((tmp_path / KEYS_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEYS_FILE]


def test_a_chosen_one_wins_and_is_not_written_down(tmp_path: Path) -> None:
    keys = load_keys(tmp_path, "my own passphrase")
    assert keys.passphrase == "my own passphrase"
    assert "my own" not in (tmp_path / KEYS_FILE).read_text()
    assert load_keys(tmp_path).secret == keys.secret


@pytest.mark.parametrize("content", ["", "not json", "[]", "{}", '{"passphrase": 5}', "\xff"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / KEYS_FILE).write_text(content, encoding="latin-1")
    keys = load_keys(tmp_path)
    assert keys.passphrase
    assert load_keys(tmp_path) == keys


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"cannot be kept in .*access\.json"):
        load_keys(tmp_path / "nowhere")
