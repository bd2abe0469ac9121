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


def test_after_ten_minutes_sound_and_picture_are_together(ticks):
    segments = [{"start_s": 0.1 + 0.001 * number, "end_s": 3.05 + 0.003 * (number % 17)} for number in range(200)]
    made = film(ticks, segments=segments, output={"height": 64, "fps": 29.97})
    sound = mixed(made)
    assert made.seconds > 570
    assert len(sound) == samples_of(made) == round(made.frames / made.rate * RATE)
    clip = made.clips[-1]
    begins = clip.begins / float(made.rate)
    planned = [begins + moment - clip.first / 25 for moment in TICKS if clip.first / 25 < moment < clip.end / 25]
    tail = round((begins - 0.005) * RATE)
    found = [moment + tail / RATE for moment in onsets_s(sound[tail:])]
    assert_near(found, planned)


def test_the_second_track_is_heard_where_it_is_asked_for(folder, ticks):
    low, high = write_wav(folder / "low.wav", tone(2.0, 300)), write_wav(folder / "high.wav", tone(2.0, 1200))
    path = write_clip(folder / "two.mkv", [low, high], 2.0)
    both = facts("t", path, 2.0, audio_tracks=2)

    def pitch(track: int) -> int:
        sound = mixed(film(both, segments=[{"start_s": 0.5, "end_s": 1.5, "operations": [{"op": "volume", "track": track}]}]))
        return int(np.argmax(np.abs(np.fft.rfft(sound[:, 0]))))

    assert [pitch(0), pitch(1)] == [300, 1200]


def test_five_channels_become_two_and_the_voice_in_the_middle_stays(folder):
    voice = tone(1.0, 500)[:, :1]
    sixfold = np.concatenate([0 * voice, 0 * voice, voice, 0 * voice, 0 * voice, 0 * voice], axis=1)
    path = write_clip(folder / "surround.mp4", write_wav(folder / "six.wav", sixfold), 1.0)
    sound = mixed(film(facts("s", path, 1.0, audio_channels=6), segments=[{"start_s": 0.0, "end_s": 1.0}]))
    middle = sound[RATE // 4 : RATE * 3 // 4]
    assert abs(level_db(middle) - (-15.05 - 3.01)) < 0.5
    assert np.allclose(middle[:, 0], middle[:, 1], atol=1e-3)


def test_volume_mute_and_fade(humming):
    def levels(*operations: dict) -> tuple[float, float, float]:
        sound = mixed(film(humming, segments=[{"start_s": 0.0, "end_s": 3.0, "operations": list(operations)}]))
        return tuple(level_db(sound[round(at * RATE) : round((at + 0.1) * RATE)]) for at in (0.02, 1.5, 2.88))

    plain = levels()
    assert np.allclose(np.subtract(levels({"op": "volume", "gain_db": -6}), plain), -6, atol=0.1)
    assert levels({"op": "volume", "mute": True}) == (-150.0,) * 3
    start, middle, end = np.subtract(levels({"op": "fade", "in_s": 1.0, "out_s": 1.0}), plain)
    assert start < -18
    assert abs(middle) < 0.1
    assert end < -18


def test_music_makes_way_for_the_sound_of_the_film_and_comes_back(folder, ticks, mute):
    voice = np.zeros((6 * RATE, 2), np.float32)
    voice[2 * RATE : 4 * RATE] = tone(2.0, 700, 0.3)
    speaking = facts("v", write_clip(folder / "voice.mp4", write_wav(folder / "voice.wav", voice), 6.0), 6.0)
    music = audio_facts("b", write_wav(folder / "bed.wav", tone(1.5, 200, 0.5)), 1.5)
    bed = {"op": "music", "source": "b", "gain_db": -6, "duck_db": 12, "fade_in_s": 0.3, "fade_out_s": 0.3}
    sound = mixed(film(speaking, music, segments=[{"start_s": 0.0, "end_s": 6.0}], operations=[bed]))

    def bed_db(at_s: float) -> float:
        part = sound[round(at_s * RATE) : round((at_s + 0.5) * RATE), 0] * np.hanning(RATE // 2)
        return float(20 * np.log10(np.abs(np.fft.rfft(part))[100]))  # 200 Hz

    assert abs(bed_db(2.2) - bed_db(0.6) + 12) < 0.5
    assert abs(bed_db(3.4) - bed_db(0.6) + 12) < 0.5
    assert abs(bed_db(4.8) - bed_db(0.6)) < 0.5
    assert abs(level_db(sound[round(0.6 * RATE) : round(1.1 * RATE)]) - (20 * np.log10(0.5) - 3.01 - 6)) < 0.4


def test_an_effect_begins_at_its_frame_even_where_the_film_is_silent(mute):
    made = film(mute, segments=[{"start_s": 0.0, "end_s": 2.0, "operations": [{"op": "sound_effect", "name": "hit", "at_s": 0.8}]}])
    sound = mixed(made)
    first = int(np.argmax(np.abs(sound[:, 0]) > 0.01))
    assert abs(first / RATE - 0.8) < 0.004
    assert not np.any(sound[: round(0.799 * RATE)])


@pytest.mark.parametrize(("target", "peak"), [(-14.0, -1.0), (-23.0, -2.0), (-16.0, -6.0)])
def test_loudness_is_brought_to_its_target_below_the_peak(folder, target, peak):
    from app.editing.audio.loud import measure

    random = np.random.default_rng(5)
    burst = np.repeat(random.uniform(0.02, 1.0, 80), RATE // 10)[:, None]
    noisy = audio_facts("n", write_wav(folder / "noise.wav", 0.2 * burst * random.standard_normal((8 * RATE, 2))), 8.0)
    still = facts("q", write_clip(folder / "long.mp4", None, 8.0), 8.0, audio_tracks=0)
    operations = [
        {"op": "music", "source": "n", "duck_db": 0, "fade_in_s": 0, "fade_out_s": 0},
        {"op": "loudness", "target_lufs": target, "peak_dbtp": peak},
    ]
    found = measure(mixed(film(still, noisy, segments=[{"start_s": 0.0, "end_s": 8.0}], operations=operations)))
    assert abs(found.lufs - target) <= 0.5
    assert found.peak_dbtp <= peak + 0.02


def test_a_silent_film_stays_silent(mute):
    made = film(mute, segments=[{"start_s": 0.0, "end_s": 2.0}], operations=[{"op": "loudness"}])
    assert not has_sound(made)
    assert not np.any(mixed(made))


def test_the_film_fades_with_everything_in_it(mute):
    operations = [{"op": "sound_effect", "name": "buzzer", "at_s": 0.0, "gain_db": 0}, {"op": "fade", "in_s": 0.8}]
    sound = mixed(film(mute, segments=[{"start_s": 0.0, "end_s": 1.0}], operations=operations))
    assert level_db(sound[: RATE // 20]) < level_db(sound[RATE // 2 : RATE * 3 // 5]) - 15


def test_too_much_at_once_does_not_clip(humming):
    operations = [{"op": "sound_effect", "name": "buzzer", "gain_db": 12}, {"op": "sound_effect", "name": "boom", "gain_db": 12}]
    sound = mixed(film(humming, segments=[{"start_s": 0.0, "end_s": 2.0}], operations=operations))
    assert np.abs(sound).max() <= 1.0


@pytest.mark.parametrize("suffix", [".wav", ".m4a", ".opus"])
def test_the_file_is_as_long_as_the_film(folder, ticks, suffix):
    import av

    made = film(ticks, segments=[{"start_s": 0.3, "end_s": 3.1}], output={"height": 64, "fps": 29.97})
    seen: list[float] = []
    path = render(made, folder / f"film{suffix}", folder=folder, on_step=lambda fraction, message: seen.append(fraction))
    with av.open(str(path)) as container:
        found = [frame.to_ndarray() for frame in container.decode(audio=0)]
    samples = sum(one.shape[-1] if one.shape[0] == 2 else one.shape[-1] // 2 for one in found)
    assert 0 <= samples - samples_of(made) < (1 if suffix == ".wav" else 1024)
    assert seen == sorted(seen)
    assert not list(folder.glob(".sound-*"))


def test_what_is_raised_while_mixing_leaves_nothing_behind(folder, ticks):
    def stop(fraction: float, message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(film(ticks, segments=[{"start_s": 0.0, "end_s": 1.0}]), folder / "never.wav", folder=folder, on_step=stop)
    assert not (folder / "never.wav").exists()
    assert not list(folder.glob(".sound-*"))


def test_the_key_changes_with_what_is_heard_only(ticks):
    def name(**segment) -> str:
        return key(film(ticks, segments=[{"start_s": 0.0, "end_s": 2.0, **segment}]))

    assert name() == name(reason="because") == name(operations=[{"op": "zoom"}])
    different = [name(end_s=2.04), *(name(operations=[one]) for one in (
        {"op": "volume", "gain_db": -3}, {"op": "speed", "factor": 1.5}, {"op": "speed", "factor": 1.5, "keep_pitch": False},
        {"op": "reverse"}, {"op": "fade", "in_s": 0.5}, {"op": "sound_effect", "name": "pop"}, {"op": "sound_effect", "name": "ding"},
    ))]  # fmt: skip
    assert len({name(), *different}) == len(different) + 1
