"""Curves as expressions: few points, and ffmpeg reads what was meant."""

from __future__ import annotations

import math
import random
import subprocess
from collections.abc import Sequence
from itertools import pairwise

import pytest

from app.editing.graph import Graph, Pad
from app.editing.operations.curves import Point, expression, short_spans, simplified
from app.video.ffmpeg import executable

SHAPES = {
    "nothing": [0.0] * 40,
    "one": [3.5],
    "two": [1.0, -2.0],
    "line": [0.5 * step - 7 for step in range(90)],
    "steps": [1.0] * 10 + [5.0] * 10 + [-3.0] * 3,
    "wave": [50 * math.sin(step / 20) for step in range(500)],
    "noise": [random.Random(3).uniform(-4, 4) * (step % 7) for step in range(300)],
    "spike at the end": [0.0] * 30 + [9.0],
}


def between(points: Sequence[Point], at: int) -> float:
    for (begin, value), (end, after) in pairwise(points):
        if begin <= at <= end:
            return value + (after - value) * (at - begin) / (end - begin)
    return points[-1][1]


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("tolerance", [0.001, 0.1, 2.0])
def test_the_lines_keep_within_the_tolerance_of_every_value(name: str, tolerance: float) -> None:
    values = SHAPES[name]
    points = simplified(values, tolerance)
    assert points[0] == (0, values[0])
    assert points[-1] == (len(values) - 1, values[-1])
    assert [at for at, _ in points] == sorted({at for at, _ in points})
    assert max(abs(between(points, at) - value) for at, value in enumerate(values)) <= tolerance + 1e-9


def test_few_points_are_left() -> None:
    assert len(simplified(SHAPES["line"], 0.001)) == 2
    assert len(simplified(SHAPES["steps"], 0.001)) <= 6
    assert len(simplified(SHAPES["wave"], 0.5)) < 110


def read_by_ffmpeg(text: str, frames: int) -> list[float]:
    """Values of an expression of N, as the brightness of pictures of 16 bits would be too coarse: as time stamps."""
    graph = Graph()
    pad = graph.filter("setpts", [Pad("0:v")], expr=f"1000000+round(1000*({text}))")
    command = [executable(), "-loglevel", "error", "-f", "lavfi", "-i", f"color=s=16x16:r=25:d={frames / 25}"]
    command += ["-filter_complex", graph.text(), "-map", f"[{pad.label}]", "-copyts", "-fps_mode", "passthrough", "-enc_time_base", "1/25"]
    done = subprocess.run([*command, "-f", "framecrc", "-"], capture_output=True, text=True, check=True, timeout=60)
    rows = [line.split(",") for line in done.stdout.splitlines() if not line.startswith("#")]
    return [(int(row[2]) - 1_000_000) / 1000 for row in rows]


@pytest.mark.parametrize("name", ["line", "steps", "noise", "one", "nothing"])
def test_ffmpeg_reads_the_same_values(name: str) -> None:
    values = [abs(value) + 0.01 * step for step, value in enumerate(SHAPES[name])]
    rising = [sum(values[: step + 1]) for step in range(len(values))]  # time stamps may not go back
    read = read_by_ffmpeg(expression(rising, "N", tolerance=0.01), len(values))
    assert read == pytest.approx(rising, abs=0.012)


def test_the_ends_are_held_and_the_beginning_can_be_elsewhere() -> None:
    read = read_by_ffmpeg(expression([1.0, 2.0, 3.0], "N", first=4), 10)
    assert read == pytest.approx([1, 1, 1, 1, 1, 2, 3, 3, 3, 3])


def test_what_never_changes_is_a_number() -> None:
    assert expression([2.5] * 100, "n") == "2.5"
    assert expression([0.0], "n") == "0"
    assert expression([-1.25, -1.25], "n") == "-1.25"


def test_spans_are_short_enough_and_cover_everything() -> None:
    noise, line = SHAPES["noise"], [0.1 * step for step in range(300)]
    spans = list(short_spans([noise, line], 0.01, most=20))
    assert [begin for begin, _ in spans] == [0, *(end for _, end in spans[:-1])]
    assert spans[-1][1] == 300
    assert len(spans) > 4
    assert all(end - begin < 40 or len(simplified(noise[begin:end], 0.01)) <= 20 for begin, end in spans)
    assert list(short_spans([line, line])) == [(0, 300)]
    assert list(short_spans([[1.0]])) == [(0, 1)]
