"""Reading a source's sound by its samples, wherever they lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.editing.audio.reader import RATE_HZ, SoundReader
from configs.errors import BadMedia
from tests.app.editing.audio.recordings import clicks, onsets_s, tone, write_clip, write_wav


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reader")


@pytest.fixture(scope="module")
def noise(folder: Path) -> Path:
    random = np.random.default_rng(3)
    return write_wav(folder / "noise.wav", (0.2 * random.standard_normal((5 * RATE_HZ, 2))).astype(np.float32))


def test_any_part_read_in_any_order_is_the_part_of_the_whole(noise):
    with SoundReader(noise) as reader:
        whole = reader.read(0, 5 * RATE_HZ)
        assert np.abs(whole).max() > 0.5
        for first, count in ((200_000, 3000), (10, 50), (60_001, 777), (60_778, 40_000), (0, 5), (239_990, 10)):
            assert np.array_equal(reader.read(first, count), whole[first : first + count])


def test_outside_the_sound_is_silence(noise):
    with SoundReader(noise) as reader:
        early = reader.read(-500, 1000)
        assert not np.any(early[:500])
        assert np.any(early[500:])
        late = reader.read(5 * RATE_HZ - 500, 1000)
        assert np.any(late[:500])
        assert not np.any(late[500:])
        assert not np.any(reader.read(60 * RATE_HZ, 100))
        assert reader.read(100, 0).shape == (0, 2)


@pytest.mark.parametrize("codec", ["aac", "libopus", "libmp3lame", "flac", "libvorbis"])
def test_seeking_in_compressed_sound_is_exact(folder, codec):
    moments = [0.7 + 0.9 * number for number in range(10)]
    wav = write_wav(folder / f"{codec}.wav", clicks(10.0, moments))
    path = write_clip(folder / f"{codec}.mkv", wav, 10.0, "-c:a", codec)
    with SoundReader(path) as reader:
        for moment in reversed(moments):
            found = onsets_s(reader.read(round((moment - 0.1) * RATE_HZ), RATE_HZ // 5), 0.15)
            assert len(found) == 1
            assert abs(found[0] - 0.1) < 0.0015  # the container counts milliseconds


def test_other_rates_and_one_channel_come_as_48_khz_stereo(folder):
    path = write_clip(folder / "mono.mp4", write_wav(folder / "mono.wav", clicks(3.0, [1.25])), 3.0, "-ar", "22050", "-ac", "1")
    with SoundReader(path) as reader:
        sound = reader.read(0, 3 * RATE_HZ)
    assert abs(onsets_s(sound, 0.05)[0] - 1.25) < 0.001
    assert np.allclose(sound[:, 0], sound[:, 1])


def test_a_hole_in_the_time_stamps_is_silence(folder):
    path = write_clip(
        folder / "hole.mkv", write_wav(folder / "hum.wav", tone(3.0)), 3.0, "-af", "asetpts='PTS+if(gt(T,1),1/TB,0)'", "-fflags", "+genpts"
    )
    with SoundReader(path) as reader:
        sound = reader.read(0, 4 * RATE_HZ)
    assert np.abs(sound[: round(0.9 * RATE_HZ)]).max() > 0.2
    assert not np.any(sound[round(1.15 * RATE_HZ) : round(1.85 * RATE_HZ)])
    assert np.abs(sound[round(2.2 * RATE_HZ) : round(3.8 * RATE_HZ)]).max() > 0.2


def test_no_such_track_is_silence_and_no_such_file_an_error(noise, folder):
    with SoundReader(noise, track=3) as reader:
        assert not np.any(reader.read(0, 1000))
    with pytest.raises(BadMedia), SoundReader(folder / "gone.wav") as reader:
        reader.read(0, 10)


def test_a_closed_reader_opens_again(noise):
    reader = SoundReader(noise)
    first = reader.read(1000, 100)
    reader.close()
    assert np.array_equal(reader.read(1000, 100), first)
    reader.close()
