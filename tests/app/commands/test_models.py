"""`models`: what is asked of the studio and what a person reads."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.commands.base import BAD_INPUT, DONE, Console, load
from app.commands.models import COMMAND, describe, fit_words, outcome, request_of, size_words
from tests.app.models.shelf import NON_COMMERCIAL, Shelf, card, chat_folder


def run(shelf: Shelf, *argv: str, json_mode: bool = False) -> tuple[int, str, str]:
    """(exit code, stdout, stderr)."""
    out, err = io.StringIO(), io.StringIO()
    arguments = [*argv, "--data-dir", str(shelf.settings.data_dir), *(["--json"] if json_mode else [])]
    parsed = load(COMMAND, "models", arguments).parse_args(arguments)
    code = COMMAND.run(parsed, Console(json_mode=json_mode, out=out, err=err))
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data", card(), card("strict", title="Strict", licences=[NON_COMMERCIAL]))


def test_the_list_shows_state_fit_size_and_licence(shelf: Shelf) -> None:
    code, said, _ = run(shelf, "list", "--task", "chat")
    assert code == DONE
    rows = {line.split()[0]: line for line in said.splitlines()}
    assert {"MODEL", "tiny", "strict", "qwen3-0.6b"} <= set(rows)
    assert "absent" in rows["tiny"]
    assert "yes" in rows["tiny"]
    assert "CC-BY-NC-4.0" in rows["strict"]
    assert not any(line.split()[1] == "image" for line in said.splitlines()[1:])


def test_importing_showing_checking_and_removing(shelf: Shelf, tmp_path: Path) -> None:
    code, said, _ = run(shelf, "import", str(chat_folder(tmp_path / "mine")), "--card", "tiny")
    assert code == DONE
    assert "tiny (bf16, " in said
    assert "is taken in" in said
    code, said, _ = run(shelf, "list", "--installed", json_mode=True)
    assert [item["name"] for item in json.loads(said)["items"] if not item["in_place"]] == ["tiny"]
    assert "state      installed, bf16 in" in run(shelf, "show", "tiny")[1]
    assert "Every file is as it was installed." in run(shelf, "check", "tiny")[1]
    code, said, _ = run(shelf, "remove", "tiny")
    assert code == DONE
    assert "tiny is removed" in said


def test_a_licence_that_must_be_accepted_stops_it(shelf: Shelf, tmp_path: Path) -> None:
    folder = str(chat_folder(tmp_path / "mine"))
    code, _, told = run(shelf, "import", folder, "--card", "strict")
    assert code != DONE
    assert "CC-BY-NC-4.0" in told
    assert "--accept-licence" in told
    assert run(shelf, "import", folder, "--card", "strict", "--accept-licence")[0] == DONE


def test_what_is_no_model_is_bad_input(shelf: Shelf, tmp_path: Path) -> None:
    code, _, told = run(shelf, "import", str(tmp_path / "gone"))
    assert "There is no" in told
    assert code in (BAD_INPUT, 1)


def test_other_programs_files(shelf: Shelf) -> None:
    code, said, _ = run(shelf, "files")
    assert (code, said.split()) == (DONE, ["PROGRAM", "WHAT", "FAMILY", "SIZE", "MODEL", "FILE"])


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["install", "tiny"], ("model.install", {"model": "tiny", "libraries": True})),
        (["install", "tiny", "--variant", "nf4", "--files-only", "--accept-licence"],
         ("model.install", {"model": "tiny", "variant": "nf4", "libraries": False, "accept_licence": True})),
        (["install", "tiny", "--cuda-without-gpu", "--again"],
         ("model.install", {"model": "tiny", "libraries": True, "cuda_without_gpu": True, "again": True})),
        (["import", "/x", "--name", "mine"], ("model.import", {"path": "/x", "name": "mine"})),
        (["remove", "tiny", "--variant", "fp8"], ("model.remove", {"model": "tiny", "variant": "fp8"})),
        (["check", "tiny"], ("model.check", {"model": "tiny"})),
    ],
)  # fmt: skip
def test_flags_become_a_request(argv: list[str], expected: tuple[str, dict[str, Any]]) -> None:
    assert request_of(load(COMMAND, "models", argv).parse_args(argv)) == expected


def test_outcomes_are_said_in_a_line() -> None:
    done = {"model": "m", "variant": "bf16", "size_bytes": 2048, "folder": "/f", "downloaded_bytes": 2048, "libraries": "torch 2 (cpu)"}
    assert outcome("install", done) == "m (bf16, 2.0 KiB) is installed: /f\nInstalled on the way: torch 2 (cpu)."
    assert outcome("install", {**done, "downloaded_bytes": 0, "libraries": None}) == "m (bf16, 2.0 KiB) is there already: /f"
    assert outcome("check", {"whole": False, "wrong": ["a is gone.", "b has changed."]}) == "a is gone.\nb has changed."


def test_one_model_for_a_person(shelf: Shelf) -> None:
    strict = shelf.catalogue.entry("strict").model_dump(mode="json")
    said = describe(strict)
    assert "NOT for commercial use https://example.org/nc" in said
    assert "FORM" in said
    assert fit_words(strict) == "fits"
    assert size_words(strict) == "~1000 B"
    assert fit_words({**strict, "usable": False}) == "not usable yet"
    assert fit_words({**strict, "obstacle": "x"}) == "cannot be installed"
