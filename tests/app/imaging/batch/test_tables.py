"""Tables of pictures."""

from __future__ import annotations

import pytest

from app.imaging.batch.requests import MOST_PICTURES
from app.imaging.batch.tables import read_table
from configs.errors import BadInput


def test_columns_are_settings() -> None:
    rows = read_table('prompt,seed,CFG Scale,width,height\n"a fox, red",7,4.5,128,64\nan owl,,,,\n', "")
    first, second = rows
    assert first[0].model_dump(exclude_none=True) == {"prompt": "a fox, red", "seed": 7, "guidance": 4.5, "width": 128, "height": 64}
    assert first[1] == {"seed": "7", "CFG Scale": "4.5", "width": "128", "height": "64"}
    assert second[0].model_dump(exclude_none=True) == {"prompt": "an owl"}


def test_other_columns_stand_in_the_prompt() -> None:
    rows = read_table("animal;place\nfox;a hill\nowl;\n", "a {animal} on {place}, {red|blue}")
    assert [own.prompt for own, _ in rows] == ["a fox on a hill, {red|blue}", "a owl on , {red|blue}"]
    assert rows[0][1] == {"animal": "fox", "place": "a hill"}


def test_columns_stand_in_the_prompts_of_the_table_too() -> None:
    rows = read_table("Prompt,animal\nA {animal} at dawn,fox\nAn {animal} at night,owl\n", "")
    assert [own.prompt for own, _ in rows] == ["A fox at dawn", "An owl at night"]


def test_tabs_a_mark_of_order_and_empty_rows() -> None:
    rows = read_table("\ufeffprompt\tsteps\n\na fox\t5\n\t\n", "")
    assert [(own.prompt, own.steps) for own, _ in rows] == [("a fox", 5)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prompt\n", "no rows"), ("", "no rows"), ("smell\nx\n", "column 'smell' is no setting"), ("seed,Seed\n1,2\n", "Two columns"),
        ("prompt\na,b,c\n", "Row 1 of the table has more values"),
        ("prompt,steps\na,9\nb,many\n", "Row 2 of the table: Field 'steps' is 'many'"),
        ("prompt,width\na,100\n", "Row 1 of the table: Field 'width' is '100'"), ("cfg,guidance\n1,2\n", "Two columns"),
    ],
)  # fmt: skip
def test_what_means_nothing_names_its_row(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_table(text, "")


def test_a_table_has_an_end() -> None:
    with pytest.raises(BadInput, match=f"more than {MOST_PICTURES} rows"):
        read_table("prompt\n" + "fox\n" * (MOST_PICTURES + 1), "")


@pytest.mark.parametrize("text", ["x" * 140_000 + ",prompt\na,b\n", "prompt\n" + "y" * 140_000])
def test_a_cell_without_end_is_one_sentence_in_the_header_too(text: str) -> None:
    with pytest.raises(BadInput, match="The table cannot be read: field larger"):
        read_table(text, "")


def test_lines_end_as_any_machine_ends_them() -> None:
    for end in ("\n", "\r\n", "\r"):
        assert [own.steps for own, _ in read_table(end.join(["prompt,steps", "a fox,5", "an owl,6", ""]), "")] == [5, 6]
