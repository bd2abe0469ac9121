"""What is measured of each frame, wherever the looking starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.video.analysers import ANALYSERS
from app.video.decode import Decoder, Place
from app.video.looking import Look, Looker, looks_at
from app.video.probe import probe_video
from configs.errors import BadMedia

GRAPH = "testsrc2=s=320x180:r=24:d=6,noise=alls=4:allf=t[out0]"


@pytest.fixture
def film(clips: Callable[..., Path]) -> Path:
    return clips("looked-at.mp4", "-pix_fmt", "yuv420p", "-g", "24", graph=GRAPH)


def looks(film: Path, place: Place | None = None, first: int = 0) -> list[Look]:
    return list(looks_at(Decoder(film, 1 / 24).pictures(place), Looker(ANALYSERS, probe_video(film)), first))


def plain(look: Look) -> tuple[Any, ...]:
    return (look.index, look.stamp, look.time_s, list(look.row), look.sample, look.quality, look.lean)


def test_every_frame_is_looked_at_once_in_order(film: Path) -> None:
    found = looks(film)
    assert [look.index for look in found] == list(range(144))
    assert [look.index for look in found if look.sample is not None] == list(range(0, 144, 12))
    assert [look.index for look in found if look.quality is not None] == list(range(0, 144, 4))
    assert [look.index for look in found if look.lean is not None] == [2, 98]


def test_started_earlier_by_its_memory_it_sees_the_same(film: Path) -> None:
    whole = looks(film)
    memory = Looker(ANALYSERS, probe_video(film)).memory
    place = Place(90 - memory, whole[90 - memory].stamp, whole[0].stamp)
    assert [plain(look) for look in looks(film, place, 90)] == [plain(look) for look in whole[90:]]


def test_a_sampled_frame_can_be_drawn_as_it_is_displayed(film: Path) -> None:
    sampled = [look for look in looks(film) if look.show is not None]
    image = sampled[3].show()  # type: ignore[misc]
    assert image.shape == (180, 320, 3)
    assert np.array_equal(image, sampled[3].show())  # type: ignore[misc]


def test_a_file_without_frames_is_bad_media(tmp_path: Path, film: Path) -> None:
    path = tmp_path / "cut.mp4"
    path.write_bytes(film.read_bytes()[:200])
    with pytest.raises(BadMedia):
        list(looks_at(Decoder(path, 1 / 24).pictures(), Looker(ANALYSERS, probe_video(film)), 0))
