"""Frames in order, with their times, from the start or from the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from app.video import decode
from app.video.decode import Decoder, Picture, Place, ahead, bgr_upright
from app.video.planes import scaled, turn
from configs.errors import BadMedia

H264 = ("-pix_fmt", "yuv420p")
NUMBERED = "testsrc2=s=64x48:r=24:d=4"


def listed(decoder: Decoder, since: Place | None = None) -> list[tuple[int, int, float, int]]:
    return [(p.index, p.stamp, p.time_s, int(p.image.astype(np.int64).sum())) for p in decoder.pictures(since)]


def test_every_frame_once_in_order(clips: Callable[..., Path]) -> None:
    frames = listed(Decoder(clips("n.mp4", *H264, graph=NUMBERED), 1 / 24))
    assert [f[0] for f in frames] == list(range(96))
    assert [f[2] for f in frames] == pytest.approx([n / 24 for n in range(96)], abs=1e-6)


def test_time_counts_from_the_first_frame_even_when_stamps_do_not(clips: Callable[..., Path]) -> None:
    first = next(Decoder(clips("n.ts", *H264, graph=NUMBERED), 1 / 24).pictures())
    assert first.stamp > 0
    assert first.time_s == 0.0


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("n.mp4", (*H264, "-g", "30", "-bf", "3")),
        ("n.mkv", (*H264, "-g", "250")),
        ("n.ts", (*H264, "-g", "12")),
        ("n.avi", ("-c:v", "mpeg4", "-g", "20")),
        ("n.webm", ("-c:v", "libvpx", "-deadline", "realtime", "-g", "48")),
        ("n.h264", (*H264, "-g", "24")),
    ],
)
@pytest.mark.parametrize("index", [1, 50, 95])
def test_going_on_from_any_frame_gives_the_same_frames(
    clips: Callable[..., Path], name: str, arguments: tuple[str, ...], index: int
) -> None:
    path = clips(name, *arguments, graph=NUMBERED)
    whole = listed(Decoder(path, 1 / 24))
    rest = listed(Decoder(path, 1 / 24), Place(index, whole[index][1], whole[0][1]))
    assert rest == whole[index:]


def test_a_place_that_seeking_cannot_find_is_counted_to(clips: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = clips("n.mp4", *H264, graph=NUMBERED)
    whole = listed(Decoder(path, 1 / 24))
    monkeypatch.setattr("app.video.decode._seek", lambda container, stream, stamp, margin_s: container.seek(10**12, backward=True) is None)
    assert listed(Decoder(path, 1 / 24), Place(40, whole[40][1] - 1, whole[0][1])) == whole[40:]


def test_missing_stamps_are_filled_in_and_backward_ones_moved_on(monkeypatch: pytest.MonkeyPatch) -> None:
    class Frame:
        def __init__(self, pts: int | None) -> None:
            self.pts = pts

    class Stream:
        time_base = None

    decoder = Decoder(Path("none"), 0.040)
    frames = [Frame(None), Frame(40), Frame(None), Frame(30), Frame(200)]
    monkeypatch.setattr(decode, "decoded", lambda container, stream, on_damage: iter(frames))
    assert [stamp for stamp, _ in decoder._stamped(None, Stream())] == [0, 40, 80, 81, 200]  # type: ignore[arg-type]


def test_damage_is_counted_and_decoding_goes_on(clips: Callable[..., Path], tmp_path: Path) -> None:
    data = bytearray(clips("n.mkv", *H264, "-g", "12", graph=NUMBERED).read_bytes())
    for position in range(len(data) // 2, len(data) // 2 + 900, 3):
        data[position] ^= 0xFF
    path = tmp_path / "damaged.mkv"
    path.write_bytes(data)
    decoder = Decoder(path, 1 / 24)
    frames = listed(decoder)
    assert 20 < len(frames) <= 96
    assert [f[1] for f in frames] == sorted({f[1] for f in frames})


def test_nothing_to_decode_is_bad_media(clips: Callable[..., Path], tmp_path: Path) -> None:
    data = bytearray(clips("n.mp4", *H264, "-movflags", "+faststart", graph=NUMBERED).read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = bytes(len(data) - start)
    path = tmp_path / "hollow.mp4"
    path.write_bytes(data)
    with pytest.raises(BadMedia, match="no frame that can be decoded"):
        list(Decoder(path, 1 / 24).pictures())


def test_pictures_are_upright(clips: Callable[..., Path], run_ffmpeg: Callable[..., None]) -> None:
    flat = clips("n.mp4", *H264, graph=NUMBERED)
    turned = flat.with_name("turned.mp4")
    run_ffmpeg("-display_rotation", "-90", "-i", str(flat), "-c", "copy", str(turned))
    plain, upright = (next(Decoder(path, 1 / 24).pictures()).image for path in (flat, turned))
    assert upright.shape == (64, 48, 3)
    assert np.array_equal(upright, np.rot90(plain, -1))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_turning_is_clockwise(degrees: int) -> None:
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert np.array_equal(turn(image, degrees), np.rot90(image, -degrees // 90))


def test_deep_and_transparent_pictures_become_plain_ones(clips: Callable[..., Path]) -> None:
    for name, args in (
        ("deep.mkv", ("-c:v", "ffv1", "-pix_fmt", "yuv444p12le")),
        ("alpha.mov", ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le")),
        ("grey.mkv", ("-c:v", "ffv1", "-pix_fmt", "gray")),
    ):
        image = next(Decoder(clips(name, *args, graph=NUMBERED), 1 / 24).pictures()).image
        assert (image.shape, image.dtype) == ((48, 64, 3), np.uint8)


def test_scaling(clips: Callable[..., Path]) -> None:
    raw = next(Decoder(clips("n.mp4", *H264, graph=NUMBERED), 1 / 24).pictures()).raw
    assert scaled(raw, width=32, height=24, format="bgr24").to_ndarray().shape == (24, 32, 3)
    assert bgr_upright(raw).shape == (48, 64, 3)


def test_working_ahead_changes_nothing() -> None:
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter([]))) == []


def test_working_ahead_is_bounded() -> None:
    made: list[int] = []
    reached = threading.Event()

    def make() -> Iterator[int]:
        for n in range(100):
            made.append(n)
            if n == 3:
                reached.set()
            yield n

    items = ahead(make(), depth=2)
    assert next(items) == 0
    assert reached.wait(10)
    assert len(made) <= 4
    items.close()


def test_errors_come_through_in_their_place() -> None:
    def make() -> Iterator[int]:
        yield 1
        raise BadMedia("broken", "mend it")

    items = ahead(make())
    assert next(items) == 1
    with pytest.raises(BadMedia, match="broken"):
        next(items)


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    items = ahead(iter(range(10**9)))
    next(items)
    items.close()
    assert threading.active_count() == before


def test_a_picture_says_where_it_is(clips: Callable[..., Path]) -> None:
    picture = list(Decoder(clips("n.mp4", *H264, graph=NUMBERED), 1 / 24).pictures())[7]
    assert isinstance(picture, Picture)
    assert (picture.index, round(picture.time_s * 24)) == (7, 7)
