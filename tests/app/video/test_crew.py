"""Several processes that look at one film see what one sees, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.video.analysers import ANALYSERS
from app.video.crew import Crew, GoneError, OutOfStepError
from app.video.decode import Decoder
from app.video.looking import Look, Looker, looks_at
from app.video.probe import probe_video
from jobs.context import JobCancelled

GRAPH = "testsrc2=s=160x90:r=24:d=10,noise=alls=3:allf=t[out0]"


@pytest.fixture
def film(clips: Callable[..., Path]) -> Path:
    return clips("crew.mp4", "-pix_fmt", "yuv420p", "-g", "40", graph=GRAPH)


def serial(film: Path) -> list[Look]:
    return list(looks_at(Decoder(film, 1 / 24).pictures(), Looker(ANALYSERS, probe_video(film)), 0))


def crew_of(film: Path, processes: int = 2, check: Callable[[], None] = lambda: None) -> Crew:
    return Crew(film, probe_video(film), processes, check, least=60)


def looks_of(crew: Crew, wanted: Callable[[], list[int]] = list) -> Iterator[Look]:
    return crew.looks(None, 0, 32, wanted)


def plain(look: Look) -> tuple[Any, ...]:
    return (look.index, look.stamp, look.time_s, array("f", look.row).tobytes(), look.sample, look.quality, look.lean)


def gone(pid: int) -> bool:
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_they_see_what_one_process_sees(film: Path, processes: int) -> None:
    with crew_of(film, processes) as crew:
        found = [plain(look) for look in looks_of(crew)]
    assert found == [plain(look) for look in serial(film)]


def test_pictures_are_handed_over_as_long_as_they_are_wanted(film: Path) -> None:
    expected = {look.index: look.show() for look in serial(film) if look.show is not None}
    with crew_of(film) as crew:
        for look in looks_of(crew, lambda: [8]):
            if look.show is not None and look.index % 20 == 0:
                assert np.array_equal(look.show(), expected[look.index])
        assert np.array_equal(crew.picture(8), expected[8])
        with pytest.raises(GoneError):
            crew.picture(12)
        with pytest.raises(GoneError):
            crew.picture(9)


def test_leaving_ends_the_processes(film: Path) -> None:
    with crew_of(film) as crew:
        next(looks_of(crew))
        pids = crew.pids
    assert all(gone(pid) for pid in pids)
    with pytest.raises(GoneError):
        crew.picture(0)


def until_out_of_step(crew: Crew, words: str, then: Callable[[Look], None] = lambda look: None) -> list[tuple[Any, ...]]:
    """What was handed over before the crew fell out of step."""
    found: list[tuple[Any, ...]] = []

    def take() -> None:
        for look in looks_of(crew):
            found.append(plain(look))
            then(look)

    with pytest.raises(OutOfStepError, match=words):
        take()
    return found


def test_a_killed_process_is_told_and_what_came_before_is_right(film: Path) -> None:
    def kill(look: Look) -> None:
        if look.index == 10:
            for pid in crew.pids:
                os.kill(pid, signal.SIGKILL)

    with crew_of(film) as crew:
        found = until_out_of_step(crew, "ended", kill)
    assert 10 < len(found) < 240
    assert found == [plain(look) for look in serial(film)][: len(found)]


def test_cancelling_is_noticed_while_waiting(film: Path) -> None:
    def check() -> None:
        raise JobCancelled

    with crew_of(film, check=check) as crew:
        with pytest.raises(JobCancelled):
            next(looks_of(crew))
        pids = crew.pids
    assert all(gone(pid) for pid in pids)


def test_segments_that_do_not_fit_are_told(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan's numbers are wrong by one here, as in a file whose packets are not its frames."""
    from app.video import segments

    real = segments._key_frames
    monkeypatch.setattr(segments, "_key_frames", lambda path: ((i + 1, stamp, first) for i, stamp, first in real(path)))
    with crew_of(film) as crew:
        found = until_out_of_step(crew, "do not fit")
    assert found == [plain(look) for look in serial(film)][: len(found)]
    assert len(found) >= 60
