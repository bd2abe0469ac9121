"""The sound of a film: to the sample as long as its pictures, every sound where the plan has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.editing.audio.mix import has_sound, key, mixed, render, samples_of
from tests.app.editing.audio.recordings import RATE, audio_facts, clicks, facts, film, level_db, onsets_s, tone, write_clip, write_wav

TICKS = [0.5, 1.1, 1.7, 2.3, 2.9, 3.5]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sound")


@pytest.fixture(scope="module")
def ticks(folder: Path):
    """Four seconds with a burst at each of TICKS."""
    return facts("a", write_clip(folder / "ticks.mp4", write_wav(folder / "ticks.wav", clicks(4.0, TICKS)), 4.0), 4.0)


@pytest.fixture(scope="module")
def humming(folder: Path):
    return facts("h", write_clip(folder / "hum.mp4", write_wav(folder / "hum.wav", tone(4.0)), 4.0), 4.0)


@pytest.fixture(scope="module")
def mute(folder: Path):
    return facts("m", write_clip(folder / "mute.mp4", None, 2.0), 2.0, audio_tracks=0, audio_channels=0)


def assert_near(found: list[float], planned: list[float], within_s: float = 0.001) -> None:
    assert len(found) == len(planned), (found, planned)
    assert np.max(np.abs(np.array(found) - np.array(planned))) <= within_s, (found, planned)


def test_cuts_place_every_burst_to_the_millisecond(ticks):
    made = film(ticks, segments=[{"start_s": 1.0, "end_s": 2.0}, {"start_s": 0.2, "end_s": 0.8}, {"start_s": 2.2, "end_s": 4.0}])
    sound = mixed(made)
    assert sound.shape == (samples_of(made), 2)
    assert_near(onsets_s(sound), [0.1, 0.7, 1.3, 1.7, 2.3, 2.9])


@pytest.mark.parametrize("factor", [0.25, 0.5, 0.8, 1.5, 2.0, 4.0])
@pytest.mark.parametrize("keep_pitch", [True, False])
def test_bursts_land_where_the_speed_puts_them(ticks, factor, keep_pitch):
    operations = [{"op": "speed", "factor": factor, "keep_pitch": keep_pitch}]
    made = film(ticks, segments=[{"start_s": 0.0, "end_s": 4.0, "operations": operations}])
    threshold = 0.3 if keep_pitch else 0.06
    apart = 0.02 if factor > 1 else 0.05
    assert_near(onsets_s(mixed(made), threshold, apart), [moment / factor for moment in TICKS])


def test_backwards_bursts_end_where_they_began(ticks):
    made = film(ticks, segments=[{"start_s": 1.0, "end_s": 3.0, "operations": [{"op": "reverse"}]}])
    planned = [3.0 - moment - 0.001 for moment in reversed([1.1, 1.7, 2.3, 2.9])]
    assert_near(onsets_s(mixed(made)), planned)


def test_a_freeze_is_silent_and_moves_what_follows(ticks):
    made = film(ticks, segments=[{"start_s": 0.0, "end_s": 2.0, "operations": [{"op": "freeze", "at_s": 0.8, "duration_s": 1.0}]}])
    sound = mixed(made)
    assert_near(onsets_s(sound), [0.5, 2.1, 2.7])
    assert not np.any(sound[round(0.82 * RATE) : round(1.78 * RATE)])


@pytest.mark.parametrize("easing", ["linear", "ease_in_out"])
@pytest.mark.parametrize(("slow", "fast"), [(1.0, 3.0), (2.0, 0.5)])
def test_a_ramp_keeps_sound_with_its_frames(ticks, easing, slow, fast):
    operations = [{"op": "ramp", "from_factor": slow, "to_factor": fast, "easing": easing}]
    made = film(ticks, segments=[{"start_s": 0.0, "end_s": 4.0, "operations": operations}])
    planned = []
    for moment in TICKS:
        at, frame = moment * 25, 0
        for stretch in made.clips[0].stretches:
            if stretch.start <= at < stretch.start + stretch.frames * stretch.step:
                planned.append((frame + float((at - stretch.start) / stretch.step)) / 25)
            frame += stretch.frames
    assert_near(onsets_s(mixed(made), apart_s=0.04), planned)


def test_what_is_faster_than_can_be_heard_is_silent(ticks):
    made = film(ticks, segments=[{"start_s": 0.0, "end_s": 4.0, "operations": [{"op": "speed", "factor": 5.0}]}])
    assert not np.any(mixed(made))


def test_pitch_is_kept_or_not(humming):
    def pitch(keep: bool) -> float:
        operations = [{"op": "speed", "factor": 2.0, "keep_pitch": keep}]
        sound = mixed(film(humming, segments=[{"start_s": 0.0, "end_s": 4.0, "operations": operations}]))
        spectrum = np.abs(np.fft.rfft(sound[RATE // 4 : RATE // 4 + RATE, 0] * np.hanning(RATE)))
        return float(np.argmax(spectrum))

    assert abs(pitch(True) - 440) <= 2
    assert abs(pitch(False) - 880) <= 2


def test_a_source_without_sound_and_one_that_begins_late(folder, mute, humming):
    late = facts("l", write_clip(folder / "late.mp4", write_wav(folder / "l.wav", clicks(2.0, [0.5])), 3.0, audio_late_s=0.6), 3.0)
    segments = [{"source": "m", "start_s": 0.0, "end_s": 1.0}, {"source": "l", "start_s": 0.0, "end_s": 3.0}]
    made = film(mute, late, segments=segments)
    sound = mixed(made)
    assert len(sound) == 4 * RATE
    assert not np.any(sound[: round(1.55 * RATE)])
    assert_near(onsets_s(sound), [1.0 + 0.6 + 0.5])
    assert not np.any(sound[round(3.7 * RATE) :])


def test_a_picture_that_begins_late_counts_from_its_first_frame(folder):
    wav = write_wav(folder / "early.wav", clicks(3.0, [0.8, 1.6]))
    shifted = write_clip(folder / "early.mkv", wav, 2.5, "-vf", "setpts=PTS+0.4/TB", "-fps_mode", "passthrough")
    sound = mixed(film(facts("e", shifted, 2.5), segments=[{"start_s": 0.0, "end_s": 2.4}]))
    assert_near(onsets_s(sound), [0.4, 1.2], 0.0012)


def test_a_cut_that_is_none_cannot_be_heard(humming):
    whole = mixed(film(humming, segments=[{"start_s": 0.4, "end_s": 2.4}]))
    parts = mixed(film(humming, segments=[{"start_s": 0.4, "end_s": 1.4}, {"start_s": 1.4, "end_s": 2.4}]))
    assert np.allclose(whole, parts, atol=1e-6)


def test_real_cuts_do_not_click(humming):
    sound = mixed(film(humming, segments=[{"start_s": 0.4, "end_s": 1.0007}, {"start_s": 2.0, "end_s": 2.6}]))
    assert np.abs(np.diff(sound[:, 0])).max() < 1.2 * 0.25 * 2 * np.pi * 440 / RATE
    assert level_db(sound[round(0.59 * RATE) : round(0.61 * RATE)]) > -30


def test_a_dissolve_keeps_its_loudness_and_a_dip_does_not(folder, humming):
    other = audio_facts("o", write_wav(folder / "o.wav", tone(4.0, 660)), 4.0)
    assert other.has_sound

    def middle(kind: str) -> float:
        segments = [
            {"start_s": 0.0, "end_s": 2.0},
            {"start_s": 2.0, "end_s": 4.0, "operations": [{"op": "transition", "kind": kind, "duration_s": 1.0}]},
        ]
        sound = mixed(film(humming, segments=segments))
        assert len(sound) == 3 * RATE
        return level_db(sound[round(1.45 * RATE) : round(1.55 * RATE)])

    assert abs(middle("dissolve") - -15.05) < 3.2  # the two are alike here, so equal power adds up to at most 3 dB
    assert middle("dip_black") < -24
