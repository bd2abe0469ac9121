"""The bench command: its table, its machine line, its exit codes."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parent / "run.py"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The command with two small benchmarks of its own."""
    spec = importlib.util.spec_from_file_location("studio_bench_command", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    (tmp_path / "good.py").write_text(
        "def run(quick):\n    return [{'what': 'claim p99 ms', 'ours': 1.234, 'target': 5, 'met': True, 'n': 10 if quick else 100}]\n"
    )
    (tmp_path / "slow.py").write_text("def run(quick):\n    return [{'what': 'wake ms', 'ours': 30.0, 'target': 20, 'met': False}]\n")
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "TABLE", {"good": ("good.py", "something quick"), "slow": ("slow.py", "something slow")})
    return module


def test_every_row_of_the_real_table_has_its_file() -> None:
    spec = importlib.util.spec_from_file_location("studio_bench_table", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, (file, what) in module.TABLE.items():
        assert (FILE.parent / file).is_file(), name
        assert what


def test_a_table_with_the_machine(bench: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["good", "--quick"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert "cores" in out[0]
    assert "Python" in out[0]
    assert out[4] == "| what         | ours | target | met | n  |"
    assert out[6] == "| claim p99 ms | 1.23 | 5      | yes | 10 |"


def test_json(bench: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--json"]) == 1, "a missed target is a failure"
    document = json.loads(capsys.readouterr().out)
    assert set(document["benchmarks"]) == {"good", "slow"}
    assert document["benchmarks"]["good"]["rows"][0]["n"] == 100
    assert document["machine"]["cores"] >= 1


def test_an_unknown_name(bench: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["fast"]) == 2
    assert capsys.readouterr().err == "There is no benchmark 'fast': choose among good, slow.\n"


@pytest.mark.parametrize(
    ("value", "cell"), [(None, ""), (True, "yes"), (False, "NO"), (0.12345, "0.123"), (12345.6, "12,346"), (7, "7"), ("x", "x")]
)
def test_cells(bench: ModuleType, value: object, cell: str) -> None:
    assert bench.show(value) == cell
