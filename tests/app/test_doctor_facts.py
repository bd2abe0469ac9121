"""What the doctor reads of a machine."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from app import doctor_facts as facts


def test_requirements_leave_comments_out(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# core\n\nnumpy>=2.0,<3\npyyaml>=6 # safe loader\n")
    assert facts.requirements(file) == ["numpy>=2.0,<3", "pyyaml>=6"]


def test_every_requirement_of_the_core_parses_and_is_met_here() -> None:
    missing, applying = facts.unmet(facts.requirements(facts.ROOT / "requirements.txt"))
    assert missing == []
    assert applying >= 15


def test_unmet() -> None:
    lines = ["numpy>=1", "numpy>=999", "no-such-package-here", 'no-such-package-here; python_version < "3"']
    missing, applying = facts.unmet(lines)
    assert applying == 3
    assert missing[0].startswith("numpy (")
    assert missing[1] == "no-such-package-here (absent)"


def test_ffmpeg_names_its_encoders() -> None:
    path, version, encoders = facts.ffmpeg()
    assert os.access(path, os.X_OK)
    assert version
    assert {"libx264", "aac", "png"} <= encoders
    assert "Audio" not in encoders


def test_ffmpeg_that_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import imageio_ffmpeg

    broken = tmp_path / "ffmpeg"
    broken.write_text("#!/bin/sh\necho cannot load library >&2\nexit 127\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(broken))
    with pytest.raises(RuntimeError, match="cannot load library"):
        facts.ffmpeg()


def test_pyav() -> None:
    version, libavcodec = facts.pyav()
    assert version[0].isdigit()
    assert libavcodec.count(".") == 2


def test_sqlite(tmp_path: Path) -> None:
    assert facts.sqlite_features(tmp_path) == (sqlite3.sqlite_version, "wal", True)
    assert list(tmp_path.iterdir()) == []


def test_try_folder(tmp_path: Path) -> None:
    assert facts.try_folder(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []
    assert facts.try_folder(tmp_path / "absent") == "No such file or directory"


def test_nearest_existing(tmp_path: Path) -> None:
    assert facts.nearest_existing(tmp_path) == tmp_path
    assert facts.nearest_existing(tmp_path / "a" / "b") == tmp_path


def test_filesystem(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nnas:/x {tmp_path} nfs4 rw 0 0\nother {tmp_path}2 tmpfs rw 0 0\nodd\n")
    assert facts.filesystem(tmp_path / "data", mounts) == "nfs4"
    assert facts.filesystem(tmp_path, mounts) == "nfs4"
    assert facts.filesystem(Path("/usr"), mounts) == "ext4"
    assert facts.filesystem(tmp_path, tmp_path / "absent") == ""


def executable(path: Path, text: str = "#!/bin/sh\n") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_nvidia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert facts.nvidia() == []
    executable(tmp_path / "nvidia-smi", "#!/bin/sh\necho 'NVIDIA RTX 4080, 16376, 550.54'\n")
    assert facts.nvidia() == ["NVIDIA RTX 4080, 16376, 550.54"]
    executable(tmp_path / "nvidia-smi", "#!/bin/sh\necho 'no driver' >&2\nexit 9\n")
    assert facts.nvidia() == []


def test_the_browser_is_the_named_one_the_systems_or_playwrights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    cache = {"PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "cache")}
    assert facts.find_browser(cache) == ""
    older = executable(tmp_path / "cache/chromium-1100/chrome-linux/chrome")
    assert facts.find_browser(cache) == older
    newer = executable(tmp_path / "cache/chromium-1200/chrome-linux64/chrome")
    assert facts.find_browser(cache) == newer
    system = executable(tmp_path / "bin/chromium")
    assert facts.find_browser(cache) == system
    named = executable(tmp_path / "own/chrome")
    assert facts.find_browser({**cache, "STUDIO_CHROMIUM": named}) == named
    assert facts.find_browser({**cache, "STUDIO_CHROMIUM": str(tmp_path / "absent")}) == system


def test_open_file_limit() -> None:
    limit = facts.open_file_limit()
    assert limit is None or limit == -1 or limit > 0
