"""One film, drawn and judged once for all tests of the judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.editing.check import compile_plan
from app.editing.judge.evidence import Asked, Evidence, gather
from app.editing.judge.expected import Expected, expected
from app.editing.judge.trace import Trace
from tests.app.editing.judge.bench_film import Seen, see, trace_of
from tests.app.editing.judge.damages import Damaged, Film, damage, drawn_film


@pytest.fixture(scope="session")
def films_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="session")
def film(films_folder: Path) -> Film:
    return drawn_film(0, films_folder)


@pytest.fixture(scope="session")
def original_path(film: Film, films_folder: Path) -> Path:
    return film.write(films_folder / "original.mp4")


@pytest.fixture(scope="session")
def original(original_path: Path, films_folder: Path) -> Seen:
    return see(original_path, films_folder / "seen")


@pytest.fixture(scope="session")
def source(film: Film) -> Trace:
    return trace_of(film.source)


@pytest.fixture(scope="session")
def plan(film: Film) -> Expected:
    return expected(compile_plan(film.plan, film.facts))


@pytest.fixture(scope="session")
def evidence(original: Seen, source: Trace, plan: Expected) -> Evidence:
    """The original with everything known."""
    return gather(original.analysis, original.trace, Asked(), [source], plan)


@pytest.fixture(scope="session")
def alone(original: Seen) -> Evidence:
    """The original with nothing known."""
    return gather(original.analysis, original.trace, Asked())


@pytest.fixture(scope="session")
def hurt(film: Film, original_path: Path, films_folder: Path) -> Callable[[str], tuple[Damaged, Seen]]:
    """``hurt(kind)``: a damaged version, made once."""
    made: dict[str, tuple[Damaged, Seen]] = {}

    def make(kind: str) -> tuple[Damaged, Seen]:
        if kind not in made:
            found = damage(kind, film, original_path, films_folder, 5)
            made[kind] = (found, see(found.path, films_folder / "seen"))
        return made[kind]

    return make


@pytest.fixture(scope="session")
def judged_with(source: Trace) -> Callable[..., Evidence]:
    """``judged_with(damaged, seen, **asked)``: the evidence of a damaged version, with its own plan."""

    def make(found: Damaged, seen: Seen, **asked: Any) -> Evidence:
        wanted = expected(compile_plan(found.film.plan, found.film.facts))
        return gather(seen.analysis, seen.trace, Asked(**asked), [source], wanted)

    return make
