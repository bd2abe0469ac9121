"""One clip's sound: crossfades, flowing cuts, pieces."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from app.editing.audio import clips as module
from app.editing.audio.clips import Readers, crossfade, flows, track_of
from app.editing.audio.mix import mixed
from tests.app.editing.audio.recordings import RATE, audio_facts, facts, film, tone, write_clip, write_wav


@pytest.fixture(scope="module")
def humming(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("clips")
    return facts("h", write_clip(folder / "hum.mp4", write_wav(folder / "hum.wav", tone(4.0)), 4.0), 4.0)


def test_a_crossfade_keeps_the_power_and_a_dip_meets_in_silence():
    share = np.linspace(0, 1, 101)
    assert np.allclose(crossfade(share, "dissolve") ** 2 + crossfade(1 - share, "dissolve") ** 2, 1, atol=1e-6)
    assert crossfade(0.5, "dip_black") == 0
    assert np.all(crossfade(share, "dip_white") * crossfade(1 - share, "dip_white") == 0)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({}, True),
        ({"start_s": 1.2}, False),
        ({"operations": [{"op": "speed", "factor": 2.0}]}, False),
        ({"operations": [{"op": "volume", "gain_db": -3}]}, False),
        ({"operations": [{"op": "reverse"}]}, False),
        ({"operations": [{"op": "transition"}]}, False),
        ({"operations": [{"op": "zoom"}]}, True),
    ],
)
def test_sound_flows_on_only_where_nothing_is_cut(humming, second, expected):
    made = film(humming, segments=[{"start_s": 0.0, "end_s": 1.0}, {"start_s": 1.0, "end_s": 2.0, **second}])
    assert flows(made.clips[0], made.clips[1], made.rate) is expected


def test_the_track_is_the_first_unless_told(humming):
    two = facts("t", humming.path, 4.0, audio_tracks=3)
    made = film(two, segments=[{"start_s": 0, "end_s": 1}, {"start_s": 0, "end_s": 1, "operations": [{"op": "volume", "track": 2}]}])
    assert [track_of(clip) for clip in made.clips] == [0, 2]


@pytest.mark.parametrize(
    "operations", [[], [{"op": "reverse"}], [{"op": "speed", "factor": 0.5}], [{"op": "fade", "in_s": 0.5, "out_s": 0.5}]]
)
def test_working_in_pieces_changes_nothing(humming, monkeypatch, operations):
    made = film(humming, segments=[{"start_s": 0.0, "end_s": 3.0, "operations": operations}])
    whole = mixed(made)
    monkeypatch.setattr(module, "PIECE", RATE // 2 + 77)
    parts = mixed(made)
    if operations and operations[0]["op"] == "speed":
        assert len(parts) == len(whole)
        assert np.abs(np.diff(parts[:, 0])).max() < 1.3 * 0.25 * 2 * np.pi * 440 / RATE
    else:
        assert np.allclose(whole, parts, atol=1e-5)


def test_only_so_many_files_stay_open(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_OPEN_FILES", 2)
    sources = [audio_facts(f"s{n}", write_wav(tmp_path / f"{n}.wav", tone(0.2, 300 + n)), 0.2) for n in range(5)]
    with ExitStack() as stack:
        readers = Readers(stack)
        for source in [*sources, *sources]:
            assert np.any(readers.of(source, 0).read(0, 500))
        assert len(readers._open) == 2


def test_a_still_and_a_muted_clip_give_nothing(humming):
    still = facts("i", Path("/still.png"), 0.0, kind="image", frame_count=1, audio_tracks=0, rate=Fraction(25))
    segments = [
        {"source": "i", "start_s": 0.0, "end_s": 1.0},
        {"source": "h", "start_s": 0.0, "end_s": 1.0, "operations": [{"op": "volume", "mute": True}]},
    ]
    assert not np.any(mixed(film(still, humming, segments=segments)))
