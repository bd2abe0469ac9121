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
from app.models.forms import InstallModel
from app.models.install import install_model
from configs.errors import Unavailable
from tests.app.models.fake_hub import FakeHub, serving
from tests.app.models.shelf import Shelf, card
from tests.backends.weights import safetensors
from tests.faults.conftest import SmallDisk
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


def test_a_disk_that_fills_up_meanwhile_is_said_and_the_download_goes_on(small_disk: SmallDisk, tmp_path: Path) -> None:
    weights = safetensors(tmp_path / "w.safetensors", {"w": (1024, 1536)}).read_bytes()  # 6 MiB of the 16
    hub = FakeHub({"model.safetensors": weights}, hold=threading.Event(), hold_after=2 * MIB)
    with serving(hub):
        shelf = Shelf(small_disk.path / "data", card(), hub_endpoint=hub.url, min_free_bytes=0)
        half = shelf.settings.models / "tiny" / "bf16.part" / f"model.safetensors{HALF}"

        def fill_once(fraction: float, message: str) -> None:
            assert hub.hold is not None
            if not hub.hold.is_set() and half.exists() and half.stat().st_size >= MIB:
                small_disk.fill()
                hub.hold.set()

        shelf.job.on_progress = fill_once
        with pytest.raises(Unavailable, match=r"The disk became full while model\.safetensors was being downloaded") as full:
            install_model(InstallModel(model="tiny", libraries=False), shelf.job)  # type: ignore[arg-type]
        assert full.value.code == "disk_full"
        with pytest.raises(
            Unavailable, match=r"Tiny needs \d\.\d MiB and the disk of .* has 0\.0 MiB to give"
        ):  # now it is known beforehand
            install_model(InstallModel(model="tiny", libraries=False), shelf.job)  # type: ignore[arg-type]
        small_disk.free()
        made = install_model(InstallModel(model="tiny", libraries=False), shelf.job)  # type: ignore[arg-type]
    assert Path(made.folder, "model.safetensors").read_bytes() == weights
    assert made.downloaded_bytes < made.size_bytes, "what had arrived was kept"
