"""Pictures and sounds made to measure: known blur, subjects, depth, bars, loudness, beats and speech."""

from __future__ import annotations

import os
import shutil
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from app.video.decode import Picture, small_frame
from app.video.frame import Frame
from app.video.models import AudioStream, MediaInfo, Rational, VideoStream

Image = np.ndarray[Any, np.dtype[np.uint8]]
Sound = np.ndarray[Any, np.dtype[np.float32]]

WIDTH, HEIGHT = 1280, 720
RATE_HZ = 48_000
MEDIA_VARIABLE = "STUDIO_BENCH_MEDIA"
_WORDS = (
    "The quick brown fox jumps over the lazy dog.", "Every second drawing is held for two frames, so the walk looks weightless.",
    "She sells sea shells by the sea shore.", "Please sit down, the screening is about to begin.",
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A picture with a figure in it; the figure's centre of mass in shares of width and height."""

    image: Image
    x: float
    y: float


def frame_of(image: Image) -> Frame:
    """As the decoder hands it to the analysers: studio range, 4:2:0, scaled by area."""
    raw = yuv(image)
    return small_frame(Picture(0, 0, 0.0, raw, image))


def yuv(image: Image) -> Any:
    return av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format="yuv420p")


def full_size_luma(image: Image) -> float:
    """Mean luma at full size, full range."""
    plane = yuv(image).planes[0]
    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
    return float(np.clip((lines.astype(np.float64) - 16) * 255 / 219, 0, 255).mean())


def info(duration_s: float, channels: int = 0) -> MediaInfo:
    """What probing a 24 fps film of that length would tell."""
    rate = Rational(num=24, den=1)
    video = VideoStream(
        codec="h264", pix_fmt="yuv420p", width=WIDTH, height=HEIGHT, coded_width=WIDTH, coded_height=HEIGHT,
        sample_aspect_ratio=Rational(num=1, den=1), rotation_deg=0, fps=24, fps_rational=rate, avg_fps=24, vfr=False,
        frame_count=max(1, round(duration_s * 24)), frame_count_estimated=False, keyframe_interval_s=1, start_time_s=0, bit_depth=8,
    )  # fmt: skip
    audio = [AudioStream(codec="pcm_s16le", channels=channels, layout="", sample_rate_hz=RATE_HZ)] if channels else []
    return MediaInfo(container="wav", duration_s=duration_s, size_bytes=1, video=video, audio=audio)


# Pictures -------------------------------------------------------------------------------------------------------------------------


def textured(seed: int) -> Image:
    """Discs and blocks of all sizes and colours."""
    rng = np.random.default_rng(seed)
    image = np.full((HEIGHT, WIDTH, 3), rng.integers(60, 190), np.uint8)
    for _ in range(260):
        x, y, w, h = (int(v) for v in (rng.integers(0, WIDTH), rng.integers(0, HEIGHT), rng.integers(6, 120), rng.integers(6, 120)))
        colour = tuple(int(v) for v in rng.integers(20, 235, 3))
        if rng.random() < 0.5:
            cv2.circle(image, (x, y), w // 2, colour, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(image, (x, y), (x + w, y + h), colour, -1)
    return image


def real_stills(every: int = 40, most: int = 20) -> list[Image]:
    """Pictures of the real films in the folder that STUDIO_BENCH_MEDIA names; none without it."""
    folder = os.environ.get(MEDIA_VARIABLE)
    found: list[Image] = []
    for path in sorted(Path(folder).glob("*_720p.webm")) if folder else []:
        capture = cv2.VideoCapture(str(path))
        good, place = True, 0
        while good and len(found) < most:
            good, image = capture.read()
            if good and place % every == 0 and float(image.std()) > 20:
                found.append(cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))
            place += 1
        capture.release()
    return found


def planted(seed: int, backdrop: Image | None = None) -> Planted:
    """A drawn figure, a fifth to half of the height tall, in front of sky, hills, a room or paper, or the given picture."""
    rng = np.random.default_rng(seed)
    hue = float(rng.uniform(0, 180))
    image = _backdrop(rng, hue) if backdrop is None else backdrop.copy()
    size = HEIGHT * float(rng.uniform(0.22, 0.5))
    x, y = float(rng.uniform(0.18, 0.82)) * WIDTH, float(rng.uniform(0.28, 0.72)) * HEIGHT
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    turn, value = float(rng.uniform(50, 130)), float(rng.uniform(60, 250))
    body, head = _colour(hue + turn, rng.uniform(140, 240), value), _colour(hue + turn + 10, 120, min(255, value + 30))
    for dy, w, h, colour in ((0.18, 0.26, 0.32, body), (-0.24, 0.24, 0.26, head)):
        centre, axes = (int(x), int(y + dy * size)), (int(w * size), int(h * size))
        cv2.ellipse(image, centre, axes, 0, 0, 360, tuple(c * 0.35 for c in colour), -1, cv2.LINE_AA)
        cv2.ellipse(image, centre, (axes[0] - 3, axes[1] - 3), 0, 0, 360, colour, -1, cv2.LINE_AA)
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1)
    for side in (-1, 1):
        eye = (int(x + side * size * 0.09), int(y - size * 0.26))
        cv2.circle(image, eye, int(size * 0.055), (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(image, eye, int(size * 0.025), (20, 20, 20), -1, cv2.LINE_AA)
    moments = cv2.moments(mask, True)
    return Planted(image, moments["m10"] / moments["m00"] / WIDTH, moments["m01"] / moments["m00"] / HEIGHT)


def in_depth(seed: int, source: Image) -> tuple[Image, Image]:
    """The picture in three bands, upright or lying, of three blurs; and the order, 0 sharp to 2 soft, per pixel."""
    rng = np.random.default_rng(seed)
    sigmas = (0.0, float(rng.uniform(3, 5)), float(rng.uniform(9, 14)))
    versions = [source if sigma == 0 else cv2.GaussianBlur(source, (0, 0), sigma) for sigma in sigmas]
    axis, order = int(rng.integers(0, 2)), [int(v) for v in rng.permutation(3)]
    parts = [np.array_split(versions[o], 3, axis=axis)[place] for place, o in enumerate(order)]
    labels = [np.full(part.shape[:2], o, np.uint8) for part, o in zip(parts, order, strict=True)]
    return np.concatenate(parts, axis=axis), np.concatenate(labels, axis=axis)


def barred(image: Image, aspect: float, quality: int = 60) -> Image:
    """The picture cropped by black bars to ``aspect``, then compressed."""
    out = image.copy()
    if aspect > WIDTH / HEIGHT:
        bar = round((HEIGHT - WIDTH / aspect) / 2)
        out[:bar] = out[HEIGHT - bar :] = 0
    else:
        bar = round((WIDTH - HEIGHT * aspect) / 2)
        out[:, :bar] = out[:, WIDTH - bar :] = 0
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR), np.uint8)


def _colour(hue: float, saturation: float, value: float) -> tuple[float, ...]:
    hsv = np.array([[[int(hue) % 180, np.clip(saturation, 0, 255), np.clip(value, 0, 255)]]]).astype(np.uint8)
    return tuple(float(c) for c in cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0])


def _backdrop(rng: np.random.Generator, hue: float) -> Image:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    kind, down = int(rng.integers(0, 4)), (y / HEIGHT)[..., None]
    image = np.array(_colour(hue, 60, 230)) * (1 - down) + np.array(_colour(hue + 15, 110, 150)) * down
    if kind == 1:
        for k in range(3):
            ridge = HEIGHT * (0.45 + 0.17 * k) + HEIGHT * 0.07 * np.sin(x / WIDTH * rng.uniform(4, 12) + rng.uniform(0, 6))
            image = np.where((y > ridge)[..., None], np.array(_colour(hue + 25 + 8 * k, 90 + 30 * k, 190 - 40 * k)), image)
    elif kind == 2:
        image = np.full((HEIGHT, WIDTH, 3), _colour(hue, 50, 200))
        image[int(HEIGHT * 0.72) :] = _colour(hue + 12, 90, 130)
        for _ in range(4):
            left, top = int(rng.integers(0, WIDTH - 150)), int(rng.integers(0, HEIGHT // 2))
            right, bottom = left + int(rng.integers(60, 200)), top + int(rng.integers(60, 160))
            cv2.rectangle(image, (left, top), (right, bottom), _colour(hue, 60, rng.uniform(175, 225)), -1)
    elif kind == 3:
        grain = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 6)
        image = np.array(_colour(hue, 50, 190)) + (grain / grain.std())[..., None] * 9
    return np.clip(image + rng.normal(0, 2, (HEIGHT, WIDTH, 1)), 0, 255).astype(np.uint8)


# Sounds ---------------------------------------------------------------------------------------------------------------------------


def write_wav(path: Path, sound: Sound) -> Path:
    """(channels, N), 16 bit at 48 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[0])
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(sound, -1, 1) * 32767).T.astype("<i2").tobytes())
    return path


def changing_noise(seed: int, length_s: float = 20.0) -> Sound:
    """Stereo noise of a random colour whose level changes four times a second over 35 dB."""
    rng = np.random.default_rng(seed)
    steps = 10 ** (rng.uniform(-38, -3, round(length_s * 4)) / 20)
    noise = rng.normal(0, 0.25, (2, len(steps) * RATE_HZ // 4))
    noise[:, 1:] += float(rng.uniform(-0.5, 0.95)) * noise[:, :-1]
    return (noise * np.repeat(steps, RATE_HZ // 4)).astype(np.float32)


def clicks(beats_s: Sequence[float], length_s: float, seed: int, noise: float) -> Sound:
    """Short bursts at the given times over a floor of noise."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, noise, round(length_s * RATE_HZ))
    burst = rng.uniform(-1, 1, RATE_HZ // 20) * np.exp(-np.arange(RATE_HZ // 20) / (RATE_HZ * 0.005))
    for time_s in beats_s:
        at = round(time_s * RATE_HZ)
        end = min(len(sound), at + len(burst))
        sound[at:end] += 0.5 * burst[: end - at]
    return sound.astype(np.float32)[None]


def chords(length_s: float, seed: int) -> Sound:
    """Held chords with a soft attack, of a random key and pace."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    pace, root = float(rng.uniform(0.4, 1.1)), float(rng.uniform(130, 300))
    step = np.floor(t / pace)
    tones = sum(np.sin(2 * np.pi * root * ratio * 2 ** ((step * 5 % 12) / 12) * t) for ratio in (1, 1.26, 1.5, 2))
    return (0.07 * tones * np.minimum(1, (t % pace) / 0.03)).astype(np.float32)[None]


def spoken(folder: Path, seed: int) -> Sound | None:
    """A sentence or two by espeak-ng; None where it is not installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        return None
    voice = ("en", "en+f3", "de", "fr+f2")[seed % 4]
    path = folder / f"speech-{seed}.wav"
    text = " ".join(_WORDS[(seed + n) % len(_WORDS)] for n in range(2))
    subprocess.run([program, "-v", voice, "-s", str(130 + 15 * (seed % 4)), "-w", str(path), text], check=True, capture_output=True)
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE_HZ)
        parts = [ready.to_ndarray() for frame in container.decode(audio=0) for ready in resampler.resample(frame)]
    return np.concatenate(parts, axis=1).astype(np.float32)
