"""The capability: every picture its own step, taken up where it was, made again when it is too unlike its character."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from app.cast import CastMember
from app.imaging.generate import SEEDS, generate_images
from app.studio import Studio
from backends.images import ImageCall, ImageHooks, ImageMade
from configs.errors import BadInput, StudioError
from configs.settings import Settings
from jobs.context import JobCancelled
from tests.app.imaging.easel import CountingEngine, EaselJob, asked, installed

SDXL = installed()


@pytest.fixture
def job(tmp_path: Path) -> Any:
    return EaselJob(tmp_path, SDXL)


def pixels(job: Any) -> dict[str, bytes]:
    return {name: Image.open(one.path).tobytes() for name, one in job.kept.items()}


def test_seeds_follow_each_other_and_every_picture_is_shown_at_once(job: Any) -> None:
    found = generate_images(asked(count=3, seed=SEEDS - 2), job)
    assert [image.seed for image in found.images] == [SEEDS - 2, SEEDS - 1, 0]
    assert list(job.published) == ["image-0", "image-1", "image-2"]
    assert list(job.kept) == [f"a-fox-{seed}.png" for seed in (SEEDS - 2, SEEDS - 1, 0)]
    assert [image.steps_run for image in found.images] == [12, 12, 12]
    assert (found.model, found.prompt, found.licence) == ("tiny-sdxl", "a fox", "MIT")
    assert job.said[-1] == (1.0, "Done")
    fractions = [fraction for fraction, _ in job.said]
    assert fractions == sorted(fractions)


def test_a_seed_by_chance_stays_for_every_attempt(job: Any) -> None:
    seed = generate_images(asked(), job).images[0].seed
    job.steps = {"seed": job.steps["seed"]}
    assert generate_images(asked(), job).images[0].seed == seed
    assert 0 <= seed < SEEDS


def test_an_interrupted_job_redoes_five_steps_at_most_and_ends_with_the_same_bits(tmp_path: Path) -> None:
    whole = EaselJob(tmp_path / "whole", SDXL)
    generate_images(asked(count=3, seed=4, steps=30), whole)
    for stop in (1, 5, 20, 24, 29):
        job: Any = EaselJob(tmp_path / f"broken-{stop}", SDXL)
        job.steps["image-0"] = whole.steps["image-0"]  # done before
        job.engine.stop_at, job.engine.stop_with = stop, SystemExit
        with pytest.raises(SystemExit):
            generate_images(asked(count=3, seed=4, steps=30), job)
        assert job.engine.steps == list(range(1, stop + 1))
        job.engine.steps.clear()
        found = generate_images(asked(count=3, seed=4, steps=30), job)
        redone = stop - (job.engine.steps[0] - 1)
        assert 0 <= redone <= 5
        assert job.engine.steps[-30:] == list(range(1, 31))
        assert found.images[1].steps_run == 30 - stop // 5 * 5
        assert pixels(job) == {name: bits for name, bits in pixels(whole).items() if name != "a-fox-4.png"}


def test_cancelling_stops_at_the_next_step(job: Any) -> None:
    def cancel() -> BaseException:
        job.cancelled = True
        return RuntimeError()

    class Cancels(CountingEngine):
        def generate(self, call: ImageCall, hooks: ImageHooks) -> ImageMade:
            def step(number: int, of: int) -> None:
                if number == 3:
                    cancel()
                hooks.on_step(number, of)

            return super().generate(call, ImageHooks(on_step=step, is_cancelled=hooks.is_cancelled))

    job.engine = Cancels()
    with pytest.raises(JobCancelled):
        generate_images(asked(seed=1), job)
    assert job.engine.steps == [1, 2, 3]
    assert job.kept == {}


class Artist(CountingEngine):
    """Draws the right figure from the n-th try on."""

    def __init__(self, right_from: int) -> None:
        super().__init__()
        self.right_from = right_from

    def generate(self, call: ImageCall, hooks: ImageHooks) -> ImageMade:
        self.calls.append(call)
        return ImageMade(figure("red" if len(self.calls) >= self.right_from else "blue"), 1)


def figure(colour: str) -> Image.Image:
    image = Image.new("RGB", (96, 96), "white")
    ImageDraw.Draw(image).ellipse((24, 12, 72, 84), fill=colour)
    return image


def of_luca(job: Any, **fields: Any) -> Any:
    luca = CastMember(name="luca", references=[job.give("red.png", figure("red"))])
    return asked(prompt="@luca", cast=[luca], seed=10, **fields)


def test_a_picture_unlike_its_character_is_made_again_until_it_passes(job: Any) -> None:
    job.engine = Artist(right_from=3)
    found = generate_images(of_luca(job, rerolls=4, count=2), job)
    first, second = found.images
    assert [call.seed for call in job.engine.calls] == [10, 12, 14, 11]
    assert (first.seed, first.rerolls, first.likeness[0].passed) == (14, 2, True)
    assert (second.seed, second.rerolls) == (11, 0)
    roles = {name: one.role for name, one in job.kept.items()}
    assert roles == {
        "tries/luca-10.png": "support", "tries/luca-12.png": "support", "tries/luca-14.png": "support", "luca-14.png": "result",
        "luca-11.png": "result",
    }  # fmt: skip
    assert job.kept["luca-14.png"].meta["picture"]["rerolls"] == 2


def test_the_best_of_the_tries_wins_and_the_drift_is_told(job: Any) -> None:
    job.engine = Artist(right_from=99)
    found = generate_images(of_luca(job, rerolls=2), job)
    assert found.images[0].rerolls == 2
    assert len(job.engine.calls) == 3
    assert "resembles @luca only" in found.notes[-1]
    assert [one.role for one in job.kept.values()].count("result") == 1


def test_without_rerolls_it_is_only_told(job: Any) -> None:
    job.engine = Artist(right_from=99)
    found = generate_images(of_luca(job), job)
    assert list(job.kept) == ["luca-10.png"]
    assert not found.images[0].likeness[0].passed
    assert any("resembles @luca only" in note for note in found.notes)


def test_tries_made_before_an_interruption_are_not_made_again(job: Any) -> None:
    job.engine = Artist(right_from=3)
    request = of_luca(job, rerolls=4)
    generate_images(request, job)
    del job.steps["image-0"], job.steps["image-0-try-2"]
    job.engine.calls.clear()
    job.engine.right_from = 1
    generate_images(request, job)
    assert [call.seed for call in job.engine.calls] == [12]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("easel") / "data", headless=True, cpu_workers=1)
    with Studio.open(settings, keep_spare=False) as opened:
        yield opened


def test_a_studio_without_models_makes_storyboards(studio: Studio) -> None:
    submitted = studio.submit("image.generate", {"prompt": "A fox on a hill", "width": 96, "height": 64, "count": 2, "style": None})
    detail = studio.wait(submitted.job.id, 60)
    assert detail.job.state == "succeeded", detail.job.error
    assert detail.job.title == "Generate image: A fox on a hill"
    assert detail.job.request["model"] == "storyboard"
    assert detail.job.thumbnail_id == detail.result["images"][0]["artifact_id"]
    assert [one.role for one in detail.artifacts] == ["result", "result"]
    again = studio.submit("image.generate", {**detail.job.request, "seed": detail.result["images"][0]["seed"]})
    rerun = studio.wait(again.job.id, 60)
    assert [one.name for one in rerun.artifacts] == [one.name for one in detail.artifacts]
    for one, other in zip(rerun.artifacts, detail.artifacts, strict=True):
        assert Image.open(one.path).tobytes() == Image.open(other.path).tobytes()


def test_a_refusal_makes_no_job(studio: Studio) -> None:
    before = studio.counts()
    for request in ({"prompt": ""}, {"prompt": "x", "model": "gone"}, {"prompt": "x", "loras": [{"name": "gone"}]}, {"prompt": "@nobody"}):
        with pytest.raises(StudioError):
            studio.submit("image.generate", request)
    with pytest.raises(BadInput, match="8000 characters"):
        studio.submit("image.generate", {"prompt": "x" * 10_000})
    assert studio.counts() == before
