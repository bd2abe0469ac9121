"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import cli
from app.capabilities import CAPABILITIES
from app.commands.base import load

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND_LINES = [line.split("#")[0].strip() for line in README.splitlines() if line.strip().startswith("python3 launch.py")]
KNOWN = {*cli.COMMANDS, *cli.ELSEWHERE}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """ "GET /path" of every route of the API."""
    from app.api.server import create_api
    from app.studio import Studio
    from configs.settings import load_settings

    settings = load_settings({"data_dir": tmp_path_factory.mktemp("docs") / "data", "headless": True})
    with Studio.open(settings, start_workers=False) as studio:
        paths = create_api(studio).openapi()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_command_of_the_help_is_in_the_readme_and_back() -> None:
    named = {line.split()[2] for line in COMMAND_LINES if len(line.split()) > 2}
    assert named == KNOWN
    assert all(name in cli.overview() for name in named)


@pytest.mark.parametrize("line", [line for line in COMMAND_LINES if len(line.split()) > 2], ids=str)
def test_a_command_of_the_readme_parses(line: str) -> None:
    import importlib

    _, _, name, *arguments = line.split()
    if name == "serve":
        from ui.server import parser

        assert parser().parse_args(arguments)
    elif name in cli.COMMANDS:
        command = importlib.import_module(cli.COMMANDS[name].module).COMMAND
        assert load(command, name, arguments).parse_args(arguments)


def test_the_flags_of_serve_are_all_named() -> None:
    from ui.server import parser

    flags = {flag for action in parser()._actions for flag in action.option_strings if flag.startswith("--")} - {"--help"}
    line = next(line for line in README.splitlines() if line.startswith("python3 launch.py serve"))
    assert {flag for flag in flags if flag not in line} == set()


def test_every_subcommand_is_named() -> None:
    import argparse
    import importlib

    for name, entry in cli.COMMANDS.items():
        parser = load(importlib.import_module(entry.module).COMMAND, name, [])
        groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
        if groups and name != "run":
            line = next(line for line in README.splitlines() if line.startswith(f"python3 launch.py {name} "))
            assert [choice for choice in groups[0].choices if not re.search(rf"\b{choice}\b", line)] == []


def test_every_route_of_the_readme_exists(routes: set[str]) -> None:
    named = set(re.findall(r"`((?:GET|POST|DELETE) /[^`]*)`", README))
    assert len(named) >= 10
    generic = {"POST /api/capabilities/{name}"}
    assert {route for route in named - generic if route not in routes} == set()
    assert {f"POST /api/capabilities/{c.name}" for c in CAPABILITIES} <= routes


def test_the_table_of_capabilities_agrees() -> None:
    rows = dict(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|[^|]*\| (\w+) \|$", README, re.MULTILINE))
    assert rows == {c.name: c.lane for c in CAPABILITIES}


def test_the_tabs_agree() -> None:
    from ui.tabs import TABS

    assert re.findall(r"^\d\. \*\*(.+?)\.\*\*", README, re.MULTILINE) == [tab.title for tab in TABS]


def test_every_file_that_is_referred_to_exists() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r"`((?:app|ui|configs|tests|storage|jobs|docs)/[\w./-]+\.\w+)`", README)
    made_by_the_reader = {"configs/local.yaml"}
    assert [target for target in targets if target not in made_by_the_reader and not (ROOT / target).exists()] == []


def test_the_house_is_drawn_as_it_stands() -> None:
    drawing = README.split("## The house")[1].split("```")[1]
    for word in re.findall(r"^(\w+)/", drawing, re.MULTILINE):
        assert (ROOT / word).is_dir()
    for word in re.findall(r"^  (\w+\.py)", drawing, re.MULTILINE):
        assert (ROOT / "app" / word).is_file()


def test_the_example_capability_uses_real_names() -> None:
    from app import capability, media_fields
    from jobs.context import JobContext

    example = README.split("## Add a capability")[1].split("```")[1]
    assert hasattr(media_fields, "VideoRef")
    assert hasattr(capability, "capability")
    for method in set(re.findall(r"\bjob\.(\w+)\(", example)) | set(
        re.findall(r"`(\w+)`(?: \(|,)", README.split("`job` has more:")[1].split("\n")[0])
    ):
        assert hasattr(JobContext, method), method


def test_the_version_is_in_the_changelog_once_released() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in changelog
    assert re.search(r"^### (Added|Changed|Fixed|Removed|Security)$", changelog, re.MULTILINE)


@pytest.mark.parametrize("document", [README, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")], ids=["readme", "changelog"])
def test_prose_is_prose(document: str) -> None:
    assert not re.search(r"\b(simply|just|easy|easily|blazing|powerful|seamless|leverage|cutting-edge)\b", document, re.IGNORECASE)
    assert "lorem" not in document.lower()
