"""Pictures of one shape on a canvas of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.editing.graph import Graph, Pad
from app.editing.plan import Output
from app.editing.render.fit import fitted
from app.video.ffmpeg import run

SIZE = (160, 90)


def fit(folder: Path, source: str, **output: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """(90, 160, 4): a white picture of another size on a red canvas."""
    import av

    graph = Graph()
    pad = fitted(graph, Pad("0:v"), SIZE, Output.model_validate({"background": "#ff0000", **output}))
    pad = graph.filter("format", [pad], pix_fmts="rgba")
    inputs = ["-f", "lavfi", "-i", f"color=white:s={source},format=yuva444p"]
    path = run([*inputs, "-filter_complex", graph.text(), "-map", f"[{pad.label}]", "-frames:v", "1"], folder / "o.png")
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="rgba")


@pytest.mark.parametrize("source", ["90x160", "400x90", "161x91", "33x77", "1920x1080"])
@pytest.mark.parametrize("kind", ["pad", "crop", "blur", "stretch"])
def test_every_shape_fits(tmp_path: Path, source: str, kind: str) -> None:
    assert fit(tmp_path, source, fit=kind).shape == (90, 160, 4)


def test_bars_have_the_colour_and_the_picture_its_shape(tmp_path: Path) -> None:
    picture = fit(tmp_path, "90x90", fit="pad")
    assert picture[45, 10, :3] == pytest.approx([255, 0, 0], abs=6)
    assert picture[45, 80, :3] == pytest.approx([255, 255, 255], abs=6)
    white = (picture[45, :, 1] > 128).sum()
    assert white == pytest.approx(90, abs=2)


def test_bars_are_clear_where_transparency_is_kept(tmp_path: Path) -> None:
    picture = fit(tmp_path, "90x90", fit="pad", alpha=True, format="mov")
    assert picture[45, 10, 3] == 0
    assert picture[45, 80, 3] == 255


@pytest.mark.parametrize("kind", ["crop", "stretch", "blur"])
def test_without_bars_the_canvas_is_full(tmp_path: Path, kind: str) -> None:
    assert fit(tmp_path, "90x90", fit=kind)[:, :, :3].min() > 240


@pytest.mark.parametrize("source", ["160x88", "158x90", "718x404"])
def test_rounded_sizes_leave_no_hairlines(tmp_path: Path, source: str) -> None:
    assert fit(tmp_path, source, fit="pad")[:, :, 1].min() > 240
