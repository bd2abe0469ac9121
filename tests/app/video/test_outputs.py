"""The files an analysis leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.outputs import AUTHOR, OUTPUTS, Outputs, Tables, worst_moments, write_outputs
from app.video.stored import read_curves, read_samples
from jobs.context import JobContext

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
# A white flash in the midst of a moving picture.
FLASH = "testsrc2=s=160x90:r=24:d=2,drawbox=w=iw:h=ih:color=white:t=fill:enable='eq(n,20)'[out0]"


@pytest.fixture
def made(clips: Callable[..., Path], analyse: Callable[..., Any]) -> tuple[Any, Any]:
    return analyse(clips("flash.mp4", *H264, graph=FLASH))  # type: ignore[no-any-return]


def test_each_name_stands_in_the_table_once() -> None:
    names = [output.name for output in OUTPUTS]
    assert len(names) == len(set(names))


def test_the_worst_moments_are_markers(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    markers = worst_moments(analysis)
    assert any(abs(marker.frame - 20) <= 1 for marker in markers)
    assert {(marker.colour, marker.author) for marker in markers} == {("Red", AUTHOR)}
    text = studio.read("markers.edl")
    assert text.count("|C:ResolveColorRed") == len(markers)


def test_every_frame_is_a_row(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    rows = studio.read("frames.csv").splitlines()
    assert len(rows) == 1 + analysis.frame_count == 49
    assert rows[0].startswith("frame,time_s,timecode,d1,")


def test_the_composition_is_drawn_on_every_scenes_keyframe(made: tuple[Any, Any]) -> None:
    import cv2

    analysis, studio = made
    for scene in analysis.scenes:
        drawn = studio.artifacts[f"composition/scene-{scene.index + 1:04d}.jpg"]
        assert drawn.meta["frame"] == scene.keyframe.frame
        assert drawn.inputs == ("clip", scene.keyframe.artifact_id)
        image, plain = cv2.imread(str(drawn.path)), cv2.imread(str(studio.artifacts[scene.keyframe.name].path))
        assert image.shape == plain.shape
        assert (image != plain).any()


def test_the_rows_hold_what_a_person_can_read(made: tuple[Any, Any]) -> None:
    heading = made[1].read("frames.csv").splitlines()[0].split(",")
    assert {"d1", "h1", "luma_mean", "cam_dx", "cam_zoom"} <= set(heading)
    assert not {"d2", "h32", "m16", "r8"} & set(heading)


def test_tables_are_let_go_of_before_the_documents_are_written(made: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    analysis, studio = made
    pictures = {k.name: str(studio.artifacts[k.name].path) for scene in analysis.scenes for k in scene.keyframes}
    tables = Tables(read_curves(studio.artifacts["curves.npz"].path), read_samples(studio.artifacts["samples.npz"].path))
    found, seen = Outputs(analysis, pictures, tables), {}
    first = {name: studio.artifacts[name].path.read_bytes() for name in studio.artifacts}
    save = JobContext.save

    def watched(job: JobContext, name: str, *args: Any, **more: Any) -> Any:
        seen[name] = found.tables is not None
        return save(job, name, *args, **more)

    monkeypatch.setattr(JobContext, "save", watched)
    studio.artifacts.clear()
    write_outputs(studio.context(), found)
    tabled = {"curves.npz", "samples.npz", *(output.name for output in OUTPUTS if output.tabled)}
    assert {name for name, held in seen.items() if held} == tabled & seen.keys()
    assert not seen["analysis.json"]
    assert {name: studio.artifacts[name].path.read_bytes() for name in seen} == {name: first[name] for name in seen}
