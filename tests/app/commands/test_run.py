"""`run CAPABILITY`: flags made from a request type."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Union

import pytest
from pydantic import BaseModel, Field

from app.capability import capability
from app.commands.base import Parser
from app.commands.run import add_capability, flag_of, plain_type, read_request, request_of
from app.media_fields import VideoRef
from configs.errors import BadInput
from jobs.context import JobContext

Cli = Callable[..., Any]


class Part(BaseModel):
    """A part."""

    start_s: float


class Ask(BaseModel):
    """Every kind of field."""

    clip: VideoRef = Field(description="The clip.")
    count: int = Field(default=3, ge=1, description="How many; at most 50 % more.")
    level: float | None = None
    loud: bool = False
    kind: Literal["hard", "soft"] = "hard"
    names: list[str] = []
    parts: list[Part] = []
    whole: Part | None = None
    priority: int = 0


@capability("test.ask", lane="cpu", title="Ask")
def ask(request: Ask, job: JobContext) -> Part:
    """Asks."""
    return Part(start_s=0)


def parse(*argv: str) -> dict[str, Any]:
    parser = Parser(prog="program")
    add_capability(parser, ask)
    return request_of(ask, parser.parse_args(argv))


def test_only_what_was_said_is_sent() -> None:
    assert parse("--clip", "a-0123456789abcdef") == {"clip": "a-0123456789abcdef"}


def test_flags_become_typed_fields() -> None:
    found = parse(
        "--clip", "/x/c.mp4", "--count", "7", "--level", "0.5", "--loud", "--kind", "soft", "--names", "a", "b", "--request-priority", "4"
    )
    assert found == {"clip": "/x/c.mp4", "count": 7, "level": 0.5, "loud": True, "kind": "soft", "names": ["a", "b"], "priority": 4}
    assert parse("--clip", "/c", "--no-loud")["loud"] is False


def test_nested_types_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "whole.json").write_text('{"start_s": 3}')
    assert parse("--clip", "/c", "--whole", f"@{tmp_path / 'whole.json'}")["whole"] == {"start_s": 3.0}
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        parse("--clip", "/c", "--whole", f"@{tmp_path / 'none.json'}")


def test_nested_types_are_json() -> None:
    assert parse("--clip", "/c", "--whole", '{"start_s": 2}')["whole"] == {"start_s": 2.0}
    with pytest.raises(BadInput, match=r"--whole is '\{oops', which is not JSON"):
        parse("--clip", "/c", "--whole", "{oops")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "'clip' is missing"),
        (["--clip", "/c", "--count", "0"], "'count' is '0'"),
        (["--clip", "/c", "--count", "many"], "'count' is 'many'"),
        (["--clip", "/c", "--kind", "firm"], "'firm'"),
        (["--clip", "/c", "--parts", "x"], "'parts"),
    ],
)
def test_what_is_wrong_is_named(argv: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse(*argv)


def test_a_file_is_overridden_by_flags(tmp_path: Path) -> None:
    file = tmp_path / "request.json"
    file.write_text('{"clip": "/from/file.mp4", "count": 2, "parts": [{"start_s": 1}]}')
    found = parse("--request", str(file), "--count", "5")
    assert found == {"clip": "/from/file.mp4", "count": 5, "parts": [{"start_s": 1.0}]}


def test_or_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"clip": "/c"}'))
    assert read_request("-") == {"clip": "/c"}


@pytest.mark.parametrize("content", ["", "{oops", "[1]", '"x"'])
def test_a_file_that_is_no_object(tmp_path: Path, content: str) -> None:
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(BadInput, match=r"r\.json"):
        read_request(str(tmp_path / "r.json"))
    with pytest.raises(BadInput, match="nowhere"):
        read_request("/nowhere")


def test_names_of_flags() -> None:
    assert flag_of("frames_per_scene") == "--frames-per-scene"
    assert flag_of("project") == "--request-project"


@pytest.mark.parametrize(
    ("annotation", "plain"),
    [
        (int, int),
        (int | None, int),
        (Union[float, None], float),  # noqa: UP007
        (Annotated[str, 1], str),
        (Annotated[str | None, 1], str),
        (list[int], list[int]),
    ],
)
def test_types_without_their_wrapping(annotation: Any, plain: Any) -> None:
    assert plain_type(annotation) == plain


def test_the_help_shows_defaults_and_what_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser(prog="program")
    add_capability(parser, ask)
    parser.print_help()
    said = capsys.readouterr().out
    assert "The clip. (required)" in said
    assert "at most 50 % more. (default 3)" in said


@pytest.mark.usefixtures("small_table")
class TestOverTheStudio:
    """The whole way."""

    def test_a_job_and_its_result(self, cli: Cli) -> None:
        said = cli("run", "test.echo", "--text", "hi", "--times", "2")
        assert said.code == 0
        assert '"said": "hi hi"' in said.out
        assert "out/echo.txt" in said.out
        assert said.err.startswith("Job j-")

    def test_as_json(self, cli: Cli) -> None:
        document = cli("run", "test.echo", "--text", "hi", "--json").document
        assert document["state"] == "succeeded"
        assert document["result"] == {"said": "hi"}
        assert [artifact["name"] for artifact in document["artifacts"]] == ["out/echo.txt"]

    def test_twice_is_once_unless_asked_again(self, cli: Cli) -> None:
        first = cli("run", "test.echo", "--text", "hi", "--json").document["id"]
        assert cli("run", "test.echo", "--text", "hi", "--json").document["id"] == first
        assert cli("run", "test.echo", "--text", "hi", "--again", "--json").document["id"] != first

    def test_failure_is_1(self, cli: Cli) -> None:
        said = cli("run", "test.fail", "--json")
        assert said.code == 1
        assert said.document["state"] == "failed"
        assert "the paper tore" in said.err

    def test_bad_input_is_2_and_leaves_no_job(self, cli: Cli) -> None:
        assert cli("run", "test.echo", "--text", "").code == 2
        assert cli("run", "test.look", "--video", "none.mp4").code == 2
        assert cli("jobs", "list", "--json").document["items"] == []

    def test_a_request_from_a_file(self, cli: Cli, tmp_path: Path) -> None:
        (tmp_path / "r.json").write_text(json.dumps({"text": "from a file", "tone": "loud"}))
        assert cli("run", "test.echo", "--request", str(tmp_path / "r.json"), "--json").document["result"] == {"said": "FROM A FILE"}
