"""The capability: a job for each picture, what fails, what is set aside, the grids."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.imaging.batch.capability import AHEAD, batch_images, sheet_of
from app.imaging.batch.preparing import prepare_batch
from app.imaging.batch.requests import Axis, BatchedImages, BatchImages, Cell, Filter
from app.studio import Studio
from configs.errors import StudioError
from configs.settings import Settings
from storage.records import LIVE
from tests.app.imaging.easel import EaselJob, Surrounded, artifact, installed


class Parent(EaselJob):
    """A job of the io lane whose children answer at once; those in ``broken`` fail."""

    def __init__(self, folder: Path, broken: tuple[int, ...] = ()) -> None:
        super().__init__(folder)
        self.broken = broken
        self.started: list[str] = []
        self.ran: list[tuple[str, str, Any]] = []
        self.reasons: dict[str, list[str]] = {}

    def start(self, key: str, capability: str, request: Any) -> None:
        self.started.append(key)

    def run(self, key: str, capability: str, request: Any) -> Any:
        self.ran.append((key, capability, request))
        if capability == "image.evaluate":
            if -1 in self.broken:
                raise StudioError("evaluate: There is no eye.", "Open it.")
            return {"images": [{"artifact_id": one, "reasons": self.reasons.get(one, [])} for one in request["images"]]}
        number = int(key.removeprefix("picture-"))
        if number in self.broken:
            raise StudioError(f"{key}: The paint ran out.", "Buy some.", "no_paint")
        path = self.work_dir.parent / f"{number}.png"
        Image.new("RGB", (64, 64), (number * 20, 0, 0)).save(path)
        self.kept[key] = artifact(f"made-{number}", path, meta={})
        image = {"artifact_id": f"a-made-{number}", "seed": request["seed"], "width": 64, "height": 64}
        return {"images": [image], "model": "tiny", "engine": "Tiny", "prompt": request["prompt"], "took_s": 0.1, "notes": ["Said once."]}


def ask(**fields: Any) -> BatchImages:
    return prepare_batch(BatchImages(**{"prompt": "a fox", "seed": 1, **fields}), Surrounded(installed()))  # type: ignore[arg-type]


def made(job: Any, **fields: Any) -> BatchedImages:
    return batch_images(ask(**fields), job)


@pytest.fixture
def job(tmp_path: Path) -> Any:
    return Parent(tmp_path)


def test_each_picture_is_a_child_of_its_own_and_the_next_waits_in_the_queue(job: Any) -> None:
    found = made(job, count=4)
    assert [key for key, _, _ in job.ran] == [f"picture-{number}" for number in range(4)]
    assert job.started == [f"picture-{number}" for number in range(4)]
    assert AHEAD >= 2
    assert [request["seed"] for _, _, request in job.ran] == [1, 2, 3, 4]
    assert [request["batch"]["index"] for _, _, request in job.ran] == [0, 1, 2, 3]
    assert all(request["count"] == 1 and request["model"] == "tiny-sdxl" for _, _, request in job.ran)
    assert (found.planned, found.made, found.kept, found.failed, found.engine, found.notes) == (4, 4, 4, 0, "Tiny", ["Said once."])
    assert list(job.published) == [f"picture-{number}" for number in range(4)]
    assert found.settings["model"] == "tiny-sdxl"
    assert found.grids == []


def test_a_dry_run_makes_nothing(job: Any) -> None:
    found = made(job, prompt="a {red|blue} fox", count=3, dry_run=True)
    assert (found.planned, found.made, found.failed, len(found.pictures), job.ran, job.started) == (3, 0, 0, 3, [], [])
    assert all(one.artifact_id is None and "{" not in one.prompt for one in found.pictures)


def test_one_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    found = made(Parent(tmp_path, broken=(1,)), count=3)
    assert [one.error for one in found.pictures] == [None, "The paint ran out.", None]
    assert (found.made, found.kept, found.failed) == (2, 2, 1)
    assert "1 of 3 pictures could not be made; the first: The paint ran out." in found.notes


def test_when_all_fail_the_job_fails_for_the_first_reason(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="The paint ran out"):
        made(Parent(tmp_path, broken=(0, 1)), count=2)


def test_pictures_with_faults_are_set_aside_with_reasons(job: Any) -> None:
    job.reasons = {"a-made-1": ["Blurred: its edges are 4 px wide."]}
    found = made(job, count=3, filter=Filter())
    assert [one.kept for one in found.pictures] == [True, False, True]
    assert found.pictures[1].reasons == ["Blurred: its edges are 4 px wide."]
    assert (found.made, found.kept) == (3, 2)
    assert job.published["picture-1"]["kept"] is False


def test_what_cannot_be_judged_is_kept(tmp_path: Path) -> None:
    found = made(Parent(tmp_path, broken=(-1,)), count=2, filter=Filter())
    assert found.kept == 2
    assert "could not be judged, so all were kept" in found.notes[-1]


def test_a_grid_for_each_prompt_and_plane(job: Any) -> None:
    x, y, z = Axis(by="seed", values="1-2"), Axis(by="steps", values="5, 9"), Axis(by="guidance", values="3, 7")
    found = made(job, prompt="", prompts=["a fox", "an owl"], x=x, y=y, z=z)
    assert found.planned == 16
    assert len(found.grids) == 4
    grids = [one for name, one in job.kept.items() if "grid" in name]
    assert [one.name for one in grids] == ["a-fox-guidance-3-grid-1.png", "a-fox-guidance-7-grid-2.png", "an-owl-guidance-3-grid-3.png",
                                           "an-owl-guidance-7-grid-4.png"]  # fmt: skip
    assert grids[0].meta["picture"]["batch"] == {"grid": True, "title": "a fox · Guidance 3", "columns": ["1", "2"], "rows": ["5", "9"]}
    assert len(grids[0].inputs) == 4
    with Image.open(grids[0].path) as image:
        assert image.width > 128


def test_a_grid_is_drawn_with_what_was_made(tmp_path: Path) -> None:
    found = made(Parent(tmp_path, broken=(1,)), x=Axis(by="seed", values="1-3"))
    assert len(found.grids) == 1


def test_the_sheet_names_what_sets_its_row_apart() -> None:
    request = ask(prompt="", table="prompt,style\na fox,ink\n", count=2, x=Axis(by="steps", values="5, 9"))
    sheet = sheet_of(request, request.cells[2])
    assert (sheet.title, list(sheet.columns), list(sheet.rows)) == ("a fox · style ink · Seed 2", ["5", "9"], [""])
    assert sheet_of(ask(x=Axis(by="seed", values="3")), Cell(prompt="a fox", labels={"Seed": "3"})).title == "a fox"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("batch") / "data", headless=True, cpu_workers=1)
    with Studio.open(settings, keep_spare=False) as opened:
        yield opened


def test_a_real_grid_of_storyboards_with_faults_looked_for(studio: Studio) -> None:
    request = {
        "prompt": "A {red|blue} fox __places__, medium shot", "width": 128, "height": 72, "seed": 3, "filter": {},
        "x": {"by": "seed", "values": "1-2"}, "y": {"by": "replace", "values": "medium shot, close-up"},
    }  # fmt: skip
    detail = studio.wait(studio.submit("image.batch", request).job.id, 60)
    assert detail.job.state == "succeeded", detail.job.error
    result = BatchedImages.model_validate(detail.result)
    assert (result.planned, result.made, len(result.grids)) == (4, 4, 1)
    grid = studio.artifact(result.grids[0])
    assert sorted(grid.inputs) == sorted(str(one.artifact_id) for one in result.pictures)
    assert (grid.meta["picture"]["model"], grid.meta["picture"]["engine"]) == ("storyboard", "Storyboard card, no AI image")
    assert studio.artifact(str(result.pictures[2].artifact_id)).meta["picture"]["request"]["batch"]["labels"] == {
        "Seed": "1", "“medium shot”": "close-up",
    }  # fmt: skip


def test_cancelling_a_batch_cancels_what_waits(studio: Studio) -> None:
    submitted = studio.submit("image.batch", {"prompt": "a fox", "count": 40, "width": 512, "height": 512}).job
    first = threading.Event()
    with studio.events.subscribe() as events:
        while not first.is_set():
            event = events.get(60)
            assert event is not None
            if event.job_id == submitted.id and event.kind == "published":
                first.set()
    studio.cancel(submitted.id)
    assert studio.wait(submitted.id, 30).job.state == "cancelled"
    children = studio.jobs(parent_id=submitted.id, limit=100).items
    for child in children:
        studio.wait(child.id, 30)
    states = {studio.job(child.id).job.state for child in children}
    assert not states & set(LIVE)
    assert len(children) < 40
