"""Every frame of a film is the planned one; sound keeps with it; pieces are used again; nothing half-made stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from app.editing.facts import SourceFacts
from app.editing.render.renderer import PREVIEW_PX, smaller
from app.video import ffmpeg
from configs.errors import StudioError
from tests.app.editing.barcode import RATE_HZ, clicks_in, read_numbers, read_sound
from tests.app.editing.render.conftest import Studio, planned, segment, timeline_of

Numbered = Callable[..., SourceFacts]
ROOT = Path(__file__).resolve().parents[4]


def speed(factor: float) -> dict[str, object]:
    return {"op": "speed", "factor": factor}


@pytest.mark.parametrize(
    "segments",
    [
        (segment(1, 2), segment(0, 0.5), segment(2.5, 4)),
        (segment(0.5, 3.5, speed(0.3)), segment(0, 0.5)),
        (segment(0.5, 3.5, speed(1.7)), segment(0, 1, speed(0.7))),
        (segment(0, 4, speed(7)), segment(3, 4, speed(2))),
        (segment(0.5, 3.5, {"op": "reverse"}), segment(0, 0.5)),
        (segment(0.5, 3.5, {"op": "ramp", "from_factor": 0.4, "to_factor": 4}),),
        (segment(0.5, 3.5, {"op": "ramp", "from_factor": 5, "to_factor": 0.5}, {"op": "reverse"}),),
        (segment(1, 2, {"op": "freeze", "at_s": 0.5, "duration_s": 0.7}), segment(0, 1)),
        (segment(1, 1.05), segment(3.9, 4)),
    ],
    ids=["cuts", "slow", "odd", "fast", "reverse", "ramp", "ramp_back", "freeze", "short"],
)
def test_every_frame_is_the_planned_one(numbered: Numbered, studio: Studio, segments: tuple[dict[str, object], ...]) -> None:
    timeline = timeline_of(numbered(), *segments)
    made = studio.render(timeline)
    assert read_numbers(made.path) == planned(timeline)
    assert made.frames == timeline.frames


@pytest.mark.parametrize("rate", ["24000/1001", "25", "30000/1001", "60"])
@pytest.mark.parametrize("fps", [23.976, 30, None])
def test_rates_mix_to_the_frame(numbered: Numbered, studio: Studio, rate: str, fps: float | None) -> None:
    sources = {"a": numbered(frames=60, rate=Fraction(25)), "b": numbered(frames=60, rate=Fraction(rate))}
    timeline = timeline_of(sources, segment(0.2, 1.2), segment(0.3, 0.95, source="b"), segment(0, 0.5, speed(1.3), source="b"), fps=fps)
    assert read_numbers(studio.render(timeline).path) == planned(timeline)


def test_clicks_come_with_their_frames(numbered: Numbered, studio: Studio) -> None:
    source = numbered("click.mp4", frames=240, rate=Fraction(30), clicks=[15, 100, 200])
    ramp = {"op": "ramp", "from_factor": 0.5, "to_factor": 3}
    timeline = timeline_of(source, segment(2, 5, ramp), segment(0, 1, speed(0.5)), segment(5.5, 7.5))
    made = studio.render(timeline)
    numbers = read_numbers(made.path)
    assert numbers == planned(timeline)
    sound = read_sound(made.path)
    assert abs(len(sound) - timeline.frames * RATE_HZ / timeline.rate) < 1200  # the codec fills its last block
    wanted = [numbers.index(frame) / 30 for frame in (100, 15, 200)]
    heard = [place / RATE_HZ for place in clicks_in(sound)]
    assert heard == pytest.approx(wanted, abs=1 / 30)


def test_a_second_render_makes_only_what_changed(numbered: Numbered, studio: Studio) -> None:
    rows = [segment(number / 4, number / 4 + 0.5) for number in range(6)]
    first = studio.render(timeline_of(numbered(), *rows, quality="draft"))
    again = studio.render(timeline_of(numbered(), *rows, quality="draft"))
    rows[2] = segment(3, 3.5)
    changed = timeline_of(numbered(), *rows, quality="draft")
    third = studio.render(changed)
    assert [(made.pieces, made.reused) for made in (first, again, third)] == [(6, 0), (6, 6), (6, 5)]
    assert read_numbers(third.path) == planned(changed)
    assert first.path.read_bytes() == again.path.read_bytes()


def test_what_was_rendered_before_a_stop_is_not_rendered_again(numbered: Numbered, studio: Studio) -> None:
    timeline = timeline_of(numbered("long.mp4", frames=720), segment(0, 29), quality="draft", fps=60)

    def stop(fraction: float, message: str) -> None:
        if len(studio.pieces()) >= 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        studio.render(timeline, stop)
    kept = len([path for path in studio.pieces() if path.suffix == ".mkv"])
    assert kept >= 1
    assert not list(studio.folder.glob("film-1*"))
    assert not list((studio.folder / "work-1").glob("pieces-*"))
    made = studio.render(timeline)
    assert made.reused >= kept
    assert read_numbers(made.path) == planned(timeline)


def test_a_killed_render_goes_on_where_it_was(numbered: Numbered, studio: Studio) -> None:
    source = numbered("long.mp4", frames=720)
    timeline = timeline_of(source, segment(0, 29), quality="best", fps=60)
    code = f"""
        import os, signal, sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from tests.app.editing.barcode import facts
        from tests.app.editing.render.conftest import Studio, segment, timeline_of
        studio = Studio(Path({str(studio.folder)!r}))
        def die(fraction, message):
            if studio.pieces():
                os.kill(os.getpid(), signal.SIGKILL)
        source = facts(Path({str(source.path)!r}))
        studio.render(timeline_of(source, segment(0, 29), quality="best", fps=60), die)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    studio.films = 10
    made = studio.render(timeline)
    assert 1 <= made.reused < made.pieces
    assert read_numbers(made.path) == planned(timeline)


def test_a_full_disk_leaves_nothing_and_says_so(numbered: Numbered, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ffmpeg.watch

    def onto_a_full_disk(arguments: list[str], **options: object) -> None:
        run([*arguments[:-1], "-f", "rawvideo", "/dev/full"] if os.path.exists("/dev/full") else arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ffmpeg, "watch", onto_a_full_disk)
    with pytest.raises(StudioError) as caught:
        studio.render(timeline_of(numbered(), segment(0, 1), quality="draft"))
    assert caught.value.code == "disk_full"
    assert caught.value.message.count(".") == 1
    assert not [path for path in studio.folder.rglob("*") if path.is_file() and path.suffix == ".mp4"]


def test_a_preview_is_small_and_shows_the_same_frames(numbered: Numbered, studio: Studio) -> None:
    source = numbered("large.mp4", frames=30, size=(960, 540))
    timeline = timeline_of(source, segment(0, 1, speed(1.5)), segment(0.5, 1))
    made = studio.render(timeline, preview=True)
    assert (made.width, made.height) == (640, PREVIEW_PX)
    assert read_numbers(made.path) == planned(timeline)


def test_a_small_canvas_stays_as_it_is(numbered: Numbered) -> None:
    timeline = timeline_of(numbered(), segment(0, 1))
    assert (smaller(timeline).width, smaller(timeline).height) == (160, 90)


def test_three_hundred_segments(numbered: Numbered, studio: Studio) -> None:
    rows = [segment(number % 90 / 24, number % 90 / 24 + 0.1) for number in range(300)]
    timeline = timeline_of(numbered(), *rows, quality="draft")
    assert read_numbers(studio.render(timeline).path) == planned(timeline)


def test_progress_rises_to_its_end(numbered: Numbered, studio: Studio) -> None:
    seen: list[float] = []
    studio.render(timeline_of(numbered("click2.mp4", clicks=[5]), segment(0, 4), fps=30), lambda fraction, message: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[-1] > 0.95
