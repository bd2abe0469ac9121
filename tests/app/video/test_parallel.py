"""Looked at by several processes, a film's analysis is the same to the last byte as by one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.video import scene_pass
from app.video.analyze import analyze_video
from app.video.crew import Crew
from app.video.decode import Decoder
from app.video.looking import Looker
from app.video.models import AnalyzeVideo
from jobs.context import JobCancelled

SHOTS = ";".join(
    [f"testsrc2=s=160x90:r=24:d={2.0 + 0.25 * (n % 3)},hue=h={n * 71}:s={1 + n % 3},noise=alls={n % 4}:allf=t[c{n}]" for n in range(6)]
    + ["".join(f"[c{n}]" for n in range(6)) + "concat=n=6:v=1[out0]"]
)
FADES = "testsrc2=s=160x90:r=25:d=6,fade=out:100:20[a];mandelbrot=s=160x90:r=25,trim=duration=6,fade=in:0:20[b];[a][b]concat=n=2:v=1[out0]"
UNEVEN = "testsrc2=s=160x90:r=24:d=12,hue='h=90*floor(t/3)',select='not(eq(mod(n,5),3))+gt(t,6)',settb=1/1000[out0]"
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
FILMS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "cuts are key frames, at borders of segments": ("a.mp4", (*H264, "-g", "250", "-force_key_frames", "2,4.25,6.75,8.75,11"), SHOTS),
    "odd groups of pictures": ("b.mp4", (*H264, "-g", "37", "-bf", "2"), SHOTS),
    "open groups of pictures": ("c.mkv", (*H264, "-g", "48", "-bf", "3", "-x264-params", "open-gop=1"), SHOTS),
    "fades over borders": ("d.mp4", (*H264, "-g", "53"), FADES),
    "uneven frame times": ("e.mkv", (*H264, "-g", "40", "-fps_mode", "vfr"), UNEVEN),
    "vp9": ("f.webm", ("-c:v", "libvpx-vp9", "-g", "50", "-deadline", "realtime", "-cpu-used", "8"), SHOTS),
    "transport stream": ("g.ts", ("-c:v", "mpeg2video", "-q:v", "4", "-g", "36", "-bf", "2"), SHOTS),
}


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def several(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[Crew]]:
    """``several(n)``: from now on n processes look at a film; the crews that were put together."""
    crews: list[Crew] = []

    def choose(processes: int) -> list[Crew]:
        monkeypatch.setenv("STUDIO_ANALYSIS_PROCESSES", str(processes))

        def make(*arguments: Any) -> Crew:
            crews.append(Crew(*arguments, least=48))
            return crews[-1]

        monkeypatch.setattr(scene_pass, "Crew", make)
        return crews

    return choose


def left(analysis: Any, studio: Any) -> dict[str, Any]:
    """All that an analysis leaves, without the ids that a store hands out."""
    data = analysis.model_dump(mode="json")
    for scene in data["scenes"]:
        for keyframe in scene["keyframes"]:
            keyframe.pop("artifact_id")
    hashes = {name: kept.content_hash for name, kept in studio.artifacts.items() if name not in ("analysis.json", "report.html")}
    return {"analysis": data, "files": hashes, "names": sorted(studio.artifacts), "log": [f for verb, f in studio.calls if verb == "log"]}


@pytest.mark.parametrize("kind", FILMS)
def test_the_same_by_several_processes(
    clips: Callable[..., Path],
    analyse: Callable[..., Any],
    several: Callable[[int], list[Crew]],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    name, arguments, graph = FILMS[kind]
    path = clips(name, *arguments, graph=graph)
    several(1)
    alone = left(*analyse(path, frames_per_scene=2))
    assert len(alone["analysis"]["scenes"]) > 1
    crews = several(2)
    looked_here: list[int] = []
    prepare = Looker.prepare
    monkeypatch.setattr(
        Looker, "prepare", lambda self, picture, first: (looked_here.append(picture.index), prepare(self, picture, first))[1]
    )
    assert left(*analyse(path, frames_per_scene=2)) == alone
    assert len(crews) == 1
    assert len(crews[0].segments) >= 3
    assert looked_here == []  # it never had to go on alone


@pytest.mark.parametrize("detector", ["content", "adaptive", "threshold"])
def test_detectors_that_must_see_every_picture_are_not_divided(
    clips: Callable[..., Path], analyse: Callable[..., Any], several: Callable[[int], list[Crew]], detector: str
) -> None:
    name, arguments, graph = FILMS["odd groups of pictures"]
    path = clips(name, *arguments, graph=graph)
    several(1)
    alone = left(*analyse(path, detector=detector))
    crews = several(2)
    assert left(*analyse(path, detector=detector)) == alone
    assert crews == []


@pytest.mark.parametrize(("before", "after"), [(1, 2), (2, 1), (2, 3)])
def test_what_one_began_several_can_finish_and_the_other_way_round(
    clips: Callable[..., Path], media_of: Callable[..., Any], analyse: Callable[..., Any], new_studio: Callable[[], Any],
    several: Callable[[int], list[Crew]], monkeypatch: pytest.MonkeyPatch, before: int, after: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(scene_pass, "_CHECKPOINT_EVERY_S", 0.0)
    name, arguments, graph = FILMS["odd groups of pictures"]
    path = clips(name, *arguments, graph=graph)
    several(1)
    alone = left(*analyse(path))
    studio, media = new_studio(), media_of(path)

    def die(verb: str, fields: Mapping[str, Any]) -> None:
        if verb == "checkpoint" and fields["state"]["scenes"] == 2:
            raise KilledError

    studio.after_call = die
    several(before)
    with pytest.raises(KilledError):
        analyze_video(AnalyzeVideo(video="clip"), studio.context(media))
    studio.after_call = lambda verb, fields: None
    several(after)
    assert left(analyze_video(AnalyzeVideo(video="clip"), studio.context(media)), studio) == alone


def test_when_a_process_is_killed_the_worker_goes_on_alone(
    clips: Callable[..., Path], analyse: Callable[..., Any], media_of: Callable[..., Any], new_studio: Callable[[], Any],
    several: Callable[[int], list[Crew]],
) -> None:  # fmt: skip
    name, arguments, graph = FILMS["odd groups of pictures"]
    path = clips(name, *arguments, graph=graph)
    several(1)
    alone = left(*analyse(path))
    crews, studio = several(2), new_studio()

    def kill(verb: str, fields: Mapping[str, Any]) -> None:
        if verb == "publish" and fields["key"] == "scene/0001":
            os.kill(crews[0].pids[0], signal.SIGKILL)

    studio.after_call = kill
    analysis = analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(path)))
    assert left(analysis, studio) == alone
    assert not any(Path(f"/proc/{pid}").exists() for pid in crews[0].pids)


def test_cancelling_ends_all_processes(
    clips: Callable[..., Path], media_of: Callable[..., Any], studio: Any, several: Callable[[int], list[Crew]]
) -> None:
    name, arguments, graph = FILMS["odd groups of pictures"]
    crews = several(2)

    def cancel(verb: str, fields: Mapping[str, Any]) -> None:
        studio.cancelled = studio.cancelled or verb == "publish"

    studio.after_call = cancel
    with pytest.raises(JobCancelled):
        analyze_video(AnalyzeVideo(video="clip"), studio.context(media_of(clips(name, *arguments, graph=graph))))
    assert not any(Path(f"/proc/{pid}").exists() for pid in crews[0].pids)
    assert studio.results() == []


def test_a_damaged_film_is_the_same_too(
    clips: Callable[..., Path], analyse: Callable[..., Any], several: Callable[[int], list[Crew]], tmp_path: Path
) -> None:
    name, arguments, graph = FILMS["odd groups of pictures"]
    path, data = tmp_path / "damaged.mp4", bytearray(clips(name, *arguments, graph=graph).read_bytes())
    middle = len(data) // 2
    data[middle : middle + 6000] = bytes(6000)
    path.write_bytes(data)
    several(1)
    alone = left(*analyse(path))
    several(3)
    together = left(*analyse(path))
    assert together["analysis"]["frame_count"] == len(list(Decoder(path, 1 / 24).pictures()))
    assert {**together, "log": None} == {**alone, "log": None}
