"""Every analyser is asked; what was judged on full pictures is taken over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.video.analysers import ANALYSERS
from app.video.analysers.base import Findings
from app.video.curves import Shot
from app.video.decisions import cuts_on_beat, decide_all, with_banding
from app.video.stored import CURVES, SAMPLES, Samples, read_curves


def test_the_answers_are_those_of_the_analysis(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, studio = analyse(clips("plain.mp4", "-pix_fmt", "yuv420p"))
    samples = Samples.unpack(studio.artifacts[SAMPLES].path.read_bytes())
    shots = [Shot(scene.start_frame, scene.end_frame) for scene in analysis.scenes]
    findings = Findings(read_curves(studio.artifacts[CURVES].path), samples.rows, shots, analysis.media.info)
    answers = decide_all(findings, analysis.technical.interlacing)
    assert set(answers) == {analyser.name for analyser in ANALYSERS}
    assert all(getattr(analysis, name) == answer for name, answer in answers.items())


def test_without_sound_no_cut_is_on_a_beat(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("plain.mp4", "-pix_fmt", "yuv420p"))
    assert cuts_on_beat(analysis.scenes, None, analysis.media.info) is None


def test_banding_is_among_a_scenes_remarks(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    plain = "color=black:s=320x180:r=24:d=1,format=gray,geq=lum='{light}',trim=end_frame=1,loop=23:1"
    stairs, smooth = plain.format(light="8*floor((60+180*X/W)/8)"), plain.format(light="20+70*Y/H")
    path = clips("stairs.mkv", "-c:v", "ffv1", "-pix_fmt", "gray", graph=f"{stairs}[a];{smooth}[b];[a][b]concat=n=2:v=1[out0]")
    analysis, _ = analyse(path)
    first, second = analysis.scenes
    assert "banding" in first.quality.remarks
    assert "banding" not in second.quality.remarks
    assert with_banding(analysis.scenes, analysis.picture) == analysis.scenes
    swapped = analysis.picture.model_copy(update={"shots": analysis.picture.shots[::-1]})
    assert ["banding" in scene.quality.remarks for scene in with_banding(analysis.scenes, swapped)] == [False, True]
