"""The process that looks at segments: what it answers to its orders."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.video.crew import ROOT
from app.video.decode import Decoder, Picture, small_frame
from app.video.probe import probe_video
from app.video.segment_worker import BATCH_FRAMES, print_of
from app.video.segments import Segment, plan
from jobs import host


@pytest.fixture
def film(clips: Callable[..., Path]) -> Path:
    return clips("seen.mp4", "-pix_fmt", "yuv420p", "-g", "30", graph="testsrc2=s=160x90:r=24:d=5[out0]")


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "app.video.segment_worker", str(os.getpid())]
    env = host.worker_environment("cpu", ROOT, os.environ)
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
    yield child
    child.kill()
    child.wait()


def order(process: subprocess.Popen[bytes], *what: Any) -> None:
    assert process.stdin is not None
    pickle.dump(what, process.stdin)
    process.stdin.flush()


def answers(process: subprocess.Popen[bytes], until: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    assert process.stdout is not None
    while not found or found[-1][0] != until:
        found.append(pickle.load(process.stdout))
    return found


def prepared(picture: Picture) -> Picture:
    picture.small = small_frame(picture)
    return picture


def test_a_segment_is_answered_in_batches_with_prints_of_what_overlaps(film: Path, process: subprocess.Popen[bytes]) -> None:
    second = list(plan(film, 10, None, 0, least=30))[1]
    assert (second.first, second.end, second.overlap) == (40, 70, 60)
    order(process, "film", str(film), probe_video(film).model_dump(mode="json"), 1)
    order(process, "segment", second)
    *rows, end = answers(process, "end")
    assert [len(batch) for _, _, _, batch in rows] == [BATCH_FRAMES, 30 - BATCH_FRAMES]
    assert [packed[0] for _, _, _, batch in rows for packed in batch] == list(range(40, 70))
    prints = [print_of(prepared(picture)) for picture in Decoder(film, 1 / 24).pictures()]
    assert rows[0][2] == prints[30:40]
    assert end == ("end", 1, prints[60:70])


def test_pictures_are_given_until_they_are_settled(film: Path, process: subprocess.Popen[bytes]) -> None:
    order(process, "film", str(film), probe_video(film).model_dump(mode="json"), 1)
    order(process, "segment", Segment(0, None, False, 0, 60))
    answers(process, "end")
    for settled, frame, held in ((0, 8, True), (0, 9, False), (60, 8, True), (60, 12, False)):
        order(process, "settled", settled, [8])
        order(process, "picture", frame)
        image = answers(process, "picture")[-1][2]
        assert (image is not None) is held
        if held:
            assert image.shape == (90, 160, 3)


def test_a_place_that_is_no_key_frame_fails(film: Path, process: subprocess.Popen[bytes]) -> None:
    from app.video.decode import Place

    order(process, "film", str(film), probe_video(film).model_dump(mode="json"), 1)
    order(process, "segment", Segment(3, Place(30, 1, 0), True, 40))
    assert answers(process, "failed")[-1][:2] == ("failed", 3)


def test_it_ends_with_its_input(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(20) == 0
