"""Two hundred damaged files: each is probed cleanly or refused in one sentence, and the studio's process never falls."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import textwrap
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from app.video.models import MediaInfo
from app.video.outputs import OUTPUTS
from app.video.prober import Prober
from configs.errors import BadMedia
from storage.records import RESULT

ROOT = Path(__file__).resolve().parents[3]
FILES = 200
SOURCES = (
    ("a.mp4", ("-pix_fmt", "yuv420p", "-movflags", "+faststart")),
    ("b.mkv", ("-pix_fmt", "yuv420p", "-g", "12")),
    ("c.webm", ("-c:v", "libvpx", "-deadline", "realtime")),
    ("d.avi", ("-c:v", "mpeg4", "-bf", "2")),
    ("e.ts", ("-pix_fmt", "yuv420p")),
    ("f.mov", ("-c:v", "prores_ks")),
    ("g.mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-timecode", "01:00:00:00")),
)


def flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 5, 50, 500))):
        data[rng.randrange(len(data))] = rng.randrange(256)


def cut(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(1, len(data)) :]


def break_header(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randrange(1, 30)):
        data[rng.randrange(min(1024, len(data)))] = rng.choice((0, 0xFF, rng.randrange(256)))


def tear_out(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    del data[start : start + rng.randrange(1, 4000)]


def double(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    data[start:start] = data[start : start + rng.randrange(1, 4000)]


def blank_out(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randrange(1, 8000))
    data[start:end] = bytes(end - start)


MUTATIONS = (flip, cut, break_header, tear_out, double, blank_out)


@pytest.fixture(scope="module")
def damaged(clips: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder, rng, made = tmp_path_factory.mktemp("damaged"), random.Random(20), []
    sources = [clips(name, *arguments, size="64x48", rate="12") for name, arguments in SOURCES]
    for number in range(FILES):
        source = sources[number % len(sources)]
        data = bytearray(source.read_bytes())
        for mutation in rng.sample(MUTATIONS, rng.randrange(1, 4)):
            mutation(data, rng)
            if not data:
                data.append(0)
        path = folder / f"{number:03d}{source.suffix}"
        path.write_bytes(data)
        made.append(path)
    return made


def answered(prober: Prober, path: Path) -> MediaInfo | BadMedia:
    try:
        return prober.probe(path)
    except BadMedia as error:
        return error


def test_probing_two_hundred_damaged_files(damaged: list[Path]) -> None:
    readable = refused = 0
    with Prober() as prober:
        for path in damaged:
            answer = answered(prober, path)
            if isinstance(answer, MediaInfo):
                readable += 1
                assert answer.duration_s > 0
            else:
                refused += 1
                assert "\n" not in answer.message
                assert answer.message.endswith(".")
                assert answer.remedy
    assert readable + refused == FILES
    assert readable > 20
    assert refused > 20


def test_analysing_what_can_still_be_probed(damaged: list[Path], tmp_path: Path) -> None:
    """In processes of their own, as in the studio: each ends with a result or a sentence, and none by a signal."""
    code = """
        import json, sys
        from pathlib import Path
        from app.video.analysers import ANALYSERS
        from app.video.decode import Decoder, small_frame
        from app.video.models import AnalyzeVideo
        from app.video.probe import probe_video
        from app.video.quality import measure
        from app.video.scenes import SceneFinder, make_detector
        from app.video.table import Table
        from app.video.clock import FilmClock
        from configs.errors import BadMedia
        for name in sys.argv[1:]:
            try:
                info = probe_video(Path(name))
                clock = FilmClock.of(info.video)
                finder = SceneFinder(make_detector(AnalyzeVideo(video="clip", detector="content")), clock.fps, info.video.vfr)
                table, cuts, frames = Table(ANALYSERS, info.video.fps), [], 0
                for picture in Decoder(Path(name), 1 / info.video.fps).pictures():
                    cuts += [cut.frame for cut in finder.feed(picture)]
                    measure(picture.image)
                    table.take(small_frame(picture), picture.stamp)
                    clock.timecode(picture.index, picture.time_s)
                    frames += 1
                outcome = {"frames": frames, "cuts": cuts}
            except BadMedia as error:
                outcome = {"refused": error.message}
            print(json.dumps({"name": name, **outcome}), flush=True)
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    halves = [damaged[0::2], damaged[1::2]]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), *map(str, half)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=tmp_path,
        )
        for half in halves
    ]  # fmt: skip
    for child, half in zip(children, halves, strict=True):
        out, complaint = child.communicate(timeout=180)
        outcomes = [json.loads(line) for line in out.splitlines()]
        assert child.returncode == 0, f"fell after {outcomes[-1:]}: {complaint[-600:]}"
        assert [o["name"] for o in outcomes] == [str(p) for p in half]
        for outcome in outcomes:
            assert outcome.get("refused") or outcome["frames"] > 0
            assert outcome.get("cuts", []) == sorted(set(outcome.get("cuts", [])))


def test_whole_analyses_of_damaged_files(damaged: list[Path], analyse: Callable[..., object]) -> None:
    """Every tenth file through the whole capability, report and edit lists included."""
    ended = 0
    for path in damaged[::10]:
        try:
            analysis, studio = analyse(path)  # type: ignore[misc]
        except BadMedia:
            continue
        ended += 1
        everything = {output.name for output in OUTPUTS if output.role == RESULT}
        assert everything - set(studio.results()) <= {"camera.csv", "markers.csv"}  # there where the camera moves and somebody marked
        assert analysis.scenes[0].start_frame == 0
        assert analysis.scenes[-1].end_frame == analysis.frame_count
        assert all(a.end_frame == b.start_frame for a, b in pairwise(analysis.scenes))
    assert ended > 3
