"""Half characters and endless numbers are refused at the door: stored, they would break every list they appear in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.studio import Studio
from configs.errors import BadInput
from configs.settings import Settings
from tests.jobs import handlers

HALF = "\ud800"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("text") / "data", cpu_workers=1)
    with Studio.open(settings, capabilities=handlers.TABLE, start_workers=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"text": f"a{HALF}b"}, "text is 'a\\ud800b', which holds half a character"),
        ({"seconds": float("nan")}, "seconds is nan"),
        ({"seconds": float("inf")}, "seconds is inf"),
        ({"clip": os.fsdecode(b"/clips/\xff.mp4")}, "clip is '/clips/\\udcff.mp4', which holds half a character"),
    ],
)
def test_a_request_that_could_not_be_shown_again_makes_no_job(studio: Studio, request_: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        studio.submit("test.nothing", request_, allow_paths=True)
    assert words in refused.value.message
    assert refused.value.remedy
    assert studio.jobs().items == ()


def test_ordinary_text_of_any_script_is_kept(studio: Studio) -> None:
    text = "naïve 動画 🎬 \u0000 \n"
    job = studio.submit("test.nothing", {"text": text}).job
    assert studio.job(job.id).job.request["text"] == text
    studio.cancel(job.id)


def test_questions_with_half_characters_or_huge_numbers_are_bad_input(studio: Studio, tmp_path: Path) -> None:
    for ask in (
        lambda: studio.jobs(capability=HALF),
        lambda: studio.artifacts(query=HALF * 3),
        lambda: studio.create_project(HALF),
        lambda: studio.job(HALF),
        lambda: studio.jobs(before=10**30),
        lambda: studio.artifacts(before=10**30),
    ):
        with pytest.raises(BadInput) as refused:
            ask()
        refused.value.message.encode()
        assert refused.value.remedy


def test_a_file_whose_name_is_no_text_is_refused_in_one_sentence(studio: Studio, make_clip: Any, tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff.mp4"
    try:
        os.rename(make_clip("clip.mp4", frames=12, cuts=()), odd)
    except OSError:
        pytest.skip("this file system takes only names that are text")
    with pytest.raises(BadInput) as refused:
        studio.add_path(os.fsdecode(odd))
    refused.value.message.encode()
    assert studio.artifacts().items == ()
