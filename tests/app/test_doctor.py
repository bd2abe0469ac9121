"""The doctor's judgements: what is well stays short, what is not names the command that mends it."""

from __future__ import annotations

import shlex
import socket
from pathlib import Path

import pytest

from app import doctor
from app.doctor import Finding
from configs.handover import Address
from configs.settings import load_settings

GIB = 2**30
FULL = frozenset({"libx264", "aac", "h264_nvenc"})


@pytest.mark.parametrize(
    ("finding", "level", "words"),
    [
        (doctor.judge_python((3, 10, 13)), "ok", "3.10.13"),
        (doctor.judge_python((3, 13, 0)), "ok", "3.13.0"),
        (doctor.judge_python((3, 9, 1)), "bad", "needs 3.10 to 3.13"),
        (doctor.judge_python((3, 14, 0)), "bad", "needs 3.10 to 3.13"),
        (doctor.judge_packages([], 16), "ok", "All 16"),
        (doctor.judge_packages(["av (absent)"], 16), "bad", "1 of 16 packages are missing or of another version: av (absent)"),
        (doctor.judge_opencv([], "5.0"), "ok", "opencv-python-headless 5.0"),
        (doctor.judge_opencv([], None), "bad", "absent"),
        (doctor.judge_opencv(["opencv-python"], "5.0"), "bad", "opencv-python hides the headless build"),
        (doctor.judge_ffmpeg("/f", "7.1", FULL), "ok", "hardware encoders built in: h264_nvenc"),
        (doctor.judge_ffmpeg("/f", "7.1", frozenset({"libx264", "aac"})), "ok", "hardware encoders built in: none"),
        (doctor.judge_ffmpeg("/f", "7.1", frozenset({"aac"})), "bad", "cannot write libx264"),
        (doctor.judge_ffmpeg("/f", "7.1", frozenset()), "bad", "cannot write libx264 and aac"),
        (doctor.judge_pyav("18.1", "62.28.102"), "ok", "PyAV 18.1 with libavcodec 62.28.102"),
        (doctor.judge_sqlite("3.40", "wal", True), "ok", "WAL and FTS5"),
        (doctor.judge_sqlite("3.40", "wal", False), "warn", "without FTS5"),
        (doctor.judge_sqlite("3.40", "delete", True), "bad", "cannot use WAL"),
        (doctor.judge_folder(Path("/d"), ""), "ok", "/d can be written to"),
        (doctor.judge_folder(Path("/d"), "Permission denied"), "bad", "Permission denied"),
        (doctor.judge_disk(Path("/d"), 100 * GIB), "ok", "100.0 GiB free"),
        (doctor.judge_disk(Path("/d"), 5 * GIB), "warn", "5.0 GiB free"),
        (doctor.judge_disk(Path("/d"), GIB // 2), "bad", "0.5 GiB free"),
        (doctor.judge_filesystem(Path("/d"), "ext4"), "ok", "ext4"),
        (doctor.judge_filesystem(Path("/d"), ""), "ok", "does not tell"),
        (doctor.judge_filesystem(Path("/d"), "nfs4"), "warn", "network or shared drive"),
        (doctor.judge_port(Address(), "free"), "ok", "7860 is free"),
        (doctor.judge_port(Address(), "studio"), "ok", "A studio runs at http://localhost:7860"),
        (doctor.judge_port(Address(), "setup"), "ok", "is being set up"),
        (doctor.judge_port(Address(), "other"), "warn", "another program"),
        (doctor.judge_memory(16 * GIB, 8 * GIB), "ok", "16.0 GiB of memory"),
        (doctor.judge_memory(16 * GIB, GIB), "warn", "1.0 GiB available"),
        (doctor.judge_gpu([]), "ok", "No NVIDIA GPU"),
        (doctor.judge_gpu(["NVIDIA RTX 4080, 16376, 550.54"]), "ok", "NVIDIA RTX 4080, 16 GiB, driver 550.54"),
        (doctor.judge_desktop(True, 7860), "ok", "opens by itself"),
        (doctor.judge_desktop(False, 7860), "ok", "ssh -L 7860:localhost:7860"),
        (doctor.judge_encoding("utf-8"), "ok", "UTF-8"),
        (doctor.judge_encoding("ascii"), "warn", "ascii"),
        (doctor.judge_open_files(None), "ok", "unlimited"),
        (doctor.judge_open_files(-1), "ok", "unlimited"),
        (doctor.judge_open_files(256), "warn", "Only 256"),
        (doctor.judge_open_files(4096), "ok", "4096"),
        (doctor.judge_browser("/usr/bin/chromium"), "ok", "/usr/bin/chromium"),
        (doctor.judge_browser(""), "warn", "No Chromium"),
    ],
)
def test_judgements(finding: Finding, level: str, words: str) -> None:
    assert finding.level == level
    assert words in finding.sentence
    assert finding.sentence.endswith(".")
    assert bool(finding.remedy) is (level != "ok"), "a remedy where, and only where, something is wrong"
    if finding.remedy:
        assert shlex.split(finding.remedy), "the remedy is a command line"


def test_worst() -> None:
    ok, warn, bad = (Finding("x", level, "x.") for level in ("ok", "warn", "bad"))  # type: ignore[arg-type]
    assert doctor.worst([]) == doctor.worst([ok]) == "ok"
    assert doctor.worst([ok, warn]) == "warn"
    assert doctor.worst([warn, bad, ok]) == "bad"


def test_a_look_that_fails_is_a_finding() -> None:
    def broken() -> Finding:
        raise ImportError("libGL.so.1: cannot open shared object file")

    finding = doctor._look("OpenCV", broken)
    assert (finding.name, finding.level) == ("OpenCV", "bad")
    assert "libGL.so.1" in finding.sentence
    assert finding.remedy == "rm -rf .venv && python3 launch.py"


def test_this_machine_is_examined_without_leaving_a_trace(tmp_data_dir: Path) -> None:
    findings = doctor.examine(load_settings({"data_dir": tmp_data_dir, "port": 0}))
    by_name = {finding.name: finding for finding in findings}
    assert len(by_name) == len(findings) == 18
    for name in ("Python", "OpenCV", "ffmpeg", "PyAV", "SQLite", "Data folder"):
        assert by_name[name].level == "ok", by_name[name]
    assert not tmp_data_dir.exists()
    assert list(tmp_data_dir.parent.iterdir()) == []
    assert all(set(f.as_dict()) == {"name", "level", "sentence", "remedy"} for f in findings)


def test_a_taken_port_is_found(tmp_data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        settings = load_settings({"data_dir": tmp_data_dir, "port": server.getsockname()[1]})
        import threading

        hang_up = threading.Thread(target=lambda: server.accept()[0].close())
        hang_up.start()
        finding = doctor._port(settings)
        hang_up.join()
    assert finding.level == "warn"
    assert f"--port {settings.port + 1}" in finding.remedy
