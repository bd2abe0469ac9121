"""A film's sound from file to figures: times on the picture's clock, silence, speech, the reason when there is none."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.video.analysers.sound import NO_SOUND, NOT_DECODED, Sound, analyse_sound, why_absent
from app.video.models import AudioStream, MediaInfo, Rational, VideoStream
from app.video.probe import probe_video

RATE = 16_000


def film(length_s: float, start_s: float = 0.0, audio: bool = True) -> MediaInfo:
    video = VideoStream(
        codec="h264", pix_fmt="yuv420p", width=1280, height=720, coded_width=1280, coded_height=720,
        sample_aspect_ratio=Rational(num=1, den=1), rotation_deg=0, fps=24, fps_rational=Rational(num=24, den=1), avg_fps=24,
        vfr=False, frame_count=48, frame_count_estimated=False, keyframe_interval_s=1, start_time_s=start_s, bit_depth=8,
    )  # fmt: skip
    track = AudioStream(codec="pcm_s16le", channels=1, layout="mono", sample_rate_hz=RATE)
    return MediaInfo(container="wav", duration_s=length_s, size_bytes=1, video=video, audio=[track] if audio else [])


def write(path: Path, sound: Any) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def beating(length_s: float, every_s: float = 0.5) -> Any:
    t = np.arange(round(length_s * RATE)) / RATE
    noise = np.random.default_rng(1).uniform(-1, 1, len(t))
    return 0.5 * noise * np.exp(-(t % every_s) / 0.01)


def heard(path: Path, info: MediaInfo) -> Sound:
    sound = analyse_sound(path, info, lambda fraction, message: None)
    assert sound is not None
    return sound


def test_beats_loudness_and_silence_on_the_picture_clock(tmp_path: Path) -> None:
    sound = np.concatenate([beating(12), np.zeros(3 * RATE), beating(5)])
    plain = heard(write(tmp_path / "a.wav", sound), film(20))
    assert plain.duration_s == 20
    assert plain.rhythm.tempo_bpm == pytest.approx(120, abs=0.5)
    assert [(s.start_s, s.end_s) for s in plain.silence] == [pytest.approx((12, 15), abs=0.5)]
    assert len(plain.loudness.momentary_lufs) == 200
    assert plain.speech.share == 0
    assert "no speech model" in plain.speech.method
    assert "a pulse of about 120 beats per minute" in plain.remarks
    late = heard(tmp_path / "a.wav", film(20, start_s=0.25))
    shifts = np.array(plain.rhythm.beats_s) - np.array(late.rhythm.beats_s)
    assert shifts == pytest.approx(0.25, abs=1e-6)
    assert plain.silence[0].start_s - late.silence[0].start_s == pytest.approx(0.25)
    assert Sound.model_validate_json(plain.model_dump_json()) == plain
    assert heard(tmp_path / "a.wav", film(20)) == plain


def test_silence_throughout(tmp_path: Path) -> None:
    sound = heard(write(tmp_path / "a.wav", np.zeros(RATE * 2)), film(2))
    assert sound.remarks == ["silent throughout"]
    assert (sound.rhythm.tempo_bpm, sound.rhythm.beats_s, sound.speech.spans) == (None, [], [])
    assert [(s.start_s, s.end_s) for s in sound.silence] == [(0, 2)]


@pytest.mark.parametrize("samples", [1, 50, 800, 1601])
def test_a_blink_of_sound(tmp_path: Path, samples: int) -> None:
    sound = heard(write(tmp_path / "a.wav", 0.5 * np.ones(samples)), film(1))
    assert sound.duration_s == pytest.approx(samples / RATE, abs=1e-3)


def test_loud_and_clipped(tmp_path: Path) -> None:
    t = np.arange(RATE * 3) / RATE
    sound = heard(write(tmp_path / "a.wav", np.sin(2 * np.pi * 997 * t)), film(3))
    assert sound.loudness.true_peak_dbtp == pytest.approx(0, abs=0.1)
    assert any(word.startswith("loud") for word in sound.remarks)
    assert any("dBTP" in word for word in sound.remarks)


def test_no_sound_has_a_reason(tmp_path: Path) -> None:
    silent_film = film(1, audio=False)
    assert analyse_sound(tmp_path / "never-opened", silent_film, lambda fraction, message: None) is None
    assert why_absent(silent_film) == NO_SOUND
    empty = write(tmp_path / "empty.wav", np.zeros(0))
    assert analyse_sound(empty, film(1), lambda fraction, message: None) is None
    assert why_absent(film(1)) == NOT_DECODED


def test_progress_and_cancelling(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", beating(25))
    told: list[float] = []
    analyse_sound(path, film(25), lambda fraction, message: told.append(fraction))
    assert told == sorted(told)
    assert (len(told), told[-1]) == (3, 1.0)

    def stop(fraction: float, message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyse_sound(path, film(25), stop)


@pytest.mark.parametrize("codec", [("-c:a", "aac"), ("-c:a", "libvorbis", "-ac", "2"), ("-c:a", "aac", "-ac", "6")])
def test_from_a_film(clips: Callable[..., Path], codec: tuple[str, ...]) -> None:
    path = clips("tone.mkv", "-pix_fmt", "yuv420p", *codec, sound=True)
    sound = heard(path, probe_video(path))
    assert sound.duration_s == pytest.approx(4, abs=0.1)
    assert sound.sample_rate_hz == 48_000
    assert -30 < sound.loudness.integrated_lufs < -10
    assert sound.speech.share == 0
