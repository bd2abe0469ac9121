"""Installing: refused with the reason, or whole at the end; interrupted at any moment, it goes on."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.models import install, runtime
from app.models.forms import InstalledModel, InstallModel
from app.models.install import Meter, install_model, require_space
from backends.fit import Machine
from backends.store import PART
from configs.errors import BadInput, NotFound, Refused, StudioError, Unavailable
from jobs.context import JobCancelled
from tests.app.models.fake_hub import COMMIT, FakeHub, serving
from tests.app.models.shelf import NON_COMMERCIAL, Shelf, card
from tests.backends.weights import safetensors


def weights(folder: Path, rows: int = 64) -> bytes:
    return safetensors(folder / "w.safetensors", {"a": (rows, 64), "b": (rows, 64)}).read_bytes()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[FakeHub]:
    files = {"model.safetensors": weights(tmp_path), "config.json": b"{}", "README.md": b"words", "pytorch_model.bin": b"\x80\x02."}
    with serving(FakeHub(files)) as running:
        yield running


@pytest.fixture
def shelf(hub: FakeHub, tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data", card(), hub_endpoint=hub.url)


def run(shelf: Shelf, model: str = "tiny", **request: Any) -> InstalledModel:
    asked = InstallModel(model=model, **{"libraries": False, **request})
    return install_model(asked, shelf.job)  # type: ignore[arg-type]


def refusal(shelf: Shelf, model: str = "tiny", **request: Any) -> StudioError:
    with pytest.raises(StudioError) as refused:
        run(shelf, model, **request)
    return refused.value


def test_a_model_is_installed_from_the_hub(shelf: Shelf, hub: FakeHub) -> None:
    made = run(shelf)
    assert (made.model, made.variant, made.revision, made.source) == ("tiny", "bf16", COMMIT, "someone/model")
    assert sorted(path.name for path in Path(made.folder).iterdir()) == ["config.json", "model.safetensors", "studio-model.json"]
    assert made.downloaded_bytes == made.size_bytes == len(hub.files["model.safetensors"]) + 2
    found = shelf.catalogue.store().find("tiny")
    assert str(found.folder) == made.folder
    fractions = [fraction for fraction, _ in shelf.job.said]
    assert fractions == sorted(fractions)
    assert any("Tiny: 0.00 of 0.00 GB" in message for _, message in shelf.job.said)
    assert shelf.told == ["tiny", "tiny"]
    assert not any(path.name == "pytorch_model.bin" for path in Path(made.folder).rglob("*")), "nobody asked for the pickle"


def test_a_second_time_nothing_is_downloaded(shelf: Shelf, hub: FakeHub) -> None:
    run(shelf)
    before = len(hub.seen)
    made = run(shelf, variant="nf4")
    assert (made.variant, made.downloaded_bytes) == ("nf4", 0), "the quantised form shares the files"
    assert len(hub.seen) == before
    assert run(shelf, again=True).downloaded_bytes > 0


def test_a_licence_that_is_not_commercial_must_be_accepted(shelf: Shelf, hub: FakeHub) -> None:
    shelf.write(card(licences=[{"component": "code", "name": "MIT", "commercial": True}, NON_COMMERCIAL]))
    error = refusal(shelf)
    assert isinstance(error, Refused)
    assert "the licence 'CC-BY-NC-4.0' of its weights" in error.message
    assert "https://example.org/nc" in error.remedy
    assert "--accept-licence" in error.remedy
    assert hub.seen == [], "nothing was asked for before"
    made = run(shelf, accept_licence=True)
    manifest = shelf.catalogue.store().manifest(shelf.catalogue.store().find("tiny"))
    assert manifest is not None
    assert manifest.licence_accepted
    assert [licence.commercial for licence in made.licences] == [True, False]


def test_what_has_an_obstacle_says_it(shelf: Shelf) -> None:
    shelf.write(card(obstacle="Its weights are pickles."))
    assert refusal(shelf).message == "Tiny is not installed by the studio. Its weights are pickles."


def test_an_unknown_model_or_form_is_named(shelf: Shelf) -> None:
    error = refusal(shelf, "tinny")
    assert isinstance(error, NotFound)
    assert "Did you mean tiny" in error.remedy
    error = refusal(shelf, variant="fp8")
    assert isinstance(error, BadInput)
    assert "There are: bf16, nf4" in error.remedy


def test_an_engine_the_studio_does_not_have_is_said_before_a_download(shelf: Shelf, hub: FakeHub) -> None:
    shelf.write(card(engine="juggler"))
    assert "needs the engine 'juggler'" in refusal(shelf, libraries=True).message
    assert hub.seen == []


def test_the_form_that_fits_is_taken(tmp_path: Path, hub: FakeHub) -> None:
    small = Shelf(tmp_path / "data", card(), machine=Machine("the GPU", 500, 500), hub_endpoint=hub.url)
    assert run(small).variant == "nf4"
    assert small.catalogue.store().find("tiny").folder.name == "bf16", "it lies under the name of the wider form"


@pytest.mark.parametrize("seed", range(6))
def test_an_installation_stopped_anywhere_goes_on_where_it_was(
    shelf: Shelf, hub: FakeHub, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "REPORT_EVERY_S", 0.0)
    monkeypatch.setattr("app.models.download.CHUNK", 2048)
    dice, stops = random.Random(seed), 0
    hub.files["second.safetensors"] = hub.files["model.safetensors"]

    def stop(fraction: float, message: str) -> None:
        if dice.random() < 0.12:
            raise JobCancelled("j-1")

    shelf.job.on_progress = stop
    while True:
        try:
            made = run(shelf)
            break
        except JobCancelled:
            stops += 1
            assert shelf.catalogue.store().installed() == [], "never half a model"
            shelf.job.on_progress = stop if stops < 12 else lambda *_: None
    assert stops
    assert Path(made.folder, "model.safetensors").read_bytes() == hub.files["model.safetensors"]
    assert not list(shelf.settings.models.rglob(f"*{PART}"))


def test_what_was_half_downloaded_is_shown_and_can_be_removed(shelf: Shelf, hub: FakeHub) -> None:
    hub.files = {"config.json": b"{}", "model.safetensors": hub.files["model.safetensors"]}
    hub.refuse["model.safetensors"] = [404]
    assert refusal(shelf).code == "no_file"
    assert shelf.catalogue.entry("tiny").partial_bytes == 2
    assert shelf.catalogue.entry("tiny").state == "absent"
    assert shelf.catalogue.store().remove("tiny") == 2


def test_what_another_revision_left_is_cleared_away(shelf: Shelf, hub: FakeHub) -> None:
    model = shelf.catalogue.card("tiny")
    part = shelf.catalogue.store().part(model, model.variant())
    part.mkdir(parents=True)
    (part / "old-shard.safetensors").write_bytes(b"old")
    (part / "model.safetensors.incomplete.json").write_text('{"etag": ""}')
    made = run(shelf)
    assert sorted(path.name for path in Path(made.folder).iterdir()) == ["config.json", "model.safetensors", "studio-model.json"]


def test_a_wrong_hash_in_the_card_goes_before_the_hubs(shelf: Shelf, hub: FakeHub) -> None:
    shelf.write(card(source={"repo": "someone/model", "sha256": {"model.safetensors": "0" * 64}}))
    assert refusal(shelf).code == "wrong_hash"
    assert shelf.catalogue.store().installed() == []


def test_a_damaged_or_dangerous_file_is_not_installed(shelf: Shelf, hub: FakeHub) -> None:
    hub.files["model.safetensors"] = b"\x80\x02}q\x00." + b"." * 300
    error = refusal(shelf)
    assert error.code == "pickle"
    assert "can run any program" in error.message
    hub.files["model.safetensors"] = b"nothing of the kind"
    assert "no whole safetensors file" in refusal(shelf).message
    assert shelf.catalogue.store().installed() == []


def test_a_repository_without_the_files_is_said(shelf: Shelf, hub: FakeHub) -> None:
    del hub.files["model.safetensors"]
    error = refusal(shelf)
    assert "has nothing like *.safetensors" in error.message


def test_a_gated_repository_says_where_to_agree(shelf: Shelf, hub: FakeHub) -> None:
    hub.gated = True
    error = refusal(shelf)
    assert isinstance(error, Refused)
    assert error.message == "The authors of someone/model ask who downloads it."
    assert f"{hub.url}/someone/model" in error.remedy


def test_too_little_space_is_said_with_the_figures(shelf: Shelf, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install.shutil, "disk_usage", lambda place: os.terminal_size((0, 0)) and type("Usage", (), {"free": 2**26 + 100})())
    error = refusal(shelf)
    assert isinstance(error, Unavailable)
    assert "Tiny needs 0.0 MiB and the disk of" in error.message
    assert "has 0.0 MiB to give" in error.message
    assert [entry[0] for entry in hub.seen] == ["listing"], "no file was asked for"


def test_space_is_what_is_needed_and_a_reserve(tmp_path: Path) -> None:
    require_space(tmp_path, 1, "It", 0)
    with pytest.raises(Unavailable, match=r"It needs 1048576\.0 GiB"):
        require_space(tmp_path, 2**50, "It", 0)


def test_of_two_jobs_that_install_a_model_the_second_waits_and_finds_it(shelf: Shelf, hub: FakeHub) -> None:
    waiting, done = threading.Event(), []

    def notice(fraction: float, message: str) -> None:
        if message == "waiting for another job that changes tiny":
            waiting.set()

    shelf.job.on_progress = notice
    second = threading.Thread(target=lambda: done.append(run(shelf)))
    with shelf.catalogue.changing("tiny"):
        assert shelf.catalogue.entry("tiny").state == "installing"
        second.start()
        assert waiting.wait(10)
        assert hub.seen == []
    second.join(20)
    assert done[0].downloaded_bytes > 0
    assert run(shelf).downloaded_bytes == 0


def test_a_job_that_waits_for_another_can_be_cancelled(shelf: Shelf) -> None:
    shelf.job.cancelled = True
    with shelf.catalogue.changing("tiny"), pytest.raises(JobCancelled):
        run(shelf)


def test_libraries_come_first_and_the_model_process_is_renewed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def require(needs: Any, wishes: runtime.Wishes, on_step: Any) -> runtime.Plan:
        asked.append((needs, wishes))
        on_step(0.5, "pip says something")
        return runtime.Plan("torch", None, "cpu", {"torch": "2.13.0+cpu"})

    monkeypatch.setattr(runtime, "missing", lambda modules: ["torch"])
    monkeypatch.setattr(runtime, "require", require)
    made = run(shelf, libraries=True, cuda_without_gpu=True)
    assert made.libraries == "torch 2.13.0+cpu (cpu build) from the sources pip is set up with"
    assert shelf.memory.restarts == 1
    assert asked[0][1].allow_cuda
    assert any(message == "pip says something" for _, message in shelf.job.said)
    monkeypatch.setattr(runtime, "missing", lambda modules: [])
    assert run(shelf, libraries=True).libraries is None
    assert shelf.memory.restarts == 1


def test_an_imported_model_has_no_place_to_be_downloaded_from(shelf: Shelf) -> None:
    shelf.write(card(source={"path": "/somewhere"}))
    assert refusal(shelf).code == "no_source"


def test_waiting_for_a_silent_hub_can_be_ended(shelf: Shelf) -> None:
    release = threading.Event()

    def look() -> None:
        raise JobCancelled("j-1")

    with pytest.raises(JobCancelled):
        install.patiently(release.wait, look)
    release.set()
    assert install.patiently(lambda: 7, look) == 7
    with pytest.raises(ZeroDivisionError):
        install.patiently(lambda: 1 // 0, look)


def test_the_meter_counts_over_all_files_and_tells_the_speed(shelf: Shelf) -> None:
    now = [0.0]
    meter = Meter(shelf.job, shelf.job.progress, "Tiny", 4_000_000_000, 0, lambda: now[0])  # type: ignore[arg-type]
    now[0] = 10.0
    meter.at(1_000_000_000)(1_000_000_000)
    meter.at(1_000_000_000)(1_000_000_001)  # too soon to be told
    assert shelf.job.said == [(0.5, "Tiny: 2.00 of 4.00 GB, 200.0 MB/s")]
    shelf.job.cancelled = True
    with pytest.raises(JobCancelled):
        meter.at(0)(1)
    with pytest.raises(JobCancelled):
        meter.pause(5)
