"""torch is brought in from the right place, or not at all with one sentence and the choice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.models import runtime
from app.models.builds import Gpu
from app.models.pip import Pip, PipFailed
from app.models.runtime import Plan, Runtime, Wishes, answers, missing, require, torch_requirement
from configs.errors import Refused, StudioError, Unavailable
from tests.app.models.fake_hub import FakeHub, serving
from tests.app.models.test_builds import REPORTS

INDEX = "https://index.example/whl"
RTX = Gpu("RTX 5080", "580.1", (12, 0))
Heard = Callable[[str], None]


class FakePip(Pip):
    """A pip that answers dry runs from recorded reports and notes what it was asked."""

    def __init__(self, reports: dict[str, str], versions: str = "", has_torch: str | None = None) -> None:
        super().__init__()
        self.reports, self._versions, self.has_torch = reports, versions, has_torch
        self.asked: list[list[str]] = []

    def run(self, arguments: Sequence[str], on_line: Heard) -> str:
        """Dry runs by the index (or exact build) asked for; everything else succeeds."""
        asked = list(arguments)
        self.asked.append(asked)
        on_line("pip says something")
        if "--dry-run" not in asked:
            return ""
        place = asked[asked.index("--index-url") + 1] if "--index-url" in asked else "plain"
        exact = next((part for part in asked if part.startswith("torch==")), None)
        name = self.reports.get("rest" if "-r" in asked else exact or place)
        if name is None:
            raise PipFailed("pip could not do it: nothing there.", "")
        content = '{"install": []}' if name == "nothing" else (REPORTS / f"{name}.json").read_text()
        Path(asked[asked.index("--report") + 1]).write_text(content)
        return ""

    def versions(self, package: str) -> str:
        """As recorded."""
        return self._versions

    def installed(self, package: str) -> str | None:
        """As recorded."""
        return self.has_torch

    @property
    def installs(self) -> list[list[str]]:
        return [asked for asked in self.asked if asked[0] == "install" and "--dry-run" not in asked]


def make(pip: FakePip, *gpus: Gpu, reaches: bool = True, mark: Path = Path("/nowhere/at/all")) -> Runtime:
    return Runtime(pip, lambda: gpus, lambda url: reaches, mark)


def quiet(fraction: float, message: str) -> None:
    """Hears nothing."""


def test_the_cpu_build_comes_from_pytorchs_own_index() -> None:
    plan = make(FakePip({f"{INDEX}/cpu": "cpu"})).plan(Wishes(INDEX), quiet)
    assert (plan.build, plan.index) == ("cpu", f"{INDEX}/cpu")
    assert plan.arguments == [torch_requirement(), "--index-url", f"{INDEX}/cpu"]
    assert plan.describe() == f"torch 2.13.0+cpu (cpu build) from {INDEX}/cpu"


def test_a_cuda_build_follows_the_card() -> None:
    pip = FakePip({f"{INDEX}/cu130": "cuda"})
    assert make(pip, RTX).plan(Wishes(INDEX), quiet).build == "cu130"
    pip = FakePip({f"{INDEX}/cu128": "cuda"})  # the newest is not there for this Python yet
    assert make(pip, RTX).plan(Wishes(INDEX), quiet).build == "cu128"


def test_where_the_index_does_not_answer_a_cpu_build_elsewhere_is_taken() -> None:
    pip = FakePip({"torch==2.13.0+cpu": "cpu", "plain": "cuda"}, "Available versions: 2.15.0, 2.13.0+cpu")
    plan = make(pip, reaches=False).plan(Wishes(INDEX), quiet)
    assert (plan.requirement, plan.index) == ("torch==2.13.0+cpu", None)
    assert not any("--index-url" in asked for asked in pip.asked)


def test_plain_pip_with_cudas_libraries_stops_where_there_is_no_gpu() -> None:
    with pytest.raises(Refused, match="15 NVIDIA packages, and this machine has no NVIDIA GPU") as refused:
        make(FakePip({"plain": "cuda"}), reaches=False).plan(Wishes(INDEX), quiet)
    assert "cuda_without_gpu: true" in refused.value.remedy
    plan = make(FakePip({"plain": "cuda"}), reaches=False).plan(Wishes(INDEX, allow_cuda=True), quiet)
    assert plan.build == "default"
    assert make(FakePip({"plain": "cuda"}), RTX, reaches=False).plan(Wishes(INDEX), quiet).build == "default"


def test_plain_pip_without_them_is_fine() -> None:
    assert make(FakePip({"plain": "cpu"}), reaches=False).plan(Wishes(INDEX), quiet).build == "default"


def test_a_build_asked_for_by_name_is_not_replaced_by_another() -> None:
    with pytest.raises(Unavailable, match=r"The build 'cu126' of torch cannot be had: .*does not answer"):
        make(FakePip({"plain": "cuda"}), RTX, reaches=False).plan(Wishes(INDEX, "cu126"), quiet)
    with pytest.raises(Unavailable, match="nothing there"):
        make(FakePip({}), RTX).plan(Wishes(INDEX, "cu126"), quiet)


def test_a_cuda_build_asked_for_by_name_is_wanted_without_a_gpu() -> None:
    assert make(FakePip({f"{INDEX}/cu128": "cuda"})).plan(Wishes(INDEX, "cu128"), quiet).build == "cu128"


def test_torch_first_then_the_rest_held_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "missing", lambda modules, mark: list(modules))
    pip = FakePip({f"{INDEX}/cpu": "cpu", "rest": "cpu"}, has_torch="2.13.0+cpu")
    said: list[str] = []
    plan = make(pip, mark=tmp_path / "mark").install(Wishes(INDEX), lambda fraction, message: said.append(message))
    assert plan is not None
    first, rest = pip.installs
    assert first[-3:] == plan.arguments
    assert "-r" in rest
    assert "--constraint" in rest
    assert "pip says something" in said
    assert not (tmp_path / "mark").exists()


def test_what_asks_for_torchvision_comes_without_what_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lacking(FakePip):
        def installed(self, package: str) -> str | None:
            return None if package == "spandrel" else "2.13.0+cpu"

    monkeypatch.setattr(runtime, "missing", lambda modules, mark: [])
    pip = Lacking({"rest": "nothing"})
    make(pip).install(Wishes(INDEX), quiet)
    assert [asked[-3:] for asked in pip.installs] == [["--no-deps", "-r", str(runtime.BARE)]]
    assert runtime.bare_name() == "spandrel"
    assert "einops" in runtime.REQUIREMENTS.read_text(encoding="utf-8"), "what it truly needs"


def test_a_rest_that_would_bring_cuda_stops_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "missing", lambda modules, mark: [])
    with pytest.raises(Refused, match="NVIDIA packages"):
        make(FakePip({"rest": "cuda"}, has_torch="2.13.0+cpu")).install(Wishes(INDEX), quiet)


def test_with_torch_here_only_the_rest_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "missing", lambda modules, mark: [])
    pip = FakePip({"rest": "nothing"}, has_torch="2.13.0+cpu")
    assert make(pip).install(Wishes(INDEX), quiet) is None
    assert pip.installs == [], "nothing lacked"


def test_a_listener_that_gives_up_stops_it() -> None:
    def stop(fraction: float, message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(FakePip({f"{INDEX}/cpu": "cpu"})).install(Wishes(INDEX), stop)
    assert runtime._ONE_AT_A_TIME.acquire(blocking=False), "the lock was given back"
    runtime._ONE_AT_A_TIME.release()


def test_after_an_installation_was_cut_short_everything_counts_as_missing(tmp_path: Path) -> None:
    class Cut(FakePip):
        def run(self, arguments: Sequence[str], on_line: Heard) -> str:
            if "--dry-run" not in arguments and not done:
                raise KeyboardInterrupt
            return super().run(arguments, on_line)

        def site_packages(self) -> Path:
            return tmp_path

    done: list[bool] = []
    mark = tmp_path / "mark"
    reports = {f"{INDEX}/cpu": "cpu", "rest": "cpu"}
    (tmp_path / "half-1.0.dist-info").mkdir()
    (tmp_path / "whole-1.0.dist-info").mkdir()
    (tmp_path / "whole-1.0.dist-info" / "RECORD").touch()
    with pytest.raises(KeyboardInterrupt):
        make(Cut(reports), mark=mark).install(Wishes(INDEX, "cpu"), quiet)
    assert missing(("json",), mark) == ["json"]
    done.append(True)
    assert make(Cut(reports), mark=mark).install(Wishes(INDEX, "cpu"), quiet) is not None
    assert missing(("json",), mark) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["whole-1.0.dist-info"]


def test_nothing_is_installed_when_nothing_is_missing() -> None:
    assert missing(("json", "no_such_module_here")) == ["no_such_module_here"]
    assert require(("json",), Wishes(INDEX), quiet, make(FakePip({}))) is None


def test_what_still_cannot_be_imported_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Idle(Runtime):
        def install(self, *_: Any, **__: Any) -> Plan | None:
            return None

    with pytest.raises(StudioError, match="no_such_module_here cannot be imported although"):
        require(("no_such_module_here",), Wishes(INDEX), quiet, Idle(FakePip({})))


def test_a_report_that_is_no_table_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd(FakePip):
        def run(self, arguments: Sequence[str], on_line: Heard) -> str:
            Path(arguments[list(arguments).index("--report") + 1]).write_text("[]")
            return ""

    with pytest.raises(Unavailable, match="no table"):
        make(Odd({})).plan(Wishes(INDEX), quiet)


def test_whether_an_address_answers(tmp_path: Path) -> None:
    with serving(FakeHub({"torch/": b"<html>"}, redirect=False)) as hub:
        assert answers(f"{hub.url}/cdn/torch/")
        assert not answers(f"{hub.url}/cdn/other/")
        url = hub.url
    assert not answers(url)
    assert not answers("http://[::1")
    assert answers(tmp_path.as_uri())


def test_the_requirements_ask_for_torch_and_never_for_its_siblings() -> None:
    assert torch_requirement().startswith("torch>=")
    names = [line.split(">")[0].split("=")[0] for line in runtime.REQUIREMENTS.read_text().splitlines() if line and line[0] != "#"]
    assert not {"torchvision", "torchaudio", "vllm"} & set(names)
    assert json.loads((REPORTS / "cpu.json").read_text())["version"] == "1"
