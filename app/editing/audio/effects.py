"""The studio's own sound effects, synthesised: no recording of anybody's is used."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.editing.audio.reader import RATE_HZ
from app.editing.audio.tones import clock, decay, glide, noise, placed, room, tone

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]
    Mono = np.ndarray[Any, np.dtype[np.float64]]
    Random = np.random.Generator

PEAK = 0.89  # -1 dBFS
_LOUDEST_LUFS = -7.0  # of the loudest 400 ms; short sounds are held by their peak
_EDGE = RATE_HZ // 250  # 4 ms


@lru_cache(maxsize=64)
def _made(name: str, seed: int) -> Samples:
    import numpy as np

    sound = MAKERS[name](np.random.default_rng([seed, *name.encode()]))
    stereo = np.stack([sound, sound], axis=1) if sound.ndim == 1 else sound
    stereo = stereo - stereo.mean(axis=0)
    ramp = np.sin(np.linspace(0, np.pi / 2, _EDGE)) ** 2
    stereo[: _EDGE // 4] *= ramp[::4, None][: _EDGE // 4]  # 1 ms: an attack stays an attack
    tail = min(len(stereo), 5 * _EDGE)
    stereo[-tail:] *= np.linspace(1, 0, tail)[:, None] ** 1.5
    return _levelled(stereo).astype(np.float32)


def effect(name: str, seed: int = 0) -> Samples:
    """(n, 2) float32 at 48 kHz, at most -1 dBFS, beginning and ending in silence; the same for the same name and seed.

    Raises:
        KeyError: there is no such effect.
    """
    return _made(name, seed).copy()


def seconds_of(name: str) -> float:
    """How long an effect is; the same for every seed."""
    return len(_made(name, 0)) / RATE_HZ


def _levelled(stereo: Mono) -> Mono:
    """As loud as the others, unless its peak forbids it."""
    import numpy as np

    from app.video.analysers.sound_loudness import LoudnessMeter, momentary

    meter = LoudnessMeter(RATE_HZ, [1.0, 1.0])
    short = -len(stereo) % meter.block
    meter.add(np.ascontiguousarray(np.pad(stereo, ((0, short), (0, 0))).T.astype(np.float32)))
    loudest = float(momentary(meter.energies()).max())
    gain = 10 ** ((_LOUDEST_LUFS - loudest) / 20)
    return np.asarray(stereo * min(gain, PEAK / max(1e-9, float(np.abs(stereo).max()))))


def _boom(random: Random) -> Mono:
    import numpy as np

    length = 2.4
    body = tone(glide(length, [(0, 95), (0.12, 52), (length, 34)]), (1, 0.35, 0.12)) * decay(length, 0.32)
    thump = noise(random, glide(length, [(0, 30)]), glide(length, [(0, 900), (0.3, 160), (length, 90)])) * decay(length, 0.14)
    return room(random, np.tanh(1.6 * body) + 0.9 * thump, 1.4, 0.35)


def _whoosh(random: Random) -> Mono:
    import numpy as np

    length = 0.9
    centre = glide(length, [(0, 300), (0.45, 3200), (length, 500)])
    swell = np.sin(np.pi * np.clip(clock(length) / length, 0, 1)) ** 2.2
    air = noise(random, centre * 0.55, centre * 1.7) * swell
    pan = glide(length, [(0, 0.2), (length, 0.8)])
    return np.stack([air * np.sqrt(1 - pan), air * np.sqrt(pan)], axis=1)


def _riser(random: Random) -> Mono:
    import numpy as np

    length = 3.0
    share = clock(length) / length
    pitch = 110 * 2 ** (3.2 * share**1.4)
    voices = tone(pitch, (1, 0.5, 0.33, 0.25)) + tone(pitch * 1.007, (1, 0.5, 0.33, 0.25))
    air = noise(random, 300 * 2 ** (4 * share), 900 * 2 ** (4 * share))
    shiver = 1 + 0.35 * np.sin(2 * np.pi * np.cumsum(4 + 14 * share) / RATE_HZ)
    return room(random, (0.35 * voices + 1.1 * air) * share**1.8 * shiver, 0.8, 0.3)


def _hit(random: Random) -> Mono:
    import numpy as np

    length = 1.1
    snap = noise(random, glide(length, [(0, 1200), (0.05, 300)]), glide(length, [(0, 9000), (0.2, 1500)])) * decay(length, 0.03, 0.001)
    body = tone(glide(length, [(0, 180), (0.05, 85), (length, 60)]), (1, 0.6, 0.3)) * decay(length, 0.09, 0.001)
    brass = tone(glide(length, [(0, 73.4)]), [1 / n for n in range(1, 14)]) * decay(length, 0.16, 0.008)
    return room(random, np.tanh(2 * (1.2 * body + 1.4 * snap + 0.45 * brass)), 0.9, 0.3)


def _pop(random: Random) -> Mono:
    length = 0.16
    return tone(glide(length, [(0, 320), (0.045, 950), (length, 1100)]), (1, 0.15)) * decay(length, 0.022, 0.004)


def _ding(random: Random) -> Mono:
    import numpy as np

    length = 1.8
    partials = ((1.0, 1.0, 0.34), (2.756, 0.45, 0.2), (5.404, 0.25, 0.1), (8.933, 0.12, 0.06))  # those of a struck bar
    made = [size * tone(glide(length, [(0, 1318.5 * ratio)])) * decay(length, half, 0.001) for ratio, size, half in partials]
    return room(random, np.sum(made, axis=0), 0.6, 0.12)


def _boing(random: Random) -> Mono:
    import numpy as np

    length = 1.0
    at = clock(length)
    wobble = 1 + 0.42 * 0.5 ** (at / 0.28) * np.sin(2 * np.pi * np.cumsum(glide(length, [(0, 9), (length, 15)])) / RATE_HZ)
    return tone(glide(length, [(0, 170), (0.12, 330), (length, 250)]) * wobble, (1, 0.5, 0.35, 0.2, 0.1)) * decay(length, 0.2, 0.004)


def _record_scratch(random: Random) -> Mono:
    import numpy as np

    length = 0.75
    moves = [(0, 0), (0.05, 1.0), (0.17, 0.15), (0.2, -0.9), (0.3, -0.2), (0.34, 0.0), (0.38, 1.0), (0.55, 0.5), (0.7, 0.02), (length, 0)]
    speed = glide(length, moves)
    pitch = 90 + 900 * np.abs(speed)
    voice = tone(pitch, [1 / n**0.6 for n in range(1, 12)])
    groove = noise(random, 250 + 1500 * np.abs(speed), 1200 + 5000 * np.abs(speed))
    return (0.35 * voice + 1.5 * groove) * np.abs(speed) ** 0.7


def _drum_roll(random: Random) -> Mono:
    import numpy as np

    length, at, strokes = 2.6, 0.0, []
    while at < 2.0:
        strokes.append((at, (0.3 + 0.6 * at / 2.0) * random.uniform(0.8, 1.0) * _snare(random, 0.16)))
        at += random.uniform(0.036, 0.044)
    strokes.append((2.05, 2.2 * _snare(random, 0.5)))
    crash = noise(random, glide(0.55, [(0, 3500)]), glide(0.55, [(0, 14_000)])) * decay(0.55, 0.14, 0.001)
    strokes.append((2.05, 0.9 * crash))
    return room(random, np.tanh(placed(length, strokes)), 0.5, 0.2)


def _snare(random: Random, length: float) -> Mono:
    skin = tone(glide(length, [(0, 230), (0.03, 185)]), (1, 0.4)) * decay(length, 0.018, 0.001)
    wires = noise(random, glide(length, [(0, 900)]), glide(length, [(0, 9000)])) * decay(length, 0.028, 0.001)
    made: Mono = 0.7 * skin + 1.3 * wires
    return made


def _sad_trombone(random: Random) -> Mono:
    import numpy as np

    parts, at = [], 0.0
    for pitch, length, falls in ((311.1, 0.42, 0.0), (293.7, 0.42, 0.0), (277.2, 0.42, 0.0), (261.6, 1.5, 0.09)):
        clocked = clock(length)
        wave = 1 + (0.022 if falls else 0.006) * np.sin(2 * np.pi * 5.2 * clocked) * np.minimum(1, clocked / 0.25)
        pitches = pitch * wave * (1 - falls * np.clip(clocked / length, 0, 1)) * (1 - 0.05 * 0.5 ** (clocked / 0.02))
        bright = np.minimum(1, clocked / 0.05) * (0.75 + 0.25 * 0.5 ** (clocked / 0.2))
        horn = sum(tone(pitches * n) * bright ** (0.5 * n) / n**0.9 for n in range(1, 11))
        shape = np.minimum(1, clocked / 0.03) * np.clip((length - clocked) / (0.35 if falls else 0.06), 0, 1)
        parts.append((at, np.asarray(horn) * shape))
        at += length + 0.04
    return room(random, placed(at + 0.2, parts), 0.5, 0.15)


def _buzzer(random: Random) -> Mono:
    import numpy as np

    length = 0.85
    at = clock(length)
    saw = [1 / n for n in range(1, 40)]
    both = tone(glide(length, [(0, 116.5)]), saw) + tone(glide(length, [(0, 123.5)]), saw)
    return np.tanh(1.3 * both) * np.minimum(1, at / 0.01) * np.clip((length - at) / 0.03, 0, 1)


def _heartbeat(random: Random) -> Mono:
    import numpy as np

    def thump(pitch: float, size: float) -> Mono:
        made: Mono = (
            size * tone(glide(0.28, [(0, pitch * 1.5), (0.05, pitch), (0.28, pitch * 0.8)]), (1, 0.4, 0.15)) * decay(0.28, 0.05, 0.01)
        )
        return made

    beats = [part for start in (0.0, 0.95) for part in ((start, thump(62, 1.0)), (start + 0.3, thump(52, 0.7)))]
    return np.tanh(1.5 * placed(1.9, beats))


def _glitch(random: Random) -> Mono:
    import numpy as np

    parts, at = [], 0.0
    while at < 0.62:
        length = float(random.choice([0.02, 0.03, 0.045, 0.06]))
        kind = int(random.integers(3))
        pitch = float(random.uniform(180, 3200))
        if kind == 0:
            made = np.sign(tone(glide(length, [(0, pitch)])))
        elif kind == 1:
            made = np.repeat(random.uniform(-1, 1, round(length * RATE_HZ) // 24 + 1), 24)[: round(length * RATE_HZ)]
        else:
            made = np.round(3 * tone(glide(length, [(0, pitch), (length, pitch * float(random.uniform(0.3, 3)))]), (1, 0.5))) / 3
        for repeat in range(int(random.integers(1, 4))):
            edge = np.minimum(1, np.minimum(np.arange(len(made)), np.arange(len(made))[::-1]) / 40)
            parts.append((at + repeat * length, made * edge * random.uniform(0.5, 1)))
            at += length
        at += float(random.choice([0.0, 0.01, 0.03]))
    return placed(0.8, parts)


def _sparkle(random: Random) -> Mono:
    import numpy as np

    scale = [1568.0, 1760.0, 2093.0, 2349.3, 2637.0, 3136.0, 3520.0, 4186.0, 4698.6, 5274.0]
    sides = []
    for _ in range(2):
        bells = []
        for number, pitch in enumerate(scale * 2):
            at = 0.06 * number + random.uniform(0, 0.02)
            length = 0.5
            ring = tone(glide(length, [(0, pitch * (1 + number // 10 * 0.5))]), (1, 0.0, 0.2)) * decay(length, 0.07, 0.002)
            bells.append((at, random.uniform(0.4, 1) * ring))
        sides.append(placed(1.8, bells))
    both = np.stack(sides, axis=1)
    return np.asarray(0.75 * both + 0.25 * both[:, ::-1])


MAKERS: dict[str, Callable[[Random], Mono]] = {
    "boom": _boom,
    "whoosh": _whoosh,
    "riser": _riser,
    "hit": _hit,
    "pop": _pop,
    "ding": _ding,
    "boing": _boing,
    "record_scratch": _record_scratch,
    "drum_roll": _drum_roll,
    "sad_trombone": _sad_trombone,
    "buzzer": _buzzer,
    "heartbeat": _heartbeat,
    "glitch": _glitch,
    "sparkle": _sparkle,
}
