"""A studio that is killed while it downloads a model goes on where it was, and never shows half a model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.models.download import HALF
from tests.app.models.fake_hub import FakeHub, serving
from tests.app.models.shelf import Shelf, card
from tests.backends.weights import safetensors
from tests.faults.studio_process import ROOT

MIB = 2**20


def install(shelf: Shelf, hub: FakeHub) -> subprocess.Popen[str]:
    """`models install` in a process of its own."""
    command = [sys.executable, "-m", "app.cli", "models", "install", "tiny", "--files-only", "--json"]
    command += ["--data-dir", str(shelf.settings.data_dir)]
    environ = {**os.environ, "STUDIO_HUB_ENDPOINT": hub.url, "STUDIO_CPU_WORKERS": "1"}
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("place", [2 * MIB, 3 * MIB + 12345])
def test_a_killed_download_goes_on_where_it_was(tmp_path: Path, place: int) -> None:
    weights = safetensors(tmp_path / "w.safetensors", {"w": (1024, 1024)}).read_bytes()
    shelf = Shelf(tmp_path / "data", card())
    half = shelf.settings.models / "tiny" / "bf16.part" / f"model.safetensors{HALF}"
    hub = FakeHub({"config.json": b"{}", "model.safetensors": weights}, hold=threading.Event(), hold_after=place)
    with serving(hub):
        process = install(shelf, hub)
        deadline = time.monotonic() + 60
        while not half.exists() or half.stat().st_size < MIB:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline, "the download did not begin"
        process.kill()
        process.communicate()
        assert shelf.catalogue.store().installed() == []
        here = half.stat().st_size
        assert hub.hold is not None
        hub.hold.set()
        process = install(shelf, hub)
        said, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert json.loads(said)["result"]["model"] == "tiny"
    ranges = [entry[1] for entry in hub.seen if entry[0] == "model.safetensors" and entry[1]]
    assert ranges == [f"bytes={here}-"], "fetched once, and gone on from there, although two jobs asked for it"
    folder = shelf.catalogue.store().find("tiny").folder
    assert (folder / "model.safetensors").read_bytes() == weights
