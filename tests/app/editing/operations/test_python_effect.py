"""Effects worked out in Python: the frames stay the planned ones, what the effect leaves alone keeps its colours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from app.editing.facts import SourceFacts
from app.editing.graph import Graph
from app.editing.operations.base import Place
from app.editing.operations.python_effect import LONGEST_S, PythonEffect
from app.editing.operations.shape import PathPoint
from app.editing.render.bench import WorkBench, WorkTools, opened
from app.video.ffmpeg import run

RATE, WIDTH, HEIGHT, FRAMES = Fraction(24), 160, 90, 12
Pictures = np.ndarray


def clip(folder: Path) -> SourceFacts:
    """A grey picture, one step lighter in every frame, with a bar that moves four pixels a frame."""
    made = np.zeros((FRAMES, HEIGHT, WIDTH, 3), np.uint8)
    for number in range(FRAMES):
        made[number] = 40 + 10 * number
        made[number, :, 40 + 4 * number : 44 + 4 * number] = (220, 60, 60)
    path = folder / "clip.mkv"
    form = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", "24", "-i", "pipe:0"]
    colour = ["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p", "-colorspace", "bt709", "-color_range", "tv"]
    run([*form, *colour, "-c:v", "ffv1"], path, frames=(picture.tobytes() for picture in made))
    return SourceFacts(
        id="clip", artifact_id="a", kind="video", path=path, name="clip.mkv", content_hash=str(path), duration_s=FRAMES / 24, rate=RATE,
        frame_count=FRAMES, width=WIDTH, height=HEIGHT, colour=("bt709", "bt709", "bt709", "limited"),
    )  # fmt: skip


def through(effect: PythonEffect | None, source: SourceFacts, folder: Path, first: int = 2, end: int = 10) -> Pictures:
    """Frames ``first`` to ``end`` as the renderer would get them, RGB."""
    place = Place("$", "segment", end - first, 0, RATE, WIDTH, HEIGHT, {"clip": source}, source, first, end)
    graph = Graph()
    pad = graph.filter("setpts", [opened(graph, source, first)], expr=f"PTS-{first}")
    if effect is not None:
        prepared = effect.prepare(WorkTools(folder, place, False), {})
        pad = effect.picture(pad, WorkBench(graph, place, prepared, False, folder, 0, (WIDTH, HEIGHT)))
    pad = graph.filter("trim", [pad], end_frame=end - first)
    pad = graph.filter("scale", [pad], in_color_matrix="bt709", in_range="tv")
    pad = graph.filter("format", [pad], pix_fmts="rgb24")
    output = folder / f"out-{effect.name if effect else 'plain'}.rgb"
    whole = ["-copyts", *graph.input_arguments(), "-filter_complex", graph.text(), "-map", f"[{pad.label}]"]
    run([*whole, "-fps_mode", "passthrough", "-f", "rawvideo"], output)
    return np.frombuffer(output.read_bytes(), np.uint8).reshape(-1, HEIGHT, WIDTH, 3).astype(int)


def test_a_censored_spot_is_blurred_and_all_else_is_left_alone(tmp_path: Path) -> None:
    source = clip(tmp_path)
    plain = through(None, source, tmp_path)
    path = (PathPoint(at_s=0, x=50 / WIDTH, y=0.5), PathPoint(at_s=7 / 24, x=78 / WIDTH, y=0.5))
    made = through(PythonEffect(name="censor", strength=1, radius=0.06, path=path), source, tmp_path)
    assert made.shape == plain.shape
    for number in range(len(plain)):
        assert np.abs(made[number, :20] - plain[number, :20]).max() <= 3  # the right frame, its colours kept
        bar = 50 + 4 * number
        assert plain[number, 45, bar, 0] - made[number, 45, bar, 0] > 40


def test_trails_reach_to_both_sides_of_the_movement(tmp_path: Path) -> None:
    source = clip(tmp_path)
    made = through(PythonEffect(name="trails", strength=0.5), source, tmp_path)
    assert made.shape[0] == 8
    row = made[4, 45, :, 0] - made[4, 45, :, 1]  # how red: the bar of frame 6 lies at 64
    assert (row > 10).sum() > 12
    assert row[:40].max() <= 3


def test_a_painting_has_bolder_colours_in_every_frame(tmp_path: Path) -> None:
    source = clip(tmp_path)
    plain, made = through(None, source, tmp_path), through(PythonEffect(name="painting", strength=0.5), source, tmp_path)
    flat = plain[:, 45, 120, 0], made[:, 45, 120, 0]
    assert np.allclose(flat[1], flat[0] * 1.4, atol=4)


def test_what_it_cannot_do_is_said_before(tmp_path: Path) -> None:
    source = clip(tmp_path)
    place = Place("$.x", "segment", 10, 0, RATE, WIDTH, HEIGHT, {"clip": source}, source, 0, int(24 * (LONGEST_S + 1)))
    (problem,) = PythonEffect(name="painting").problems(place)
    assert (problem.code, problem.path) == ("too_long_for_python", "$.x")
    back = (PathPoint(at_s=1, x=0, y=0), PathPoint(at_s=0, x=0, y=0))
    assert "not_in_order" in [p.code for p in PythonEffect(name="censor", path=back).problems(place)]


@pytest.mark.parametrize("name", ["painting", "censor"])
def test_the_same_effect_is_worked_out_once(tmp_path: Path, name: str) -> None:
    source = clip(tmp_path)
    effect = PythonEffect.model_validate({"name": name})
    place = Place("$", "segment", 4, 0, RATE, WIDTH, HEIGHT, {"clip": source}, source, 0, 4)
    first = effect.prepare(WorkTools(tmp_path, place, False), {})
    made = Path(first["frames"]).stat().st_mtime_ns
    assert effect.prepare(WorkTools(tmp_path, place, False), {}) == first
    assert Path(first["frames"]).stat().st_mtime_ns == made
    assert not list(tmp_path.glob("*.plain.mkv"))
