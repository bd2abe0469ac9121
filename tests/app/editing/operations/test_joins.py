"""Transitions, told by pixels: every frame is there, and only those of the transition are mixed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, get_args

import numpy as np
import pytest

from app.editing.graph import Graph, Pad
from app.editing.operations.joins import Kind, Transition, join

RATE = Fraction(24)
BEFORE, AFTER = 12, 10


def clip(red: int, blue: int, frames: int) -> Any:
    """Told apart by red and blue, each frame by its green."""
    pictures = np.zeros((frames, 90, 160, 3), np.uint8)
    pictures[..., 0], pictures[..., 2] = red, blue
    pictures[..., 1] = np.arange(frames)[:, None, None] * 10
    return pictures


def joined(studio: Any, kind: Kind, frames: int, pixels: str = "yuv420p") -> Any:
    graph = Graph()
    pads = []
    for name, pictures in (("a", clip(200, 0, BEFORE)), ("b", clip(0, 200, AFTER))):
        source = studio.add(name, pictures)
        pads.append(graph.filter("format", [Pad(f"{graph.input('-i', str(source.path))}:v")], pix_fmts=pixels))
    pad = join(graph, pads[0], pads[1], Transition(kind=kind), RATE, BEFORE - frames, frames, pixels)
    return studio.read(graph, graph.filter("format", [pad], pix_fmts="rgb24"), (160, 90), 3)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_each_kind_goes_from_one_to_the_other(studio: Any, kind: Kind) -> None:
    out = joined(studio, kind, 4)
    assert len(out) == BEFORE + AFTER - 4
    levels = out.mean(axis=(1, 2))
    assert np.abs(levels[:8] - [[200, 10 * k, 0] for k in range(8)]).max() < 4
    assert np.abs(levels[12:] - [[0, 10 * k, 200] for k in range(4, 10)]).max() < 4
    assert np.abs(out[11].astype(int) - out[7]).max() > 60, "something happens between"


@pytest.mark.parametrize("kind", ["dissolve", "dip_black", "dip_white", "wipe_left"])
@pytest.mark.parametrize("frames", [1, 2, 3, AFTER])
@pytest.mark.parametrize("pixels", ["yuv420p", "yuva420p"])
def test_however_short_or_long_no_frame_is_lost(studio: Any, kind: Kind, frames: int, pixels: str) -> None:
    assert len(joined(studio, kind, frames, pixels)) == BEFORE + AFTER - frames


def test_a_dissolve_mixes_evenly(studio: Any) -> None:
    levels = joined(studio, "dissolve", 8).mean(axis=(1, 2))
    assert levels[4:12, 0] == pytest.approx([200 * (1 - k / 8) for k in range(8)], abs=4)
    assert levels[4:12, 2] == pytest.approx([200 * k / 8 for k in range(8)], abs=4)


@pytest.mark.parametrize(("kind", "level"), [("dip_black", 0), ("dip_white", 255)])
@pytest.mark.parametrize("pixels", ["yuv420p", "yuva420p"])
def test_a_dip_is_down_before_it_comes_up(studio: Any, kind: Kind, level: int, pixels: str) -> None:
    levels = joined(studio, kind, 8, pixels).mean(axis=(1, 2))
    assert levels[7:9] == pytest.approx(np.full((2, 3), level), abs=3)
    assert np.all(np.diff(np.abs(levels[3:8] - level).sum(axis=1)) < 0)
    assert np.all(np.diff(np.abs(levels[8:13] - level).sum(axis=1)) > 0)


def test_two_in_a_row(studio: Any) -> None:
    graph = Graph()
    pads = []
    for name, pictures in (("a", clip(200, 0, 8)), ("b", clip(0, 200, 8)), ("c", clip(200, 200, 8))):
        pads.append(graph.filter("format", [Pad(f"{graph.input('-i', str(studio.add(name, pictures).path))}:v")], pix_fmts="yuv420p"))
    pad = join(graph, pads[0], pads[1], Transition(kind="slide_left"), RATE, 5, 3)
    pad = join(graph, pad, pads[2], Transition(kind="dip_white"), RATE, 9, 4)
    out = studio.read(graph, graph.filter("format", [pad], pix_fmts="rgb24"), (160, 90), 3)
    assert len(out) == 17
    assert out[-1].mean(axis=(0, 1)) == pytest.approx([200, 70, 200], abs=4)
