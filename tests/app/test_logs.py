"""The running studio's log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from app import logs
from app.logs import log_file, logging_to
from configs.settings import Settings

log = logging.getLogger("app.something")


def settings(tmp_path: Path, **changes: Any) -> Settings:
    return Settings(data_dir=tmp_path / "data", **changes)


def test_everything_in_the_file_and_warnings_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = settings(tmp_path)
    with logging_to(chosen):
        log.debug("too fine")
        log.info("a remark")
        log.warning("a warning")
    written = log_file(chosen).read_text()
    assert "INFO app.something: a remark" in written
    assert "a warning" in written
    assert "too fine" not in written
    assert "a remark" not in capsys.readouterr().err


def test_the_level_is_a_setting(tmp_path: Path) -> None:
    chosen = settings(tmp_path, log_level="DEBUG")
    with logging_to(chosen):
        log.debug("very fine")
    assert "very fine" in log_file(chosen).read_text()


def test_a_failure_is_written_with_its_trace(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    with logging_to(chosen):
        try:
            raise RuntimeError("torn")
        except RuntimeError as error:
            log.error("it failed", exc_info=error)
    assert "RuntimeError: torn" in log_file(chosen).read_text()


def test_libraries_are_quiet(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    with logging_to(chosen):
        logging.getLogger("uvicorn.error").error("Cancel 2 running task(s)")
        logging.getLogger("httpx").info("GET /")
    assert log_file(chosen).read_text() == ""


def test_the_file_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 1000)
    chosen = settings(tmp_path)
    with logging_to(chosen):
        for number in range(200):
            log.info("line %d %s", number, "x" * 50)
    files = sorted(path.name for path in log_file(chosen).parent.iterdir())
    assert files == ["studio.log", "studio.log.1", "studio.log.2", "studio.log.3"]
    assert all(path.stat().st_size <= 1000 for path in log_file(chosen).parent.iterdir())


def test_everything_is_as_before_afterwards(tmp_path: Path) -> None:
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn.error")
    before = (root.level, list(root.handlers), uvicorn.level)
    with logging_to(settings(tmp_path)):
        assert len(root.handlers) == len(before[1]) + 2
    assert (root.level, list(root.handlers), uvicorn.level) == before


def test_a_folder_that_cannot_be_written_leaves_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    with logging_to(Settings(data_dir=tmp_path / "file")):
        log.warning("still said")
    assert "still said" in capsys.readouterr().err
