"""What commands share: their shape, their flags, and how they speak."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TextIO

from configs.errors import BadInput, StudioError
from configs.settings import Settings, load_settings

DONE, FAILED, BAD_INPUT, CANCELLED = 0, 1, 2, 130
_ID = re.compile(r"[aj]-[0-9A-Za-z]+\Z")


@dataclass(frozen=True)
class Command:
    """``configure(parser, argv)`` adds the flags; ``run(arguments, console)`` does the work and returns the exit code."""

    summary: str
    configure: Callable[[argparse.ArgumentParser, Sequence[str]], None]
    run: Callable[[argparse.Namespace, Console], int]
    epilog: str = ""


class Parser(argparse.ArgumentParser):
    """argparse that answers a wrong command line with one sentence."""

    def error(self, message: str) -> NoReturn:
        """Raises `BadInput`."""
        sentence = message[:1].upper() + message[1:]
        raise BadInput(f"{sentence}.", f"`{self.prog} --help` shows how.")


class Console:
    """stdout for what was asked for, stderr for everything about it."""

    def __init__(self, *, json_mode: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.json_mode = json_mode
        self._out, self._err = out or sys.stdout, err or sys.stderr

    def result(self, document: Any, text: str) -> None:
        """The answer: the JSON document, or the text for a person."""
        shown = json.dumps(document, ensure_ascii=False, indent=2) if self.json_mode else text
        print(shown, file=self._out, flush=True)

    def note(self, line: str) -> None:
        """Something worth knowing on the side."""
        print(line, file=self._err, flush=True)

    def error(self, error: StudioError) -> None:
        """One line for a person and, in JSON mode, the document that a program waits for."""
        print(" ".join(str(error).split()), file=self._err, flush=True)
        if self.json_mode:
            self.result({"error": error.as_dict()}, "")

    @property
    def lively(self) -> bool:
        """Whether a line may be redrawn in place."""
        return self._err.isatty()

    def redraw(self, line: str) -> None:
        """Replaces the current line of a terminal; an empty one clears it."""
        self._err.write(f"\r\x1b[2K{line}")
        self._err.flush()


def load(command: Command, program: str, argv: Sequence[str]) -> Parser:
    """The parser of one command, with the flags every command has."""
    parser = Parser(
        prog=program,
        description=command.summary,
        epilog=command.epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.configure(parser, argv)
    common(parser)
    return parser


def common(parser: argparse.ArgumentParser) -> None:
    """Adds --json and --data-dir; without defaults, so that a sub-command does not undo what stood before its name."""
    absent = argparse.SUPPRESS
    parser.add_argument("--json", action="store_true", default=absent, help="print one JSON document on stdout; all else goes to stderr")
    parser.add_argument("--data-dir", metavar="DIR", default=absent, help="the studio's data folder (default: the user's data folder)")


def subcommands(parser: argparse.ArgumentParser, rows: dict[str, str]) -> dict[str, argparse.ArgumentParser]:
    """Adds one parser per row (name -> what it does), each with the common flags."""
    group = parser.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=Parser)
    made: dict[str, argparse.ArgumentParser] = {}
    for name, summary in rows.items():
        made[name] = group.add_parser(name, help=summary, description=summary[:1].upper() + summary[1:] + ".", allow_abbrev=False)
        common(made[name])
    return made


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings this command runs under: headless, whatever the files say about a page."""
    return load_settings({"data_dir": getattr(arguments, "data_dir", None), "headless": True})


def media(text: str) -> str:
    """A media argument: an id as it is, a path made absolute, since a running studio lies elsewhere."""
    if _ID.match(text) and not Path(text).exists():
        return text
    return str(Path(text).expanduser().absolute())


def table(rows: Sequence[Sequence[Any]], header: Sequence[str]) -> str:
    """Columns as wide as their widest cell."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join(lines)
