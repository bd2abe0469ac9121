"""Films with known cuts and sound, and the same films damaged: everything drawn and cut with ffmpeg, without the studio's renderer."""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from app.editing.facts import SourceFacts
from app.editing.operations.sounds import Music
from app.editing.plan import EditPlan, Output, PlanSource, Segment
from app.video.ffmpeg import executable

Sound = np.ndarray[Any, np.dtype[np.float64]]
SIZE, FPS, RATE_HZ = (320, 180), 24, 48_000
SOURCE_FRAMES = 240
BEAT_FRAMES = {0: 12, 1: 14, 2: 11, 3: 13}  # by seed: 120, 103, 131, 111 beats a minute
_ENCODED = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-g", "24", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k")


@dataclass(frozen=True)
class Film:
    """A film cut from one source, with music under its own sound.

    Attributes:
        source: the clip it is cut from, at `FPS`.
        pieces: (first source frame, frames) of each segment, in order.
        music: a sound with beats, or None.
    """

    name: str
    source: Path
    source_frames: int
    pieces: tuple[tuple[int, int], ...]
    music: Path | None
    beat_frames: int = 12
    size: tuple[int, int] = SIZE

    @property
    def frames(self) -> int:
        return sum(frames for _, frames in self.pieces)

    @property
    def plan(self) -> EditPlan:
        """The plan that a renderer would be given for it."""
        segments = [
            Segment(id=f"s{n}", source="clip", start_s=first / FPS, end_s=(first + frames) / FPS)
            for n, (first, frames) in enumerate(self.pieces)
        ]
        sources = [PlanSource(id="clip", media="a-clip")]
        film: list[Music] = []
        if self.music is not None:
            sources.append(PlanSource(id="music", media="a-music"))
            film.append(Music(source="music", gain_db=-7, duck_db=0))
        return EditPlan(sources=tuple(sources), segments=tuple(segments), film=tuple(film), output=Output())

    @property
    def facts(self) -> dict[str, SourceFacts]:
        """What is known of the plan's sources."""
        music = self.music
        found = {} if music is None else {"music": _sound_facts(music, self.frames / FPS)}
        return {"clip": self._clip(), **found}

    def _clip(self) -> SourceFacts:
        return SourceFacts(
            id="clip", artifact_id="a-clip", kind="video", path=self.source, name=self.source.name, content_hash="0" * 64,
            duration_s=self.source_frames / FPS, rate=Fraction(FPS), frame_count=self.source_frames, width=self.size[0],
            height=self.size[1], audio_tracks=1, audio_channels=2,
        )  # fmt: skip

    def write(self, path: Path) -> Path:
        """Cuts it."""
        chains, ends = [], ""
        for n, (first, frames) in enumerate(self.pieces):
            since, until = first / FPS, (first + frames) / FPS
            chains.append(f"[0:v]trim=start_frame={first}:end_frame={first + frames},setpts=PTS-STARTPTS[v{n}]")
            chains.append(f"[0:a]atrim={since:.6f}:{until:.6f},asetpts=PTS-STARTPTS[a{n}]")
            ends += f"[v{n}][a{n}]"
        chains.append(f"{ends}concat=n={len(self.pieces)}:v=1:a=1[v][own]")
        inputs = ["-i", str(self.source)]
        if self.music is not None:
            inputs += ["-i", str(self.music)]
            chains.append("[1:a]volume=0.45[m];[own]volume=0.75[o];[o][m]amix=inputs=2:duration=first:normalize=0[a]")
        else:
            chains.append("[own]anull[a]")
        return _ffmpeg(*inputs, "-filter_complex", ";".join(chains), "-map", "[v]", "-map", "[a]", *_ENCODED, out=path)


def _sound_facts(path: Path, seconds: float) -> SourceFacts:
    return SourceFacts(
        id="music", artifact_id="a-music", kind="audio", path=path, name=path.name, content_hash="1" * 64, duration_s=seconds,
        audio_tracks=1, audio_channels=2,
    )  # fmt: skip


# Originals -----------------------------------------------------------------------------------------------------------------------


def drawn_film(seed: int, folder: Path) -> Film:
    """A film of drawn shots with irregular sounds of their own, cut on the beats of music."""
    source = draw_source(seed, folder / f"source-{seed}.mp4")
    return film_of(f"drawn {seed}", source, SOURCE_FRAMES, seed, folder, shots=source_shots(seed))


def film_of(
    name: str, source: Path, frames: int, seed: int, folder: Path, shots: Sequence[int] = (), *, with_music: bool = True
) -> Film:  # fmt: skip
    """Cuts a source on beats: pieces of one to three beats from anywhere in it, none over a cut of the source where they are known."""
    rng = np.random.default_rng(1000 + seed)
    beat = BEAT_FRAMES[seed % len(BEAT_FRAMES)]
    pieces: list[tuple[int, int]] = []
    while sum(n for _, n in pieces) < 6.5 * FPS:
        length = beat * int(rng.integers(1, 4))
        first = int(rng.integers(beat, frames - length - beat))
        if any(first < shot < first + length for shot in shots) or any(abs(first - p[0]) < beat for p in pieces[-1:]):
            continue
        pieces.append((first, length))
    music = write_music(folder / f"music-{seed}.wav", beat, sum(n for _, n in pieces), seed) if with_music else None
    return Film(name, source, frames, tuple(pieces), music, beat)


def source_shots(seed: int) -> tuple[int, ...]:
    """First frames of the shots of a drawn source."""
    rng = np.random.default_rng(seed)
    edges = np.cumsum(rng.integers(44, 76, 8))
    return tuple(int(edge) for edge in edges if edge < SOURCE_FRAMES - 30)


def draw_source(seed: int, path: Path) -> Path:
    """Shots of textured ground under a moving camera with two things moving on it; sounds at irregular moments."""
    if path.exists():
        return path
    sound = path.with_suffix(".wav")
    _write_wav(sound, _own_sounds(seed, SOURCE_FRAMES / FPS))
    raw = b"".join(picture.tobytes() for picture in _pictures(seed))
    size = f"{SIZE[0]}x{SIZE[1]}"
    return _ffmpeg(
        "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", size, "-r", str(FPS), "-i", "pipe:0", "-i", str(sound), *_ENCODED, out=path, data=raw
    )


def _pictures(seed: int) -> list[Any]:
    import cv2

    rng = np.random.default_rng(seed)
    found: list[Any] = []
    for first, end in pairwise((0, *source_shots(seed), SOURCE_FRAMES)):
        ground = _ground(rng)
        speed, start = rng.uniform(-3, 3, 2) * (1, 0.4), rng.uniform(150, 250, 2)
        colours = [tuple(int(c) for c in rng.integers(0, 255, 3)) for _ in range(2)]
        pace, phase = rng.uniform(7, 16, 4), rng.uniform(0, 6, 4)
        for n in range(end - first):
            move = np.asarray([[1, 0, -start[0] - speed[0] * n], [0, 1, -start[1] * 0.4 - speed[1] * n]], np.float32)
            picture = cv2.warpAffine(ground, move, SIZE, borderMode=cv2.BORDER_REFLECT)
            for thing, colour in enumerate(colours):
                x = int(160 + 110 * np.sin(n / pace[thing] + phase[thing]))
                y = int(90 + 55 * np.cos(n / pace[2 + thing] + phase[2 + thing]))
                cv2.circle(picture, (x, y), 22 - 6 * thing, colour, -1, cv2.LINE_AA)
            found.append(picture)
    return found


def _ground(rng: Any) -> Any:
    import cv2

    coarse = cv2.GaussianBlur(rng.integers(0, 255, (360, 800, 3)).astype(np.uint8), (0, 0), 2.2)
    ground = cv2.normalize(coarse, None, 30, 225, cv2.NORM_MINMAX)  # type: ignore[call-overload]
    tint = rng.uniform(0.65, 1.0, 3)
    ground = np.clip(ground * tint, 0, 255).astype(np.uint8)
    for _ in range(40):
        colour = tuple(int(c) for c in rng.integers(20, 235, 3))
        corner = (int(rng.integers(0, 800)), int(rng.integers(0, 360)))
        cv2.rectangle(ground, corner, (corner[0] + int(rng.integers(8, 50)), corner[1] + int(rng.integers(8, 50))), colour, -1)
    return ground


def _own_sounds(seed: int, seconds: float) -> Sound:
    """Knocks and plucks at irregular moments."""
    rng = np.random.default_rng(50 + seed)
    sound = np.zeros(round(seconds * RATE_HZ))
    at = 0.1
    while at < seconds - 0.2:
        length = int(RATE_HZ * rng.uniform(0.05, 0.3))
        t = np.arange(length) / RATE_HZ
        tone = np.sin(2 * np.pi * rng.uniform(150, 3000) * t) * 0.6 + rng.uniform(-1, 1, length) * rng.uniform(0, 0.6)
        start = round(at * RATE_HZ)
        part = tone * np.exp(-t * rng.uniform(12, 40)) * rng.uniform(0.3, 0.8)
        sound[start : start + length] += part[: len(sound) - start]
        at += rng.uniform(0.12, 0.45)
    return 0.5 * sound / np.abs(sound).max()


def write_music(path: Path, beat_frames: int, frames: int, seed: int) -> Path:
    """A click and a note on every beat."""
    rng = np.random.default_rng(90 + seed)
    sound = np.zeros(round((frames / FPS + 1) * RATE_HZ))
    click = rng.uniform(-1, 1, RATE_HZ // 25) * np.exp(-np.arange(RATE_HZ // 25) / (RATE_HZ * 0.006))
    for beat in range(0, frames, beat_frames):
        at = round(beat / FPS * RATE_HZ)
        t = np.arange(round(0.35 * RATE_HZ)) / RATE_HZ
        note = np.sin(2 * np.pi * 110 * 2 ** (int(rng.integers(0, 12)) / 12) * t) * np.exp(-8 * t) * np.minimum(1, t / 0.004)
        for part, level in ((click, 0.8), (note, 0.7)):
            end = min(len(sound), at + len(part))
            sound[at:end] += level * part[: end - at]
    return _write_wav(path, 0.8 * sound / np.abs(sound).max())


def _write_wav(path: Path, sound: Sound) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.repeat((sound * 32767).astype("<i2")[:, None], 2, axis=1).tobytes())
    return path


def sample_film(folder: Path, seed: int = 0) -> Film:
    """The studio's sample clip, small, cut anew on its beats."""
    from app.video.sample import make_sample
    from app.video.sample_truth import FRAMES, GROUND_TRUTH

    small = folder / "sample-small.mp4"
    if not small.exists():
        _ffmpeg("-i", str(make_sample(folder / "sample.mp4")), "-vf", "scale=320:180:flags=area", *_ENCODED, out=small)
    return film_of(f"sample {seed}", small, FRAMES, 4 * seed, folder, shots=GROUND_TRUTH.cuts)


def real_film(clip: Path, folder: Path, seed: int, since_s: float = 0.0, seconds: float = 10.0) -> Film:
    """Ten seconds of a real clip, small, cut anew on the beats of music."""
    small = folder / f"{clip.stem}-{since_s:.0f}.mp4"
    if not small.exists():
        picture = f"scale={SIZE[0]}:{SIZE[1]}:flags=area,fps={FPS}"
        _ffmpeg(
            "-ss", str(since_s), "-i", str(clip), "-t", str(seconds), "-vf", picture, "-ac", "2", "-ar", str(RATE_HZ), *_ENCODED, out=small
        )
    return film_of(f"{clip.stem} {seed}", small, round(seconds * FPS), seed, folder)


# Damages -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Damaged:
    """A film that was damaged; ``film`` is what its own plan would be (only a moved cut changes it)."""

    kind: str
    how: str
    path: Path
    film: Film
    extra: dict[str, float] = field(default_factory=dict)


Damage = Callable[[Film, Path, Path, Any], tuple[str, Film]]  # (film, original file, output, random numbers) -> (in words, film)


def _filtered(original: Path, out: Path, picture: str | None = None, sound: str | None = None, *options: str) -> None:
    filters = [*(["-vf", picture] if picture else []), *(["-af", sound] if sound else [])]
    _ffmpeg("-i", str(original), *filters, *options, *_ENCODED, out=out)


def black(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    count, first = int(rng.integers(2, 9)), int(rng.integers(8, film.frames - 20))
    _filtered(original, out, f"drawbox=color=black:t=fill:enable='between(n,{first},{first + count - 1})'")
    return f"{count} frames at {first}", film


def wrong_speed(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    factor = float(rng.choice([0.6, 0.75, 0.87, 1.15, 1.3, 1.6]))
    _filtered(original, out, f"setpts=PTS/{factor},fps={FPS}", f"atempo={factor}")
    return f"x{factor}", film


def off_beat(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    """Every second cut or so is moved by a fifth to a half of a beat; the music stays."""
    edges = np.cumsum([0, *(frames for _, frames in film.pieces)])
    for n in range(1, len(edges) - 1):
        if rng.random() < 0.6 or n == 1:
            edges[n] += int(rng.choice([-1, 1])) * max(3, round(film.beat_frames * rng.uniform(0.2, 0.5)))
    pieces = tuple(
        (min(first, film.source_frames - int(b - a)), int(b - a)) for (first, _), (a, b) in zip(film.pieces, pairwise(edges), strict=True)
    )
    moved = replace(film, pieces=pieces)
    moved.write(out)
    return "cuts moved", moved


def out_of_sync(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    late = float(rng.choice([-1, 1]) * rng.uniform(0.12, 0.4))
    sound = f"adelay={late * 1000:.0f}:all=1" if late > 0 else f"atrim=start={-late:.4f},asetpts=PTS-STARTPTS,apad=pad_dur={-late:.4f}"
    _filtered(original, out, None, sound, "-t", f"{film.frames / FPS:.4f}")
    return f"{late * 1000:+.0f} ms", film


def blurred(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    sigma = float(rng.uniform(0.7, 3.0))
    _filtered(original, out, f"gblur=sigma={sigma:.2f}")
    return f"sigma {sigma:.1f} px", film


def clipped_audio(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    gain = float(rng.uniform(9, 20))
    _filtered(original, out, None, f"volume={gain:.1f}dB,aformat=sample_fmts=s16")
    return f"+{gain:.0f} dB", film


def frozen(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    count, first = int(rng.integers(4, 20)), int(rng.integers(10, film.frames - 30))
    _filtered(
        original,
        out,
        f"loop=loop={count}:size=1:start={first},select='not(between(n,{first + count + 1},{first + 2 * count}))',setpts=N/{FPS}/TB",
    )
    return f"{count} frames at {first}", film


def flicker(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    levels, hz = float(rng.uniform(3, 12)), float(rng.uniform(5, 11))
    _filtered(original, out, f"eq=brightness='{levels / 255:.5f}*sin(2*PI*{hz:.2f}*t)':eval=frame")
    return f"{levels:.0f} levels at {hz:.0f} Hz", film


def wrong_duration(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    kept = float(rng.uniform(0.4, 0.8))
    _filtered(original, out, None, None, "-t", f"{kept * film.frames / FPS:.3f}")
    return f"{kept:.0%} of it", film


def colour_cast(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    red, blue = float(rng.uniform(0.12, 0.35)), float(rng.uniform(0.12, 0.35))
    sign = int(rng.choice([-1, 1]))
    _filtered(original, out, f"colorbalance=rm={sign * red:.2f}:bm={-sign * blue:.2f}:rs={sign * red:.2f}:bs={-sign * blue:.2f}")
    return f"{'warm' if sign > 0 else 'cold'} {red:.2f}", film


def low_resolution(film: Film, original: Path, out: Path, rng: Any) -> tuple[str, Film]:
    height = int(rng.integers(36, 96)) // 2 * 2
    _filtered(original, out, f"scale=-2:{height}:flags=area,scale={film.size[0]}:{film.size[1]}:flags=bicubic")
    return f"{height} lines", film


DAMAGES: dict[str, Damage] = {
    "black": black, "wrong_speed": wrong_speed, "off_beat": off_beat, "out_of_sync": out_of_sync, "blurred": blurred,
    "clipped_audio": clipped_audio, "frozen": frozen, "flicker": flicker, "wrong_duration": wrong_duration, "colour_cast": colour_cast,
    "low_resolution": low_resolution,
}  # fmt: skip


def damage(kind: str, film: Film, original: Path, folder: Path, seed: int) -> Damaged:
    """One damaged version."""
    numbers = np.random.default_rng([seed, list(DAMAGES).index(kind)])
    out = folder / f"{film.name.replace(' ', '-')}-{kind}-{seed}.mp4"
    how, made = DAMAGES[kind](film, original, out, numbers)
    return Damaged(kind, how, out, made)


@lru_cache(maxsize=1)
def _program() -> str:
    return executable()


def _ffmpeg(*arguments: str, out: Path, data: bytes | None = None) -> Path:
    command = [_program(), "-v", "error", "-y", *([] if data is not None else ["-nostdin"]), *arguments, str(out)]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return out
