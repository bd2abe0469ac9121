"""How far a set-up is, told from pip's own lines."""

from __future__ import annotations

import io

import pytest

from configs.setup_progress import TYPICAL_S, Count, Progress, Terminal, bar, eta_s, step_fraction, total_fraction

STEPS = ("make", "install core")


@pytest.mark.parametrize(
    ("count", "fraction"),
    [
        (Count(), 0.0),
        (Count(35), 0.25),
        (Count(70), 0.5),
        (Count(700), 0.5),
        (Count(70, 80, 40), 0.75),
        (Count(70, 80, 80), 1.0),
        (Count(1, 2, 9), 1.0),
    ],
)
def test_step_fraction(count: Count, fraction: float) -> None:
    assert step_fraction("install core", count) == pytest.approx(fraction)


def test_a_step_without_lines_has_no_fraction_of_its_own() -> None:
    assert step_fraction("make", Count(40)) == 0.0


def test_total_fraction_weighs_steps_by_their_duration() -> None:
    share = TYPICAL_S["make"] / (TYPICAL_S["make"] + TYPICAL_S["install core"])
    assert total_fraction(STEPS, "make", 0.0) == 0.0
    assert total_fraction(STEPS, "install core", 0.0) == pytest.approx(share)
    assert total_fraction(STEPS, "install core", 1.0) == pytest.approx(1.0)
    assert total_fraction(STEPS, "wait", 0.5) == 0.0
    assert total_fraction((), "make", 0.5) == 0.0


def test_eta_starts_typical_and_ends_measured() -> None:
    typical = sum(TYPICAL_S[s] for s in STEPS)
    assert eta_s(STEPS, 0.0, 0.0) == pytest.approx(typical)
    assert eta_s(STEPS, 1.0, 500.0) == 0.0
    assert eta_s(STEPS, 0.9, 900.0) == pytest.approx(100.0, rel=0.15), "a slow network is believed once measured"


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_snapshots_of_a_whole_setup() -> None:
    clock, installed = Clock(), [3]
    progress = Progress(lambda: installed[0], clock)
    assert progress.snapshot()["title"] == "Looking at what is here"
    progress.plan(STEPS)
    progress.stage("make")
    assert progress.snapshot()["title"] == "Making the environment"
    progress.stage("install core")
    before = progress.snapshot()["fraction"]
    for _ in range(70):
        progress.line("Collecting numpy<3,>=2.0 (from -r requirements.txt (line 20))")
    middle = progress.snapshot()["fraction"]
    progress.line("Installing collected packages: pytz, numpy, gradio, fastapi")
    installed[0] += 2
    clock.now = 20.0
    later = progress.snapshot()
    assert 0.0 < before < middle < later["fraction"] < 1.0
    assert later["elapsed_s"] == 20.0
    assert later["eta_s"] > 0
    progress.hand_over()
    done = progress.snapshot()
    assert (done["state"], done["fraction"], done["eta_s"], done["title"]) == ("starting", 1.0, 0, "Starting the studio")


def test_the_bar_never_goes_back() -> None:
    progress = Progress()
    progress.plan(("install core",))
    progress.stage("install core")
    for _ in range(40):
        progress.line("Collecting x")
    far = progress.snapshot()["fraction"]
    progress.stage("mend cv2")
    assert progress.snapshot()["fraction"] >= far


def test_a_private_index_never_reaches_the_page() -> None:
    progress = Progress()
    progress.line("Looking in indexes: https://user:secret@index.example/simple")
    progress.line("   ")
    progress.line("Collecting numpy")
    assert progress.snapshot()["log"] == ["Collecting numpy"]


def test_a_failure_is_told() -> None:
    progress = Progress()
    progress.fail("The set-up stopped: no network.")
    snapshot = progress.snapshot()
    assert (snapshot["state"], snapshot["error"]) == ("failed", "The set-up stopped: no network.")


def test_bar() -> None:
    snapshot = {"state": "working", "fraction": 0.5, "title": "Installing", "eta_s": 12}
    assert bar(snapshot, 4) == "[##..]  50 %  Installing  about 12 s left"
    assert bar({**snapshot, "state": "starting", "fraction": 1.0}, 4) == "[####] 100 %  Installing"


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_redraws_one_line_and_a_log_gets_one_line_per_step() -> None:
    progress = Progress()
    progress.plan(STEPS)
    screen, log = Screen(), io.StringIO()
    on_screen, in_log = Terminal(progress, screen), Terminal(progress, log)
    for step in STEPS:
        progress.stage(step)
        for terminal in (on_screen, on_screen, in_log, in_log):
            terminal.draw()
    assert screen.getvalue().count("\r\x1b[K[") == 4
    assert "\n" not in screen.getvalue()
    assert log.getvalue() == "Making the environment ...\nInstalling the studio's libraries ...\n"


def test_a_terminal_draws_the_end_when_it_is_left() -> None:
    progress, log = Progress(), io.StringIO()
    with Terminal(progress, log, every_s=60):
        progress.hand_over()
    assert log.getvalue() == "Starting the studio ...\n"
