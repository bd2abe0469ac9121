"""How right camera, coherence and holds are, on pictures whose motion is known."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from app.video.analysers import camera, coherence, holds
from app.video.analysers.base import Findings
from app.video.analysers.camera_tracking import Tracker
from app.video.analysers.coherence_measure import moments_of, ssim
from app.video.curves import Curves, Shot
from app.video.models import MediaInfo, Rational, VideoStream
from tests.benchmarks import motion_truth as truth
from tests.benchmarks.motion_truth import HEIGHT, MOVES, WIDTH, Image, Move

Row = dict[str, Any]
Stills = Sequence[tuple[str, Image]]
FPS = 24.0


def run(quick: bool) -> list[Row]:
    """One row per figure of the accuracy table."""
    cv2.setNumThreads(1)
    rows: list[Row] = []
    sets = [("made stills", truth.made_stills()), ("clips", truth.clip_stills())]
    for name, stills in sets:
        if stills:
            rows += _for_stills(name, stills[:2] if quick else stills, quick)
    return rows


def _for_stills(name: str, stills: Stills, quick: bool) -> list[Row]:
    clean, front = camera_errors(stills, False), camera_errors(stills, True)
    right, style = camera_classes(stills, quick)
    hits, events, alarms = faults(stills, quick)
    return [
        _row(f"camera error px, {name}", statistics.median(clean), 0.05, most=True, p95=float(np.percentile(clean, 95))),
        _row(f"camera error px, foreground, {name}", statistics.median(front), 0.08, most=True, p95=float(np.percentile(front, 95))),
        _row(f"camera class right, {name}", _share(right), 0.97, n=len(right)),
        _row(f"static against handheld, {name}", _share(style), 1.0, n=len(style)),
        _row(f"flicker AUC, static, {name}", flicker_auc(stills, None, quick), 0.99),
        _row(f"flicker AUC, pan, {name}", flicker_auc(stills, Move(right=1.7, down=0.4), quick), 0.99),
        _row(f"freezes and jumps found, {name}", hits / events, 1.0, n=events, false_alarms=alarms),
        _row(f"SSIM r against Gaussian, {name}", ssim_correlation(stills), 0.98),
        _row(f"holds right, {name}", _share(hold_results(stills, quick)), 0.98),
    ]


def _row(what: str, ours: float, target: float, *, most: bool = False, **extra: float) -> Row:
    met = ours <= target if most else ours >= target
    return {"what": what, "ours": float(ours), "target": f"{'<=' if most else '>='} {target}", "met": bool(met), **extra}


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right)


# Analysing pictures ---------------------------------------------------------------------------------------------------------------


def findings(pictures: Sequence[Image], shots: Sequence[Shot] | None = None) -> Findings:
    """What camera, coherence and holds measure of the pictures; one shot unless told otherwise."""
    measures = (camera.CameraMeasure(), coherence.CoherenceMeasure(), holds.HoldMeasure())
    rows = [[value for measure in measures for value in measure.measure(frame)] for frame in truth.frames(pictures, FPS)]
    table = np.array(rows, dtype=np.float32)
    names = [name for measure in measures for name in measure.columns]
    times = np.arange(len(pictures)) / FPS
    curves = Curves(FPS, times, {name: table[:, place] for place, name in enumerate(names)})
    return Findings(curves, Curves(FPS, times[:0]), shots or [Shot(0, len(pictures))], info(len(pictures)))


def info(frames: int) -> MediaInfo:
    """What probing such a film would tell."""
    rate = Rational(num=24, den=1)
    video = VideoStream(
        codec="rawvideo", pix_fmt="gray", width=WIDTH, height=HEIGHT, coded_width=WIDTH, coded_height=HEIGHT,
        sample_aspect_ratio=Rational(num=1, den=1), rotation_deg=0, fps=FPS, fps_rational=rate, avg_fps=FPS, vfr=False,
        frame_count=frames, frame_count_estimated=False, keyframe_interval_s=0.0, start_time_s=0.0, bit_depth=8,
    )  # fmt: skip
    return MediaInfo(container="raw", duration_s=frames / FPS, size_bytes=frames * WIDTH * HEIGHT, video=video)


# Camera ---------------------------------------------------------------------------------------------------------------------------


def camera_errors(stills: Stills, front: bool) -> list[float]:
    """Mean distance over a grid between where points went and where they were found to go, px, for every step of every move."""
    xs, ys = np.meshgrid(np.linspace(20, WIDTH - 20, 5), np.linspace(10, HEIGHT - 10, 5))
    grid, middle = (xs + 1j * ys).ravel(), complex((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    errors = []
    for number, (_, still) in enumerate(stills):
        texture = stills[(number + 1) % len(stills)][1]
        for _, move in MOVES:
            path, tracker = truth.steady_path(move, 4), Tracker()
            pictures = [truth.view(still, place) for place in path]
            if front:
                pictures = [truth.put_in_front(p, texture, (120 + 6.3 * i, 100 - 2.2 * i)) for i, p in enumerate(pictures)]
            for index, frame in enumerate(truth.frames(pictures)):
                found = tracker.step(frame)
                if index:
                    step = truth.matrix(path[index]) @ np.linalg.inv(truth.matrix(path[index - 1]))
                    turn, shift = complex(step[0, 0], step[1, 0]), complex(step[0, 2], step[1, 2])
                    true = turn * (grid - middle) + shift + middle
                    errors.append(float(np.abs(found.turn * grid + found.shift - true).mean()))
    return errors


def camera_classes(stills: Stills, quick: bool) -> tuple[list[bool], list[bool]]:
    """(kind right and in one piece, static or handheld right), every second shot with something passing in front."""
    rng = np.random.default_rng(3)
    right, style = [], []
    for number, (_, still) in enumerate(stills):
        texture = stills[(number + 1) % len(stills)][1]
        for place, (kind, move) in enumerate(MOVES[:: 3 if quick else 1]):
            count = min(30, int(200 / max(1.0, abs(move.right), 1.5 * abs(move.down))))
            pictures = [truth.noisy(truth.view(still, p), rng, 1.5) for p in truth.steady_path(move, count)]
            if place % 2:
                pictures = [truth.put_in_front(p, texture, (90 + 5 * i, 100 - i)) for i, p in enumerate(pictures)]
            shot = camera.decide(findings(pictures)).shots[0]
            right.append(shot.kind == kind and len(shot.moves) == 1)
            style.append((shot.style == "static") == (kind == "static") and shot.style != "handheld")
        for px in (0.7, 1.5, 4.0):
            pictures = [truth.noisy(truth.view(still, p), rng, 1.5) for p in truth.handheld_path(rng, 36, px)]
            style.append(camera.decide(findings(pictures)).shots[0].style == "handheld")
    return right, style


# Coherence ------------------------------------------------------------------------------------------------------------------------


def _patterns(rng: np.random.Generator, count: int) -> list[Any]:
    """Flicker of +-3 levels: at random, from frame to frame, and as waves."""
    times = np.arange(count) / FPS
    return [
        3.0 * rng.choice([-1, 1], count),
        3.0 * (-1.0) ** np.arange(count),
        3.0 * np.sin(2 * np.pi * 3.0 * times),
        3.0 * np.sin(2 * np.pi * 7.0 * times),
    ]


def flicker_auc(stills: Stills, pan: Move | None, quick: bool) -> float:
    """Area under the ROC curve of the flicker figure: flickering clips against the same ones without, a figure walking.

    Compressed lightly: at ordinary rates x264 takes a slow flicker of three levels out of a busy picture altogether.
    """
    rng = np.random.default_rng(11)
    good: list[float] = []
    bad: list[float] = []
    for _, still in stills:
        plain = truth.walking(still, rng, 36, 1, pan)
        for pattern in _patterns(rng, len(plain))[: 2 if quick else 4]:
            base = [truth.noisy(p, rng, 1.0) for p in plain]
            lit = [np.clip(np.rint(p + level), 0, 255).astype(np.uint8) for p, level in zip(base, pattern, strict=True)]
            for scores, pictures in ((good, base), (bad, lit)):
                scores.append(coherence.decide(findings(truth.encoded(pictures, 12))).shots[0].flicker_levels)
    wins = [(b > g) + 0.5 * (b == g) for b in bad for g in good]
    return float(np.mean(wins))


def faults(stills: Stills, quick: bool) -> tuple[int, int, int]:
    """(found, planted, false alarms in the same films without a fault): freezes of 5 to 10 frames, jumps over 4 to 8, stray pictures.

    Jumps are planted where the whole picture moves: a small figure that skips before a still background might as well be quick.
    """
    rng = np.random.default_rng(5)
    found = planted = alarms = 0
    for _, still in stills:
        for pan in (Move(right=1.6), Move(right=-0.9, zoom=0.003), None)[: 2 if quick else 3]:
            film = [truth.noisy(p, rng, 1.0) for p in truth.walking(still, rng, 64, 1, pan)]
            for kind, pictures, frame in _damaged(film, still, rng):
                shot = coherence.decide(findings(truth.encoded(pictures))).shots[0]
                starts = [s.start_frame for s in shot.frozen]
                where = starts if kind == "freeze" else shot.jumps
                if kind == "clean":
                    alarms += len(starts) + len(shot.jumps)
                elif not (kind == "jump" and pan is None):
                    planted += 1
                    found += any(abs(at - frame) <= 1 for at in where)
    return found, planted, alarms


def _damaged(film: list[Image], still: Image, rng: np.random.Generator) -> list[tuple[str, list[Image], int]]:
    """(kind, pictures, frame of the fault). A freeze begins at the picture that stands; a jump is the first frame behind it."""
    at, held, gone = int(rng.integers(20, 30)), int(rng.integers(5, 11)), int(rng.integers(4, 9))
    other = [truth.view(still, Move(right=40, down=18))] * 3
    return [
        ("clean", film[:52], 0),
        ("freeze", film[: at + 1] + [film[at]] * (held - 1) + film[at + held : 52], at),
        ("jump", film[:at] + film[at + gone : 52 + gone], at),
        ("pop", film[:at] + other + film[at + 3 : 52], at),
    ]


def ssim_correlation(stills: Stills) -> float:
    """Pearson's r between our SSIM and the Gaussian one (11 px, sigma 1.5), both at half size, over pairs of all kinds."""
    rng = np.random.default_rng(2)
    ours: list[float] = []
    theirs: list[float] = []
    for _, still in stills:
        for move in (Move(right=0.2), Move(right=1.1), Move(zoom=0.01), Move(right=4.0, down=2.0), Move()):
            one, two = (truth.view(still, place) for place in truth.steady_path(move, 2))
            for sigma, level in ((0.0, 0.0), (2.0, 0.0), (6.0, 3.0), (0.0, 10.0)):
                pair = (one, np.clip(truth.noisy(two, rng, sigma) + level, 0, 255).astype(np.uint8))
                a, b = (cv2.resize(p, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA) for p in pair)
                ours.append(ssim(moments_of(a), moments_of(b)))
                theirs.append(gaussian_ssim(a, b))
    return float(np.corrcoef(ours, theirs)[0, 1])


def gaussian_ssim(one: Image, other: Image) -> float:
    """Mean SSIM as published: an 11 x 11 Gaussian window of 1.5 px at every pixel (Wang et al., TIP 2004)."""
    a, b = one.astype(np.float64), other.astype(np.float64)

    def blur(values: Any) -> Any:
        return cv2.GaussianBlur(values, (11, 11), 1.5)[5:-5, 5:-5]

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b, both = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2, blur(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + c1) * (2 * both + c2)
    return float((top / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean())


# Holds ----------------------------------------------------------------------------------------------------------------------------


def hold_results(stills: Stills, quick: bool, note: Callable[[str], None] = lambda _: None) -> list[bool]:
    """Shots of a walking figure on ones to fours, with and without a pan on ones, and still shots; compressed."""
    rng = np.random.default_rng(9)
    names = {0: "still", 1: "ones", 2: "twos", 3: "threes", 4: "fours"}
    right = []
    for title, still in stills:
        for period, pan in [(p, None) for p in range(5)] + [(p, Move(right=1.3)) for p in ((2,) if quick else (1, 2, 3))]:
            for crf in (18, 28):
                film = truth.encoded([truth.noisy(p, rng, 0.0) for p in truth.walking(still, rng, 60, period, pan)], crf)
                shot = holds.decide(findings(film)).shots[0]
                right.append(shot.exposure == names[period] and (pan is None or shot.camera == "ones"))
                if not right[-1]:
                    note(f"{title} {names[period]} {pan} crf {crf}: {shot}")
    return right
