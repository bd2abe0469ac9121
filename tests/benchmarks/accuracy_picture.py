"""How right quality, composition, technical checks and sound are, on pictures and sounds whose truth is known."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from app.video.analysers.base import Findings
from app.video.analysers.depth import layers, softness
from app.video.analysers.quality import QualityMeasure
from app.video.analysers.saliency import find_subject, saliency
from app.video.analysers.sound import Sound, analyse_sound
from app.video.analysers.technical import CropSampler, TechnicalMeasure, decide
from app.video.curves import Curves, Shot
from app.video.ffmpeg import executable
from tests.benchmarks import picture_truth as truth

Row = dict[str, Any]
_TEMPOS = (62.0, 76.5, 90.0, 104.0, 120.0, 133.3, 150.0, 174.0)
_ASPECTS = (2.39, 2.0, 1.85, 16 / 9, 4 / 3, 1.0)
_BEAT_TOLERANCE_S = 0.07


def run(quick: bool) -> list[Row]:
    """One row per figure of the accuracy table; real stills join where STUDIO_BENCH_MEDIA names a folder."""
    cv2.setNumThreads(1)
    count = 20 if quick else 100
    stills = truth.real_stills(most=6 if quick else 20)
    sharp = [truth.textured(seed) for seed in range(3 if quick else 8)] + stills[:4]
    soft = [cv2.GaussianBlur(still, (0, 0), 8) for still in stills]
    rows = [
        _row("blur rank, Spearman, worst still", min(map(blur_rank, sharp)), 0.99, n=len(sharp)),
        _row("brightness error, levels, worst", max(brightness_errors(count)), 1.0, most=True, n=count),
        _row("planted subject centre within 5 % of width", subjects_found(count), 0.95, n=count),
        _row("depth bands in order", depth_right(count, sharp), 0.95, n=count),
        _row("bars right within 1 % of the frame", bars_right(sharp), 0.95, n=len(sharp) * len(_ASPECTS)),
    ]
    if stills:
        rows.append(_told("subject planted before a real still out of focus", subjects_found(count, soft)))
        rows.append(_told("subject planted before a real, sharp, busy still", subjects_found(count, stills)))
    with tempfile.TemporaryDirectory() as folder:
        rows += sound_rows(Path(folder), quick)
    return rows


def _row(what: str, ours: float, target: float, *, most: bool = False, **extra: float) -> Row:
    met = ours <= target if most else ours >= target
    return {"what": what, "ours": float(ours), "target": f"{'<=' if most else '>='} {target:g}", "met": bool(met), **extra}


def _told(what: str, ours: float) -> Row:
    """A figure without a target: told, not judged."""
    return {"what": what, "ours": float(ours), "target": None, "met": None}


# Pictures -------------------------------------------------------------------------------------------------------------------------


def blur_rank(still: truth.Image) -> float:
    """Spearman's rank correlation of blur and (falling) sharpness over sixteen grades."""
    sigmas = np.geomspace(0.5, 16, 16)
    measure, place = QualityMeasure(), QualityMeasure.columns.index("sharpness")
    values = [measure.measure(truth.frame_of(cv2.GaussianBlur(still, (0, 0), s)))[place] for s in sigmas]
    ranks = np.argsort(np.argsort([-v for v in values]))
    return float(np.corrcoef(ranks, np.arange(len(sigmas)))[0, 1])


def brightness_errors(count: int) -> list[float]:
    """Mean luma at 320 px against full size, for pictures of all exposures."""
    measure, errors = QualityMeasure(), []
    for seed in range(count):
        picture = truth.textured(seed) if seed % 2 else truth.planted(seed).image
        picture = cv2.convertScaleAbs(picture, alpha=float(np.random.default_rng(seed).uniform(0.1, 1.5)))
        errors.append(abs(measure.measure(truth.frame_of(picture))[0] - truth.full_size_luma(picture)))
    return errors


def subjects_found(count: int, backdrops: Sequence[truth.Image] = ()) -> float:
    """Share of planted figures whose centre was found within 5 % of the frame's width."""
    hits = 0
    for seed in range(count):
        made = truth.planted(seed, backdrops[seed % len(backdrops)] if backdrops else None)
        found = find_subject(saliency(truth.frame_of(made.image)))
        hits += float(np.hypot(found.x - made.x, (found.y - made.y) * truth.HEIGHT / truth.WIDTH)) <= 0.05
    return hits / count


def depth_right(count: int, stills: Sequence[truth.Image]) -> float:
    """Share of pictures whose three bands come out in the order of their blur."""
    right = 0
    for seed in range(count):
        picture, labels = truth.in_depth(seed, stills[seed % len(stills)])
        found, _ = layers(softness(truth.frame_of(picture).y))
        small = cv2.resize(labels, (found.shape[1], found.shape[0]), interpolation=cv2.INTER_NEAREST)
        known = [found[(small == k) & ~np.isnan(found)] for k in range(3)]
        means = [float(part.mean()) if len(part) else np.nan for part in known]
        right += bool(means[0] < means[1] < means[2])
    return right / count


def bars_right(stills: Sequence[truth.Image]) -> float:
    """Share of barred pictures whose kind of bars is right and whose bars are within 1 % of the frame."""
    hits = [_bars_right(still, aspect) for still in stills for aspect in _ASPECTS]
    return sum(hits) / len(hits)


def _bars_right(still: truth.Image, aspect: float) -> bool:
    plain = truth.WIDTH / truth.HEIGHT
    frames = [truth.frame_of(truth.barred(still, aspect, quality)) for quality in (50, 70, 90)]
    sampler, measure = CropSampler(), TechnicalMeasure()
    samples = np.array([(i, *sampler.sample(f)) for i, f in enumerate(frames)], np.float32)
    rows = np.array([measure.measure(f) for f in frames], np.float32)
    times = np.arange(len(frames)) / 24
    table = Curves(24, times, dict(zip(("frame", *sampler.columns), samples.T, strict=True)))
    curves = Curves(24, times, dict(zip(measure.columns, rows.T, strict=True)))
    crop = decide(Findings(curves, table, [Shot(0, len(frames))], truth.info(1))).crop
    if abs(aspect - plain) < 0.01:
        return crop.kind == "none"
    if aspect > plain:
        return crop.kind == "letterbox" and abs(crop.top - (1 - plain / aspect) / 2) <= 0.01
    return crop.kind == "pillarbox" and abs(crop.left - (1 - aspect / plain) / 2) <= 0.01


# Sound ----------------------------------------------------------------------------------------------------------------------------


def sound_rows(folder: Path, quick: bool) -> list[Row]:
    """Loudness beside ffmpeg's meter, tempo and beats of clicks, speech between other sounds."""
    seeds = range(3 if quick else 8)
    loudness = [_loudness_error(folder / f"noise-{seed}.wav", truth.changing_noise(seed)) for seed in seeds]
    pulses = [_pulse(folder / "clicks.wav", bpm, seed) for seed, bpm in enumerate(_TEMPOS[:: 2 if quick else 1])]
    return [
        _row("loudness against ffmpeg ebur128, LU, worst", max(loudness), 0.2, most=True, n=len(loudness)),
        _row("tempo error of clicks, %, worst", max(error for error, _ in pulses), 1.0, most=True, n=len(pulses)),
        _row("beat F1 of clicks, worst", min(f1 for _, f1 in pulses), 0.95, n=len(pulses)),
        _speech_row(folder, quick),
    ]


def _heard(path: Path, sound: truth.Sound) -> Sound:
    truth.write_wav(path, sound)
    found = analyse_sound(path, truth.info(sound.shape[1] / truth.RATE_HZ, sound.shape[0]), lambda fraction, message: None)
    assert found is not None
    return found


def _loudness_error(path: Path, sound: truth.Sound) -> float:
    ours = _heard(path, sound).loudness.integrated_lufs
    command = [executable(), "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    match = re.search(r"I:\s+(-?[\d.]+) LUFS", said[said.rindex("Summary:") :])
    assert match is not None
    return abs(ours - float(match[1]))


def _pulse(path: Path, bpm: float, seed: int) -> tuple[float, float]:
    """(tempo error in percent, F1 of the beats)."""
    beats = np.arange(0.31, 30, 60 / bpm)
    rhythm = _heard(path, truth.clicks(beats.tolist(), 30, seed, 0.01)).rhythm
    found = np.array(rhythm.beats_s)
    if not len(found):
        return 100.0, 0.0
    gaps = np.abs(found[:, None] - beats[None])
    precision, recall = (gaps.min(axis=1) <= _BEAT_TOLERANCE_S).mean(), (gaps.min(axis=0) <= _BEAT_TOLERANCE_S).mean()
    return abs((rhythm.tempo_bpm or 0) / bpm - 1) * 100, float(2 * precision * recall / max(1e-9, precision + recall))


def _speech_row(folder: Path, quick: bool) -> Row:
    """Share of time told rightly as speech or not, speech and other sounds in turn, each weighing half."""
    right: dict[bool, list[float]] = {True: [], False: []}
    for seed in range(2 if quick else 8):
        voice = truth.spoken(folder, seed)
        if voice is None:
            return {"what": "speech map, espeak-ng is not installed", "ours": None, "target": ">= 0.85", "met": None}
        length_s = voice.shape[1] / truth.RATE_HZ
        others = (truth.chords(length_s, seed), truth.changing_noise(seed, length_s)[:1, : voice.shape[1]] * 0.3)
        sound = np.concatenate([others[0], voice, others[1]], axis=1)
        spoken = np.zeros(round(sound.shape[1] / truth.RATE_HZ * 100), bool)
        for span in _heard(folder / "speech.wav", sound).speech.spans:
            spoken[max(0, round(span.start_s * 100)) : round(span.end_s * 100)] = True
        start, end = round(others[0].shape[1] / truth.RATE_HZ * 100), round((others[0].shape[1] / truth.RATE_HZ + length_s) * 100)
        right[True].append(float(spoken[start:end].mean()))
        right[False].append(1 - float(np.concatenate((spoken[:start], spoken[end:])).mean()))
    hit, rejected = float(np.mean(right[True])), float(np.mean(right[False]))
    return _row("speech map right, speech and other sound alike", (hit + rejected) / 2, 0.85, speech=hit, other=rejected)
