"""Volume, music, effects and loudness: what they ask of the mix, and what can be wrong with them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.editing.facts import SourceFacts
from app.editing.operations.base import Place
from app.editing.operations.sounds import Loudness, Music, SoundEffect, Volume, decibels


def sound(source_id: str, **changes: Any) -> SourceFacts:
    found: dict[str, Any] = {
        "id": source_id, "artifact_id": source_id, "kind": "audio", "path": Path("/x.wav"), "name": "x.wav", "content_hash": "h",
        "duration_s": 8.0, "audio_tracks": 1,
    }  # fmt: skip
    return SourceFacts(**{**found, **changes})


def place(**changes: Any) -> Place:
    """Four seconds at 25 fps, from second 2 of the film on."""
    found: dict[str, Any] = {
        "path": "$.film[0]", "scope": "film", "frames": 100, "first_frame": 50, "rate": Fraction(25), "width": 640, "height": 360,
        "sources": {"m": sound("m"), "i": sound("i", kind="image", audio_tracks=0)},
    }  # fmt: skip
    return Place(**{**found, **changes})


def test_decibels():
    assert decibels(0) == 1
    assert decibels(-20) == pytest.approx(0.1)


def test_volume_is_one_factor_and_mute_is_none():
    assert Volume(gain_db=-20).gains(place()) == ((0.0, pytest.approx(0.1)),)
    assert Volume(mute=True, gain_db=6).gains(place()) == ((0.0, 0.0),)


def test_a_track_must_be_there():
    def codes(track: int, tracks: int) -> list[str]:
        return [problem.code for problem in Volume(track=track).problems(place(source=sound("a", audio_tracks=tracks)))]

    assert codes(0, 0) == codes(0, 1) == codes(1, 2) == []
    assert codes(1, 1) == codes(2, 2) == codes(5, 0) == ["no_such_track"]


def test_music_lasts_to_the_end_of_the_film_and_makes_way():
    (layer,) = Music(source="m", at_s=1.0, start_s=2.0, duck_db=9).layers(place())
    assert (layer.at_s, layer.seconds, layer.source_id, layer.source_start_s) == (3.0, 3.0, "m", 2.0)
    assert (layer.ducks_db, layer.gain_db, layer.loops, layer.effect) == (9, -12.0, True, None)
    assert next(Music(source="m", duration_s=1.5).layers(place())).seconds == 1.5


def test_music_needs_a_source_with_sound_and_a_beginning_within_it():
    assert [problem.code for problem in Music(source="i").problems(place())] == ["no_sound"]
    assert [problem.code for problem in Music(source="m", start_s=9).problems(place())] == ["begins_after_source"]
    assert [problem.code for problem in Music(source="m", at_s=4).problems(place())] == ["begins_after_end"]
    assert list(Music(source="m").problems(place())) == []
    assert Music(source="m").source_ids() == ("m",)


def test_an_effect_is_a_layer_at_its_time():
    (layer,) = SoundEffect(name="boom", at_s=0.5, gain_db=-3).layers(place())
    assert (layer.at_s, layer.effect, layer.gain_db, layer.source_id) == (2.5, "boom", -3, None)
    with pytest.raises(ValidationError):
        SoundEffect(name="kazoo")


def test_loudness_is_within_what_makes_sense():
    assert (Loudness().target_lufs, Loudness().peak_dbtp) == (-14.0, -1.0)
    with pytest.raises(ValidationError):
        Loudness(target_lufs=0)
