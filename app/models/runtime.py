"""Brings torch and the libraries of models into the studio's environment, with the first model that needs them.

The build follows card and driver. PyTorch's own index is asked first; where it cannot be reached, a CPU build that pip can see
elsewhere; else plain pip, whose dry run must not list CUDA's libraries on a machine without an NVIDIA GPU.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.models import builds, gpus
from app.models.pip import Pip, PipFailed
from configs.errors import StudioError, Unavailable

ROOT = Path(__file__).parent.parent.parent
REQUIREMENTS = ROOT / "requirements-models.txt"
BARE = ROOT / "requirements-bare.txt"  # installed without what they ask for, see there
INDEX_TIMEOUT_S = 6.0
NEEDED_BYTES = 4_000_000_000  # a CPU build and the other libraries take 2.5 GB, and pip unpacks beside them
OnStep = Callable[[float, str], None]
_ONE_AT_A_TIME = threading.Lock()
# There while pip is at work, and after it was killed: what it left may be half there although it can be found.
MARK = Path(sys.prefix) / "studio-models.installing"


@dataclass(frozen=True)
class Plan:
    """What will be installed first: torch itself, from where.

    Attributes:
        requirement: for pip, "torch>=2.8,<3" or an exact build.
        index: the index to take it from; None: pip's own sources.
        build: cpu, cu128 ..., default.
        packages: what pip would install, name -> version.
    """

    requirement: str
    index: str | None
    build: str
    packages: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> list[str]:
        """For ``pip install``."""
        return [self.requirement, *(["--index-url", self.index] if self.index else [])]

    def describe(self) -> str:
        """One line for the log."""
        return f"torch {self.packages.get('torch', '')} ({self.build} build) from {self.index or 'the sources pip is set up with'}"


@dataclass(frozen=True)
class Wishes:
    """The settings that decide."""

    index: str
    build: str = "auto"
    allow_cuda: bool = False


def missing(modules: Sequence[str], mark: Path = MARK) -> list[str]:
    """Modules that cannot be imported here yet; all of them while, or after, an installation was cut short."""
    if mark.exists():
        return list(modules)
    importlib.invalidate_caches()
    return [name for name in modules if importlib.util.find_spec(name) is None]


def torch_requirement(file: Path = REQUIREMENTS) -> str:
    """The line that asks for torch."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if re.match(r"torch\b", line))


def bare_name(file: Path = BARE) -> str:
    """The package that is installed without what it asks for."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(found.group() for line in lines if (found := re.match(r"[a-z][\w\-]*", line)))


class Runtime:
    """Installs what engines need.

    Args:
        pip: runs pip of the environment.
        find_gpus: the NVIDIA cards of this machine.
        reaches: whether an address answers.
        mark: the file that says that an installation has begun and not ended.
    """

    def __init__(
        self,
        pip: Pip | None = None,
        find_gpus: Callable[[], Sequence[builds.Gpu]] = gpus.find,
        reaches: Callable[[str], bool] | None = None,
        mark: Path = MARK,
    ) -> None:
        self._pip, self._find_gpus, self._reaches, self._mark = pip or Pip(), find_gpus, reaches or answers, mark

    def install(self, wishes: Wishes, on_step: OnStep, requirements: Path = REQUIREMENTS) -> Plan | None:
        """Installs torch and then everything else of a requirements file; None when torch was there already.

        Raises:
            Refused: CUDA's libraries on a machine without an NVIDIA GPU; the sentence names the choice.
            Unavailable: pip failed, with its own reason.
            Whatever ``on_step`` raises; pip is ended then, and what it finished stays.
        """
        with _one_at_a_time(on_step):
            plan = None
            if self._mark.exists():
                forget_half_installed(self._pip.site_packages())
            if missing(("torch",), self._mark):
                plan = self.plan(wishes, on_step)
                on_step(0.3, f"installing {plan.describe()}")
                self._install(plan.arguments, lambda line: on_step(0.4, line))
            on_step(0.6, "installing the libraries of models")
            self._install_rest(wishes, requirements, on_step)
            self._mark.unlink(missing_ok=True)
        return plan

    def _install(self, arguments: Sequence[str], on_line: Callable[[str], None]) -> None:
        with contextlib.suppress(OSError):  # where the environment cannot be written, pip says so in its own words
            self._mark.touch()
        self._pip.run(["install", "--prefer-binary", *arguments], on_line)

    def plan(self, wishes: Wishes, on_step: OnStep) -> Plan:
        """Decides, by pip's dry run."""
        cards = tuple(self._find_gpus())
        requirement = torch_requirement()
        said: list[str] = []
        for build in builds.candidates(cards, sys.platform, wishes.build):
            index = None if build == "default" else f"{wishes.index}/{build}"
            if index is not None and not self._reaches(f"{index}/torch/"):
                said.append(f"{index} does not answer")
                continue
            try:
                return self._tried(Plan(requirement, index, build), bool(cards), wishes, on_step)
            except PipFailed as error:
                said.append(f"{build}: {error.message}")
        if not cards and wishes.build in ("auto", "cpu"):
            version = builds.cpu_version(self._pip.versions("torch"), _specifier(requirement))
            if version is not None:
                return self._tried(Plan(f"torch=={version}", None, "cpu"), False, wishes, on_step)
        if wishes.build not in ("auto", "cpu", "default"):
            raise Unavailable(
                f"The build {wishes.build!r} of torch cannot be had: {'; '.join(said)}.", "Set `torch_build: auto`.", "no_build"
            )
        return self._tried(Plan(requirement, None, "default"), bool(cards), wishes, on_step)

    def _tried(self, plan: Plan, has_gpu: bool, wishes: Wishes, on_step: OnStep) -> Plan:
        on_step(0.05, f"asking what {plan.build} build of torch there is")
        packages = builds.report_packages(self._dry_run(plan.arguments, on_step))
        builds.judge(packages, has_gpu or plan.build.startswith("cu"), wishes.allow_cuda)
        return Plan(plan.requirement, plan.index, plan.build, packages)

    def _install_rest(self, wishes: Wishes, requirements: Path, on_step: OnStep) -> None:
        """Everything else, with torch held at the build that is there."""
        with tempfile.TemporaryDirectory(prefix="studio-pip-") as folder:
            held = Path(folder) / "constraints.txt"
            version = self._pip.installed("torch")
            held.write_text(f"torch=={version}\n" if version else "", encoding="utf-8")
            wanted = ["--constraint", str(held), "-r", str(requirements)]
            packages = builds.report_packages(self._dry_run(wanted, on_step))
            builds.judge(packages, bool(self._find_gpus()), wishes.allow_cuda)
            if packages:
                self._install(wanted, lambda line: on_step(0.8, line))
            if self._pip.installed(bare_name()) is None:
                self._install(["--no-deps", "-r", str(BARE)], lambda line: on_step(0.95, line))

    def _dry_run(self, arguments: Sequence[str], on_step: OnStep) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="studio-pip-") as folder:
            report = Path(folder) / "report.json"
            asked = ["install", "--dry-run", "--prefer-binary", "--report", str(report), *arguments]
            self._pip.run(asked, lambda line: on_step(0.1, line.strip() or "asking pip what it would install"))
            data: Any = json.loads(report.read_text(encoding="utf-8"))
        if not isinstance(data, dict):
            raise Unavailable("pip's report is no table.", "Update pip in .venv and try again.", "pip_report")
        return data


def forget_half_installed(site_packages: Path) -> None:
    """pip writes RECORD last, but takes a package without one for installed: after an interruption it would stay half for ever."""
    for folder in site_packages.glob("*.dist-info"):
        if not (folder / "RECORD").exists():
            shutil.rmtree(folder, ignore_errors=True)


def require(modules: Sequence[str], wishes: Wishes, on_step: OnStep, runtime: Runtime | None = None) -> Plan | None:
    """Installs the libraries of models if any of these modules is missing; None when nothing was to be done."""
    if not missing(modules):
        return None
    plan = (runtime or Runtime()).install(wishes, on_step)
    still = missing(modules)
    if still:
        raise StudioError(f"{', '.join(still)} cannot be imported although pip installed everything.", "See `doctor`.", "incomplete")
    return plan


def answers(url: str) -> bool:
    """Whether an address can be reached and has something; a few seconds at most."""
    if url.startswith("file://"):
        return Path(url.removeprefix("file://")).exists()
    import httpx

    try:
        return httpx.get(url, timeout=INDEX_TIMEOUT_S, follow_redirects=True).status_code < 400
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


def _specifier(requirement: str) -> Any:
    from packaging.requirements import Requirement

    return Requirement(requirement).specifier


@contextlib.contextmanager
def _one_at_a_time(on_step: OnStep) -> Iterator[None]:
    """Two jobs must not run pip on one environment at once; the second waits and can be stopped meanwhile."""
    while not _ONE_AT_A_TIME.acquire(timeout=0.2):
        on_step(0.0, "waiting for another installation")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()
