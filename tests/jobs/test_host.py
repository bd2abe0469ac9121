"""Locks, environments, and children that die with their parents."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from jobs import host

ROOT = Path(__file__).resolve().parents[2]
linux_only = pytest.mark.skipif(not host.IS_LINUX, reason="the kernel's help exists on Linux only")


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    first, second = host.FolderLock(tmp_path / "lock"), host.FolderLock(tmp_path / "lock")
    assert first.acquire()
    assert first.held
    assert not second.acquire()
    assert not second.held
    first.release()
    assert second.acquire()
    second.release()


def test_only_the_gpu_lane_sees_a_gpu() -> None:
    assert host.worker_environment("cpu", ROOT, {"CUDA_VISIBLE_DEVICES": "0"})["CUDA_VISIBLE_DEVICES"] == ""
    assert host.worker_environment("gpu", ROOT, {"CUDA_VISIBLE_DEVICES": "0"})["CUDA_VISIBLE_DEVICES"] == "0"


def test_a_worker_finds_our_packages_first() -> None:
    found = host.worker_environment("cpu", ROOT, {"PYTHONPATH": "/other"})
    assert found["PYTHONPATH"] == f"{ROOT}{os.pathsep}/other"


@linux_only
def test_a_process_whose_parent_is_gone_ends_at_once() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); from jobs import host; host.die_with_parent(1); print('still here')"
    done = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")


@linux_only
def test_a_worker_yields_to_others() -> None:
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from jobs import host; host.yield_to_others();"
        "print(os.nice(0), open('/proc/self/oom_score_adj').read())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, check=True)
    nice, score = done.stdout.split()
    assert int(nice) >= 10
    assert int(score) == 500


def test_a_group_is_killed_whole() -> None:
    code = "import subprocess, sys; child = subprocess.Popen(['sleep', '600']); print(child.pid, flush=True); child.wait()"
    leader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert leader.stdout is not None
    child = psutil.Process(int(leader.stdout.readline()))
    host.kill_group(leader.pid)
    assert leader.wait() == -signal.SIGKILL
    leader.stdout.close()
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    host.kill_group(leader.pid)
