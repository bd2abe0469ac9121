"""`video.rank_takes` in a real studio: children, stored results, one bad take among good ones, cancel."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.studio import Studio
from app.video.rank_takes import unique
from configs.errors import BadInput
from configs.settings import Settings
from tests.app.video import takes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("takes")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio.open(Settings(data_dir=tmp_path_factory.mktemp("studio") / "data", headless=True, cpu_workers=2)) as opened:
        yield opened


def empty(path: Path) -> None:
    """Nothing is left of the pictures; the header still promises them."""
    data = path.read_bytes()
    start, after = data.index(b"mdat") + 4, data.index(b"moov") - 4
    assert after > start
    path.write_bytes(data[:start] + bytes(after - start) + data[after:])


@pytest.fixture(scope="module")
def ranked(studio: Studio, folder: Path) -> Any:
    """Three takes, ranked, with one that was refused before."""
    clips = [str(takes.take(kind, folder)) for kind in ("flicker-4", "clean", "drop")]
    request = {"takes": clips, "refused": [{"name": "torn.mp4", "reason": "It is no video."}]}
    return studio.wait(studio.submit("video.rank_takes", request, allow_paths=True).job.id, 120)


def test_the_takes_are_in_order_and_the_refused_one_is_last(ranked: Any) -> None:
    assert ranked.job.state == "succeeded", ranked.job.error
    found = ranked.result["takes"]
    assert [(t["place"], t["name"]) for t in found] == [(1, "clean.mp4"), (2, "drop.mp4"), (3, "flicker-4.mp4"), (4, "torn.mp4")]
    assert [t["take"] for t in found] == [1, 2, 0, None]
    assert found[3]["failed"] == "It is no video."
    assert ranked.job.title == "Rank takes: flicker-4.mp4 and 2 more"


def test_rows_were_shown_while_the_takes_were_analysed(ranked: Any) -> None:
    rows = ranked.published
    assert set(rows) == {"take-0", "take-1", "take-2"}
    assert all(row["state"] == "done" for row in rows.values())
    assert rows["take-0"]["faults"][0].startswith("flicker ±")
    assert rows["take-2"]["worst"]["frame"] == takes.AT


def test_the_pictures_are_of_exactly_the_worst_frame(ranked: Any, studio: Studio) -> None:
    import cv2
    import numpy as np

    worst = next(take["worst"] for take in ranked.result["takes"] if take["name"] == "drop.mp4")
    pictures = takes.damaged("drop")
    for key, frame in (("before_id", takes.AT - 1), ("picture_id", takes.AT), ("after_id", takes.AT + 1)):
        image = cv2.imread(str(studio.artifact(worst[key]).path))
        assert image is not None
        apart = [float(np.abs(image.astype(int) - pictures[n].astype(int)).mean()) for n in range(frame - 2, frame + 3)]
        assert int(np.argmin(apart)) == 2, (key, apart)


def test_the_files_are_there(ranked: Any, studio: Studio) -> None:
    files = {artifact.name: artifact for artifact in ranked.artifacts}
    assert {"ranking.csv", "ranking.html", "contact-sheet.jpg"} <= set(files)
    assert len([name for name in files if re.match(r"worst/0[123]-frame-\d{6}\.jpg", name)]) == 9
    rows = list(csv.DictReader(files["ranking.csv"].path.read_text(encoding="utf-8").splitlines()))
    assert [row["name"] for row in rows] == ["clean.mp4", "drop.mp4", "flicker-4.mp4", "torn.mp4"]
    assert files["contact-sheet.jpg"].path.read_bytes().startswith(b"\xff\xd8")
    html = files["ranking.html"].path.read_text(encoding="utf-8")
    assert html.count("data:image/jpeg;base64,") == 9
    assert ranked.job.thumbnail_id in {artifact.id for artifact in ranked.artifacts}


def test_a_second_ranking_uses_the_stored_analyses_and_is_the_same(ranked: Any, studio: Studio) -> None:
    again = studio.wait(studio.submit("video.rank_takes", ranked.job.request).job.id, 60)
    assert studio.jobs(parent_id=again.job.id).items == ()

    def plain(result: Any) -> Any:
        ids = {"picture_id", "before_id", "after_id"}
        return [{**t, "worst": t["worst"] and {k: v for k, v in t["worst"].items() if k not in ids}} for t in result["takes"]]

    assert plain(again.result) == plain(ranked.result)


def test_one_that_cannot_be_analysed_does_not_sink_the_rest(studio: Studio, folder: Path, tmp_path: Path) -> None:
    """Its header can be read, so it is taken in; its frames are gone by the time it is analysed."""
    torn = takes.write(takes.damaged("clean"), tmp_path / "torn.mp4")
    artifact = studio.add_path(torn)
    empty(torn)
    clips = [studio.add_path(takes.take("clean", folder)).id, artifact.id]
    detail = studio.wait(studio.submit("video.rank_takes", {"takes": clips}).job.id, 60)
    assert detail.job.state == "succeeded", detail.job.error
    assert [take["name"] for take in detail.result["takes"]] == ["clean.mp4", "torn.mp4"]
    assert detail.result["takes"][1]["score"] is None
    assert "torn.mp4" in detail.result["takes"][1]["failed"]
    assert not detail.result["takes"][1]["failed"].startswith("take-")
    assert detail.result["remarks"] == ["Only one take could be analysed, so there is nothing to compare it with."]


def test_nothing_that_can_be_analysed_is_one_sentence(studio: Studio, tmp_path: Path) -> None:
    torn = takes.write(takes.damaged("clean"), tmp_path / "torn.mp4")
    artifact = studio.add_path(torn)
    empty(torn)
    detail = studio.wait(studio.submit("video.rank_takes", {"takes": [artifact.id, artifact.id]}).job.id, 60)
    assert detail.job.state == "failed"
    assert detail.job.error is not None
    assert detail.job.error["message"].startswith("None of the 2 takes could be analysed. torn.mp4: ")


def test_cancelling_stops_the_analyses_and_a_retry_takes_them_up(studio: Studio, tmp_path: Path) -> None:
    clips = [str(takes.write(takes.damaged(kind) * 4, tmp_path / f"{kind}.mp4")) for kind in ("clean", "jump", "drop")]
    job = studio.submit("video.rank_takes", {"takes": clips}, allow_paths=True).job
    with studio.events.subscribe() as listener:
        while not studio.jobs(parent_id=job.id).items:
            listener.get(5)
    studio.cancel(job.id)
    assert studio.wait(job.id, 30).job.state == "cancelled"
    for child in studio.jobs(parent_id=job.id).items:
        assert studio.wait(child.id, 30).job.state in ("cancelled", "succeeded")
    studio.retry(job.id)
    detail = studio.wait(job.id, 120)
    assert detail.job.state == "succeeded"
    assert all(take["score"] is not None for take in detail.result["takes"])


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (lambda clip: {"takes": [clip]}, "takes"),
        (lambda clip: {"takes": [clip] * 65}, "takes"),
        (lambda clip: {"takes": [clip] * 2, "names": ["one"]}, "1 names for 2 takes"),
    ],
)
def test_a_bad_request_is_one_sentence(studio: Studio, folder: Path, request_: Callable[[str], Any], sentence: str) -> None:
    clip = studio.add_path(takes.take("clean", folder)).id
    with pytest.raises(BadInput, match=sentence):
        studio.submit("video.rank_takes", request_(clip))


def test_names_are_told_apart() -> None:
    assert unique(["a", "b", "a", "a", "a (2)"]) == ["a", "b", "a (2)", "a (3)", "a (2) (2)"]
