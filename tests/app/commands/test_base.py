"""What commands share."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest

from app.commands.base import Command, Console, load, media, settings_of, subcommands, table
from configs.errors import BadInput


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def console(*, json_mode: bool, lively: bool = False) -> tuple[Console, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), Terminal() if lively else io.StringIO()
    return Console(json_mode=json_mode, out=out, err=err), out, err


def test_a_person_gets_text_and_a_program_one_document() -> None:
    for json_mode, expected in ((False, "words\n"), (True, '{\n  "a": "é"\n}\n')):
        spoken, out, err = console(json_mode=json_mode)
        spoken.result({"a": "é"}, "words")
        assert out.getvalue() == expected
        assert err.getvalue() == ""


def test_notes_and_errors_go_to_stderr() -> None:
    spoken, out, err = console(json_mode=True)
    spoken.note("on the side")
    spoken.error(BadInput("Torn.\nTwice.", "Mend it."))
    assert err.getvalue() == "on the side\nTorn. Twice. Mend it.\n"
    assert json.loads(out.getvalue()) == {"error": {"code": "bad_input", "message": "Torn.\nTwice.", "remedy": "Mend it."}}


def test_redrawing_clears_the_line_first() -> None:
    spoken, _, err = console(json_mode=False, lively=True)
    assert spoken.lively
    spoken.redraw("half")
    spoken.redraw("")
    assert err.getvalue() == "\r\x1b[2Khalf\r\x1b[2K"
    assert not console(json_mode=False)[0].lively


def flags(parser: argparse.ArgumentParser, argv: object) -> None:
    for made in subcommands(parser, {"look": "look around", "leave": "go away"}).values():
        made.add_argument("--far", action="store_true")


def test_sub_commands_take_the_common_flags() -> None:
    parser = load(Command("Does things.", flags, lambda *_: 0), "program", [])
    found = parser.parse_args(["look", "--far", "--json", "--data-dir", "x"])
    assert (found.action, found.far, found.json, found.data_dir) == ("look", True, True, "x")


def test_a_common_flag_may_stand_before_the_action() -> None:
    parser = load(Command("Does things.", flags, lambda *_: 0), "program", [])
    assert parser.parse_args(["--data-dir", "x", "look"]).data_dir == "x"
    assert settings_of(parser.parse_args(["look"])).data_dir.is_absolute()


@pytest.mark.parametrize("argv", [[], ["fly"], ["look", "--near"], ["look", "--f"], ["look", "--data-dir"]])
def test_a_wrong_line_is_bad_input_and_says_where_help_is(argv: list[str]) -> None:
    parser = load(Command("Does things.", flags, lambda *_: 0), "program", [])
    with pytest.raises(BadInput) as caught:
        parser.parse_args(argv)
    assert "--help" in caught.value.remedy
    assert caught.value.message[0].isupper()


def test_settings_are_headless_and_in_the_given_folder(tmp_path: Path) -> None:
    found = settings_of(argparse.Namespace(data_dir=str(tmp_path / "x")))
    assert found.data_dir == tmp_path / "x"
    assert found.headless


def test_media_arguments(working_directory: Path) -> None:
    assert media("a-0123456789abcdef") == "a-0123456789abcdef"
    assert media("clip.mp4") == str(working_directory / "clip.mp4")
    assert media("~/clip.mp4") == str(Path.home() / "clip.mp4")
    (working_directory / "a-0123456789abcdef").touch()
    assert media("a-0123456789abcdef") == str(working_directory / "a-0123456789abcdef"), "a file of that name comes first"


def test_tables_line_up() -> None:
    assert table([("a", 1), ("long", 22)], ("NAME", "N")) == "NAME  N\na     1\nlong  22"
    assert table([], ("NAME", "N")) == "NAME  N"
