"""`character.sheet`: every picture a job of its own, labelled for what it is, kept when asked, never made twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from app.cast import CastMember
from app.characters.pack import Pack
from app.imaging.requests import STORYBOARD
from app.imaging.sheet.capability import cell_size, make_sheet, prepare_sheet
from app.imaging.sheet.requests import MadeSheet, MakeSheet
from app.studio import Studio
from configs.errors import NotFound, StudioError
from configs.settings import Settings
from storage.records import Artifact
from tests.app.imaging.easel import Surrounded, artifact, installed

LUCA = CastMember(name="luca", title="Luca Rossi", description="a boy with curls", palette=["#c83232"])
SMALL = {"character": "luca", "views": ["front", "back"], "expressions": ["happy"], "cell_px": 64, "seed": 5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sheet")


@pytest.fixture(scope="module")
def studio(folder: Path) -> Iterator[Studio]:
    with Studio.open(Settings(data_dir=folder / "data", headless=True, cpu_workers=1), keep_spare=False) as opened:
        opened.characters.create("luca", Pack(title="Luca Rossi", description="a boy with curls", palette=["#c83232"]))
        yield opened


def made(studio: Studio, **asked: Any) -> tuple[MadeSheet, Any]:
    detail = studio.wait(studio.submit("character.sheet", {**SMALL, **asked}).job.id, 120)
    assert detail.job.state == "succeeded", detail.job.error
    return MadeSheet.model_validate(detail.result), detail


def test_without_a_model_it_is_labelled_as_no_ai_image(studio: Studio) -> None:
    found, detail = made(studio)
    assert [cell.label for cell in found.cells] == ["Front", "Back", "Happy"]
    assert (found.model, found.palette, found.kept) == (STORYBOARD, ["#c83232"], False)
    assert "no AI image" in found.engine
    assert any("do not turn" in note for note in found.notes)
    sheet = studio.artifact(found.artifact_id)
    assert (sheet.name, sheet.kind, detail.job.thumbnail_id) == ("luca-sheet-5.png", "image", sheet.id)
    assert sheet.meta["picture"]["model"] == STORYBOARD
    assert [cell["name"] for cell in sheet.meta["picture"]["sheet"]["cells"]] == ["front", "back", "happy"]
    assert (sheet.meta["probe"]["width"], sheet.meta["picture"]["width"]) == (Image.open(sheet.path).width,) * 2
    assert set(detail.published) == {"view-front", "view-back", "face-happy"}
    assert [job.capability for job in studio.jobs(parent_id=detail.job.id).items] == ["image.generate"] * 3
    assert studio.characters.get("luca").sheet is None


def test_kept_when_asked_but_cards_are_no_references(studio: Studio) -> None:
    found, _ = made(studio, keep=True)
    pack = studio.characters.get("luca")
    assert found.kept
    assert (pack.sheet, pack.references) == (found.artifact_id, [])
    assert studio.characters.member("luca").references == []
    assert any("no references" in note for note in found.notes)


def test_who_is_unknown_gets_no_job(studio: Studio) -> None:
    before = sum(studio.counts().values())
    with pytest.raises(NotFound, match="no character @lucia"):
        studio.submit("character.sheet", {**SMALL, "character": "lucia"})
    with pytest.raises(NotFound):
        studio.submit("character.sheet", {**SMALL, "model": "no-such-model"})
    assert sum(studio.counts().values()) == before


def test_a_stored_sheet_is_made_again_with_the_pack_as_it_was(studio: Studio) -> None:
    request = studio.submit("character.sheet", SMALL).job.request
    studio.characters.change("luca", Pack(title="Other"), studio.characters.get("luca").revision)
    again = studio.submit("character.sheet", request).job
    assert again.request["cast"][0]["title"] == "Luca Rossi"
    studio.wait(again.id, 60)


def test_a_studio_that_stops_in_the_middle_makes_nothing_twice(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", headless=True, cpu_workers=1)
    asked = {"character": "luca", "cell_px": 64, "seed": 5}
    with Studio.open(settings, keep_spare=False) as first:
        first.characters.create("luca", Pack(title="Luca"))
        job = first.submit("character.sheet", asked).job
        with first.events.subscribe(job.id) as heard:
            while (event := heard.get(30)) is not None and event.kind != "published":
                pass
    with Studio.open(settings, keep_spare=False) as second:
        detail = second.wait(job.id, 120)
        assert detail.job.state == "succeeded", detail.job.error
        children = second.jobs(parent_id=job.id, limit=100).items
        assert len(children) == 10
        assert len({child.id for child in children}) == 10
        pictures = second.artifacts(kind="image", role="result", limit=100).items
        assert len(pictures) == 11
        assert len({one.job_id for one in pictures}) == 11


class SheetJob:
    """The parent's side of it: children answer at once with pictures of one colour each."""

    def __init__(self, folder: Path, model: str = "tiny-sdxl", attempt: int = 1) -> None:
        self.folder, self.model, self.attempt, self.work_dir = folder, model, attempt, folder / "work"
        self.work_dir.mkdir(parents=True, exist_ok=True)
        self.asked: dict[str, dict[str, Any]] = {}
        self.started: list[str] = []
        self.kept: dict[str, Artifact] = {}
        self.fails: set[str] = set()
        self.pack: dict[str, Any] = {}
        self.gone = False

    def progress(self, fraction: float, message: str = "") -> None: ...

    def publish(self, key: str, value: Any) -> None: ...

    def step(self, name: str, function: Any) -> Any:
        return function()

    def start(self, key: str, capability: str, request: dict[str, Any]) -> None:
        self.started.append(key)

    def run(self, key: str, capability: str, request: dict[str, Any]) -> dict[str, Any]:
        assert capability == "image.generate"
        if key in self.fails:
            raise StudioError("The model fell over.", "", "failed")
        self.asked[key] = request
        image = Image.new("RGB", (request["width"], request["height"]), "white")
        ImageDraw.Draw(image).rectangle([8, 8, request["width"] - 9, request["height"] - 9], fill="#2846b4")
        self._keep(f"{key}.png", image)
        likeness = [{"character": "luca", "similarity": 0.5, "threshold": 0.65, "passed": False, "engine": "built in"}]
        one = {"artifact_id": f"a-{key}.png", "seed": request["seed"], "width": image.width, "height": image.height}
        return {
            "images": [{**one, "likeness": likeness if request["cast"][0]["references"] else []}], "model": self.model, "engine": "Tiny",
            "licence": "MIT", "prompt": request["prompt"], "notes": ["The picture resembles @luca only 0.50.", "slow"], "took_s": 0,
        }  # fmt: skip

    def _keep(self, name: str, image: Image.Image) -> None:
        image.save(self.folder / name)
        picture = {"request": {}, "model": self.model, "seed": 5, "prompt": "x"}
        self.kept[name] = artifact(name, self.folder / name, meta={"picture": picture})

    def made(self, artifact_id: str) -> Artifact:
        return self.kept[artifact_id.removeprefix("a-")]

    def save(self, name: str, path: Path, **options: Any) -> Artifact:
        target = self.folder / name
        target.write_bytes(path.read_bytes())
        self.kept[name] = artifact(name, target, meta=options["meta"])
        return self.kept[name]

    def part(self, name: str) -> Any:
        assert name == "characters"
        return self

    def add_pictures(self, handle: str, **pack: Any) -> None:
        if self.gone:
            raise NotFound(f"There is no character @{handle}.", "Make it.")
        self.pack = pack


def request(**more: Any) -> MakeSheet:
    return MakeSheet.model_validate({**SMALL, "model": "tiny-sdxl", "cast": [LUCA], **more})


def run(job: SheetJob, **more: Any) -> MadeSheet:
    return make_sheet(request(**more), job)  # type: ignore[arg-type]


def test_the_first_picture_guides_the_others_of_a_character_without_pictures(tmp_path: Path) -> None:
    job = SheetJob(tmp_path)
    found = run(job)
    assert job.started == ["view-back", "face-happy"]
    assert [asked["cast"][0]["references"] for asked in job.asked.values()] == [[], ["a-view-front.png"], ["a-view-front.png"]]
    assert [len(cell.likeness) for cell in found.cells] == [0, 1, 1]
    assert {asked["seed"] for asked in job.asked.values()} == {5}
    assert found.notes == ["slow"], "a back is not to be like a front"


def test_a_characters_own_pictures_guide_all_of_them(tmp_path: Path) -> None:
    job = SheetJob(tmp_path)
    run(job, cast=[LUCA.model_copy(update={"references": ["a-own"]})])
    assert {tuple(asked["cast"][0]["references"]) for asked in job.asked.values()} == {("a-own",)}


def test_prompts_say_the_character_the_details_and_the_pose(tmp_path: Path) -> None:
    job = SheetJob(tmp_path)
    run(job, details="in a red coat,", negative="hat", style="ink")
    front = job.asked["view-front"]
    assert front["prompt"].startswith("@luca, in a red coat, full body, standing, front view")
    assert front["negative"].startswith("hat, cropped")
    assert (front["style"], front["width"], front["height"]) == ("ink", 64, 80)
    assert (job.asked["face-happy"]["width"], job.asked["face-happy"]["height"]) == (64, 64)


def test_what_is_kept_goes_into_the_pack_with_the_back_last(tmp_path: Path) -> None:
    job = SheetJob(tmp_path)
    found = run(job, keep=True, cast=[LUCA.model_copy(update={"palette": []})])
    assert found.kept
    assert job.pack["sheet"] == found.artifact_id
    assert job.pack["references"] == ["a-view-front.png", "a-face-happy.png", "a-view-back.png"]
    assert job.pack["palette"][0] == "#2846b4", "its colours are those of the first picture"


def test_a_character_that_was_deleted_meanwhile_keeps_its_sheet_all_the_same(tmp_path: Path) -> None:
    job = SheetJob(tmp_path)
    job.gone = True
    found = run(job, keep=True)
    assert not found.kept
    assert "could not be put into the pack: There is no character @luca." in found.notes[-1]


def test_a_picture_that_failed_is_tried_again_in_the_next_attempt(tmp_path: Path) -> None:
    job = SheetJob(tmp_path)
    job.fails = {"view-back"}
    with pytest.raises(StudioError, match="fell over"):
        run(job)
    job = SheetJob(tmp_path, attempt=2)
    job.fails = {"view-back"}
    run(job)
    assert list(job.asked) == ["view-front", "view-back-2", "face-happy"]


def test_the_model_and_the_size_are_settled_before_there_is_a_job() -> None:
    around = Surrounded(installed())
    found = prepare_sheet(MakeSheet(character="luca", cast=[LUCA]), around)  # type: ignore[arg-type]
    assert (found.model, found.cell_px, found.cast) == ("tiny-sdxl", 128, [LUCA])
    longest = MakeSheet(character="luca", cast=[LUCA], details="x" * 1000, negative="x" * 2000)
    assert prepare_sheet(longest, around).model == "tiny-sdxl"  # type: ignore[arg-type]
    drawn = prepare_sheet(MakeSheet(character="luca", cast=[LUCA]), Surrounded())  # type: ignore[arg-type]
    assert (drawn.model, drawn.cell_px) == (STORYBOARD, 512)
    with pytest.raises(NotFound, match="no character @mira"):
        prepare_sheet(MakeSheet(character="mira", cast=[LUCA]), around)  # type: ignore[arg-type]


def test_sizes_of_the_pictures() -> None:
    assert cell_size(1024, True) == (832, 1216)
    assert cell_size(1024, False) == (1024, 1024)
    assert cell_size(64, True) == (64, 80)
    assert cell_size(None, True) == (None, None)
    assert all(side % 8 == 0 for px in range(64, 2049, 8) for side in cell_size(px, True) if side is not None)
