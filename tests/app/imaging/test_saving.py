"""Pictures become artifacts that tell how they were made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from app.imaging.painters import Facts
from app.imaging.requests import ControlUse, ReferenceUse
from app.imaging.saving import LONGEST_SLUG, inputs_of, picture_json, save_picture, slug
from storage.records import SUPPORT
from tests.app.imaging.easel import EaselJob, asked

FACTS = Facts("tiny", "Tiny", "Tiny (fp16)", "abc", "MIT", "a fox in ink", "fog")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Luca waves, smiling!", "luca-waves-smiling"), ("", "picture"), ("日本", "picture"), ("Häuser über Öl", "hauser-uber-ol"),
        ("../../etc/passwd", "etc-passwd"), ("x" * 99, "x" * LONGEST_SLUG), ("aa " * 40, "-".join(["aa"] * 16)),
    ],
)  # fmt: skip
def test_names_are_plain_letters(text: str, name: str) -> None:
    assert slug(text) == name


def test_a_picture_holds_its_settings_in_the_file_and_beside_it(tmp_path: Path) -> None:
    job = EaselJob(tmp_path)
    request = asked(seed=5, image="a-1")
    image = Image.new("RGBA", (64, 48), (1, 2, 3, 4))
    picture = picture_json(request, FACTS, image, 6, likeness=[], rerolls=2)
    kept = save_picture(job, image, "a-fox-6.png", picture, first=True)  # type: ignore[arg-type]
    assert kept.meta["picture"] == picture
    assert kept.meta["probe"] == {
        "kind": "image", "format": "png", "width": 64, "height": 48, "has_alpha": True, "size_bytes": kept.path.stat().st_size,
    }  # fmt: skip
    assert (kept.role, kept.inputs) == ("result", ("a-1",))
    with Image.open(kept.path) as opened:
        assert opened.getpixel((0, 0)) == (1, 2, 3, 4)
        text = opened.info["parameters"]
        ours = json.loads(opened.info["animation-ai-studio"])
    assert ours == picture
    assert text.startswith("a fox in ink\nNegative prompt: fog\n")
    assert "Seed: 6" in text
    assert "Size: 64x48" in text
    assert list(job.work_dir.iterdir()) == []


def test_a_repeated_attempt_gets_what_is_there(tmp_path: Path) -> None:
    job = EaselJob(tmp_path)
    picture = picture_json(asked(), FACTS, Image.new("RGB", (8, 8)), 1)
    first = save_picture(job, Image.new("RGB", (8, 8)), "tries/x.png", picture, role=SUPPORT)  # type: ignore[arg-type]
    again = save_picture(job, Image.new("RGB", (8, 8), "red"), "tries/x.png", picture, role=SUPPORT)  # type: ignore[arg-type]
    assert first == again
    assert first.role == SUPPORT


def test_everything_a_picture_was_made_from_is_its_input_once() -> None:
    request = asked(image="a-1", mask="a-2", controls=[ControlUse(kind="canny", image="a-1")], references=[ReferenceUse(image="a-3")])
    assert inputs_of(request.model_dump(mode="json")) == ["a-1", "a-2", "a-3"]
    assert inputs_of({}) == []
