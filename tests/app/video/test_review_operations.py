"""Operations: what they are called, and which texts are kept as they are."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.review_operations import COLOURS, NOTE_LIMIT, AddMarker, AnyOperation, Colour, Split, label, plain_text
from configs.errors import BadInput


def test_the_colours_are_those_of_the_type() -> None:
    assert get_args(Colour) == COLOURS


def test_every_operation_has_words_for_undo() -> None:
    for kind in get_args(AnyOperation):
        op = get_args(kind.model_fields["op"].annotation)[0]
        assert label({"op": op, "frame": 3, "to": 4, "marker": "m1"})


def test_the_schema_tells_the_limits() -> None:
    schema = AddMarker.model_json_schema()["properties"]
    assert schema["note"]["maxLength"] == NOTE_LIMIT
    assert set(schema["colour"]["enum"]) == set(COLOURS)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("  eyes left \n", "eyes left"),
        ("one\r\ntwo\rthree\n\nfour", "one\ntwo\nthree\n\nfour"),
        ("tab\there", "tab\there"),
        ("bell\x07, null\x00, escape\x1b[31m, delete\x7f", "bell, null, escape[31m, delete"),
        ("\"quotes\", 'more' & <b> | ; 👩‍🎨 שלום", "\"quotes\", 'more' & <b> | ; 👩‍🎨 שלום"),
        ("\ufffe\uffff", ""),
    ],
)
def test_texts_are_kept_but_for_what_no_file_may_hold(given_text: str, kept: str) -> None:
    assert plain_text(given_text, "note", 100) == kept


@given(st.text(max_size=60))
def test_a_kept_text_can_be_sent_and_kept_again(text: str) -> None:
    kept = plain_text(text, "note", 100)
    assert plain_text(kept, "note", 100) == kept
    assert json.loads(json.dumps(kept, ensure_ascii=False).encode()) == kept


def test_long_texts_are_refused_with_their_length() -> None:
    assert len(plain_text("x" * 2000, "note", NOTE_LIMIT)) == 2000
    with pytest.raises(BadInput, match=r"The note has 2,001 characters; at most 2,000 are kept\. Shorten it by 1\."):
        plain_text("x" * 2001, "note", NOTE_LIMIT)


def test_numbers_out_of_all_measure_are_refused() -> None:
    with pytest.raises(ValueError, match="less than"):
        Split(op="split", frame=2**40)
