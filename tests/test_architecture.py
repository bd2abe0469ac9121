"""The shape of the house: what loads when, how big a room may be, and what may not be left lying about."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("app", "ui", "backends", "jobs", "storage", "configs")
HEAVY = {"torch", "cv2", "av", "gradio", "scenedetect", "numpy", "PIL", "chromadb", "pandas", "opentimelineio", "alembic", "imageio_ffmpeg"}
LARGEST_FILE = 400
LARGEST_MEDIAN = 120
LONGEST_FUNCTION = 50
# Spelt apart, so that this list is not a finding of its own search.
LEFTOVERS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK|NotImplemented" + r"Error|dum" + r"my)\b")
DEBUGGERS = re.compile(r"\b(breakpoint\(\)|pdb\.set_trace|console\.log\()")


def sources(*suffixes: str) -> list[Path]:
    files = [ROOT / "launch.py"] if ".py" in suffixes else []
    for room in ROOMS:
        files += [p for p in (ROOT / room).rglob("*") if p.suffix in suffixes and "__pycache__" not in p.parts]
    return sorted(files)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


PYTHON = sources(".py")


def loaded_by(statement: str) -> set[str]:
    """Top-level names of the modules that are loaded after the statement, in a process of its own."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return {module.partition(".")[0] for module in done.stdout.splitlines()[-1].split()}


def test_the_studio_loads_nothing_heavy() -> None:
    assert loaded_by("import app.studio, app.capabilities") & HEAVY == set()


def test_the_command_line_and_the_server_start_light() -> None:
    assert loaded_by("import app.cli, app.doctor") & (HEAVY | {"fastapi", "sqlalchemy"}) == set()
    assert loaded_by("import ui.server") & HEAVY == set()


def test_headless_serving_never_imports_gradio(tmp_path: Path) -> None:
    """The whole start, up to the moment when the server would begin to answer."""
    statement = (
        "import app.api.run, ui.server; app.api.run.serve = lambda *_: None;"
        f"assert ui.server.main(['--headless', '--port', '0', '--data-dir', {str(tmp_path / 'data')!r}]) == 0"
    )
    loaded = loaded_by(statement)
    assert "fastapi" in loaded
    assert loaded & {"gradio", "pandas", "torch", "cv2", "av", "numpy", "scenedetect"} == set()


def test_a_worker_has_no_database() -> None:
    assert loaded_by("import app.worker, jobs.worker") & {"sqlalchemy", "alembic", "fastapi", "gradio"} == set()


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_source_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    docstring = ast.get_docstring(tree)
    assert docstring, "says in its first line what it is"
    assert docstring.splitlines()[0].endswith((".", "?", ":", "`")), "a whole sentence"
    assert len(text.splitlines()) <= LARGEST_FILE
    long = [
        f"{n.name}: {n.end_lineno - n.lineno + 1}" for n in ast.walk(tree) if is_function(n) and n.end_lineno - n.lineno >= LONGEST_FUNCTION
    ]  # type: ignore[attr-defined,operator]
    assert long == []
    assert undocumented(tree) == []


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def undocumented(tree: ast.Module) -> list[str]:
    """Public functions and classes of a module without a docstring."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [n.name for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_") and not ast.get_docstring(n)]


def test_the_median_file_is_small() -> None:
    sizes = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON)
    assert sizes[len(sizes) // 2] <= LARGEST_MEDIAN


@pytest.mark.parametrize("path", [*PYTHON, *sources(".js", ".css", ".html", ".yaml")], ids=name)
def test_nothing_is_left_lying_about(path: Path) -> None:
    found = [
        f"{number}: {line.strip()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if LEFTOVERS.search(line) or DEBUGGERS.search(line)
    ]
    assert found == []


def test_scripts_and_styles_stand_in_files_of_their_own() -> None:
    long = [name(p) for p in sources(".js", ".css") if len(p.read_text(encoding="utf-8").splitlines()) > LARGEST_FILE]
    assert long == []


def test_every_source_file_has_its_test_file() -> None:
    missing = []
    for path in PYTHON:
        if path.name == "__init__.py" or len(path.read_text(encoding="utf-8").splitlines()) <= 30:
            continue
        mirror = ROOT / "tests" / path.relative_to(ROOT).parent / f"test_{path.name}"
        if not mirror.exists() and "versions" not in path.parts:
            missing.append(f"{name(path)} -> {name(mirror)}")
    assert missing == []


def test_there_is_as_much_test_as_source() -> None:
    def lines(files: list[Path]) -> int:
        return sum(len(p.read_text(encoding="utf-8").splitlines()) for p in files)

    tests = [p for p in (ROOT / "tests").rglob("*.py") if "__pycache__" not in p.parts]
    assert lines(tests) >= lines(PYTHON)


def test_tests_are_no_packages() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == [], "tests/jobs must not hide jobs"


def test_there_is_no_room_for_odds_and_ends() -> None:
    assert [name(p) for p in PYTHON if p.stem in ("utils", "util", "helpers", "misc", "common")] == []


def test_only_the_settings_read_the_environment_and_yaml() -> None:
    """Beside the launcher, which runs before settings can be read, and programs that are handed an environment."""
    readers = [name(p) for p in PYTHON if re.search(r"\byaml\.(safe_)?load", p.read_text(encoding="utf-8"))]
    assert [r for r in readers if r != "configs/settings.py"] == []


def test_no_request_leaves_the_machine() -> None:
    """Addresses in what the browser is given: only links a person may follow, and XML namespaces."""
    found = []
    for path in sources(".js", ".css", ".html"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"(?:src|import|url\(|fetch\()[^\n]{0,4}['\"(]https?://", line):
                found.append(f"{name(path)}:{number}")
    assert found == []


def test_requirements_name_no_index_and_no_libgl() -> None:
    for file in ROOT.glob("requirements*.txt"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"https?://|^-i |--index|--extra-index|--find-links", text, re.MULTILINE), file
        assert not re.search(r"^(opencv-python|opencv-contrib-python|scenedetect)\b(?!-headless)", text, re.MULTILINE), file
    assert "torch" not in (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("without torch", "")
