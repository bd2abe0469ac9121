"""Stills, sounds, LUTs and subtitles: recognised by content, refused in one sentence."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from PIL import Image

from app.video.models import MediaInfo
from app.video.probe_other import AudioInfo, ImageInfo, probe_any, probe_audio, probe_image, probe_lut, probe_subtitles
from configs.errors import BadMedia

CUBE = 'TITLE "warm"\nLUT_3D_SIZE 2\n' + "\n".join(f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)) + "\n"


def tone(path: Path, seconds: float = 0.5) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\1\0\1" * int(8000 * seconds))
    return path


def test_a_still_is_measured_upright(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (40, 30), (255, 0, 0, 128))
    picture.save(tmp_path / "a.png")
    found = probe_image(tmp_path / "a.png")
    assert (found.width, found.height, found.has_alpha, found.format) == (40, 30, True, "png")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    picture.convert("RGB").save(tmp_path / "b.jpg", exif=exif)
    turned = probe_image(tmp_path / "b.jpg")
    assert (turned.width, turned.height, turned.has_alpha) == (30, 40, False)


def test_a_sound_tells_its_length_and_tracks(tmp_path: Path) -> None:
    found = probe_audio(tone(tmp_path / "a.wav"))
    assert found.duration_s == pytest.approx(0.5)
    assert (found.audio[0].channels, found.audio[0].sample_rate_hz) == (2, 8000)


def test_whatever_it_is_is_found_out_by_content(tmp_path: Path) -> None:
    from app.video.sample import make_sample

    tone(tmp_path / "a.wav").rename(tmp_path / "sound.dat")
    Image.new("L", (8, 8)).save(tmp_path / "still.png")
    clip = make_sample(tmp_path / "clip.mp4").rename(tmp_path / "clip")
    assert isinstance(probe_any(tmp_path / "sound.dat"), AudioInfo)
    assert isinstance(probe_any(tmp_path / "still.png"), ImageInfo)
    assert isinstance(probe_any(clip), MediaInfo)


def test_a_lut_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "warm.cube"
    path.write_text(CUBE)
    assert (probe_lut(path).dimensions, probe_lut(path).size) == (3, 2)
    path.write_text(CUBE.rsplit("\n", 2)[0] + "\n")
    with pytest.raises(BadMedia, match=r"has 7 colours where its size asks for 8"):
        probe_lut(path)
    path.write_text("LUT_3D_SIZE 500\n")
    with pytest.raises(BadMedia, match="has the size 500"):
        probe_lut(path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1\n00:00:01,000 --> 00:00:02,000\nHi\n", "srt"),
        ("\ufeffWEBVTT\n\n00:01.000 --> 00:02.000\nHi\n", "vtt"),
        ("[Script Info]\nTitle: x\n", "ass"),
    ],
)
def test_subtitles_are_recognised(tmp_path: Path, text: str, kind: str) -> None:
    path = tmp_path / "words.txt"
    path.write_text(text, encoding="utf-8")
    assert probe_subtitles(path).format == kind
    path.write_text(text, encoding="utf-16")
    assert probe_subtitles(path).format == kind


def test_rubbish_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "rubbish.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    for probe in (probe_image, probe_audio, probe_lut, probe_subtitles, probe_any):
        with pytest.raises(BadMedia) as caught:
            probe(path)
        assert "rubbish.png" in caught.value.message
        assert "\n" not in str(caught.value)
    Image.new("RGB", (64, 64)).save(path)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(BadMedia, match="damaged"):
        probe_image(path)


@pytest.mark.parametrize("size", [(8200, 8200), (12000, 12000), (16400, 8)])
def test_a_picture_with_too_many_pixels_is_called_too_large_not_damaged(tmp_path: Path, size: tuple[int, int]) -> None:
    from PIL import Image

    path = tmp_path / "wall.png"
    Image.new("1", size).save(path)
    with pytest.raises(BadMedia, match=r"more .*than the studio takes") as caught:
        probe_image(path)
    assert caught.value.remedy == "Make it smaller: at most 67 megapixels, no side over 16384 px."
