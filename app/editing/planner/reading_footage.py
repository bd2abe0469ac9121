"""From the analysis' document, and its per-frame table where it is kept, to `Footage`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.editing.planner.cards import is_card, plainer
from app.editing.planner.footage import STEP_S, SURE, Box, Curve, Footage, Hit, ShotView
from app.video.analysers.composition import SubjectBox
from app.video.document import VideoAnalysis

if TYPE_CHECKING:
    from app.video.curves import Curves

SILENT_LUFS, SPREAD_LU = -60.0, 8.0
NEAR_S, STRONG = 0.3, 0.45  # hits stand at least this far apart; weaker ones are none
ATTACK_LU = 4.0
MOST_HITS_PER_S = 2.0
EASILY_SEEN_WAY = 0.08  # of a subject between two samples, share of the frame


def footage_of(analysis: VideoAnalysis, curves: Curves | None = None) -> Footage:
    """What planning reads; without the table, action is told from the camera's curves and the subject's way."""
    cards = {index for index, scene in enumerate(analysis.scenes) if is_card(curves, scene.start_frame, scene.end_frame)}
    shots = tuple(plainer(shot) if shot.index in cards else shot for shot in _shots(analysis))
    titles = [(shot.first_s, shot.last_s) for shot in shots if shot.index in cards]
    info = analysis.media.info
    action = scaled(_action(analysis, curves), sorted([*_bad_spans(analysis), *titles]))
    lufs = _lufs(analysis)
    sound = loud_share(lufs)
    onsets = tuple(sorted(analysis.sound.rhythm.onsets_s)) if analysis.sound else ()
    rhythm = analysis.sound.rhythm if analysis.sound else None
    return Footage(
        name=analysis.media.name,
        duration_s=analysis.frame_count / info.video.fps if not info.video.vfr else analysis.duration_s,
        fps=info.video.fps,
        width=info.video.width,
        height=info.video.height,
        has_sound=analysis.sound is not None and analysis.sound.loudness.integrated_lufs > SILENT_LUFS,
        shots=shots,
        sound=sound,
        action=action,
        lufs=lufs,
        beats=tuple(b for b in rhythm.beats_s if 0 <= b <= analysis.duration_s) if rhythm else (),
        tempo_bpm=rhythm.tempo_bpm if rhythm and rhythm.beats_s else None,
        onsets=onsets,
        speech=tuple((max(0.0, s.start_s), s.end_s) for s in analysis.sound.speech.spans) if analysis.sound else (),
        hits=tuple(
            hit
            for hit in hits_of(lufs, sound, onsets, action, [shot.first_s for shot in shots])
            if not any(start <= hit.at_s < end for start, end in titles)
        ),
        loudness_lufs=analysis.sound.loudness.integrated_lufs if analysis.sound else None,
        _starts=tuple(shot.first_s for shot in shots),
    )


def _bad_spans(analysis: VideoAnalysis) -> list[tuple[float, float]]:
    """Where nothing is to be seen: black, and fades from or to it."""
    fps = analysis.media.info.video.fps
    spans = [(span.start_s, span.end_s) for span in analysis.technical.black]
    spans += [(item.start_frame / fps, item.end_frame / fps) for item in analysis.transitions.items if item.kind == "fade"]
    return sorted(spans)


def _gradual(analysis: VideoAnalysis) -> list[tuple[float, float]]:
    fps = analysis.media.info.video.fps
    return [(t.start_frame / fps, t.end_frame / fps) for t in analysis.transitions.items if t.kind not in ("cut", "flash")]


def _shots(analysis: VideoAnalysis) -> tuple[ShotView, ...]:
    fps, spans = analysis.media.info.video.fps, sorted({*_bad_spans(analysis), *_gradual(analysis)})
    sharpest = max((shot.sharpness_320px for shot in analysis.picture.shots), default=1.0) or 1.0
    found = []
    for index, scene in enumerate(analysis.scenes):
        start, end = trimmed(scene.start_s, scene.end_s, spans)
        quality = analysis.picture.shots[index] if index < len(analysis.picture.shots) else None
        camera = analysis.camera.shots[index] if index < len(analysis.camera.shots) else None
        composed = analysis.composition.shots[index] if index < len(analysis.composition.shots) else None
        subject = composed.subject if composed else None
        coherence = analysis.coherence.shots[index].score if index < len(analysis.coherence.shots) else 1.0
        found.append(
            ShotView(
                index=index,
                first_s=scene.start_s,
                last_s=scene.end_s,
                start_s=start,
                end_s=end,
                picture=_picture(quality.sharpness_320px / sharpest, quality.remarks, coherence) if quality else 0.5,
                brightness=quality.brightness if quality else 128.0,
                size=composed.shot_size if composed else None,
                camera=camera.kind if camera else "static",
                camera_speed=camera.mean_speed_percent_per_s if camera else 0.0,
                still_subject=_still(subject) if subject and subject.confidence >= SURE else None,
                track=_track(analysis, index, fps),
                remarks=tuple(quality.remarks) if quality else (),
            )
        )
    return tuple(found)


def trimmed(start_s: float, end_s: float, spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """A shot without the dark or mixed spans at its ends; a shot that is nothing else stays whole."""
    first, last = start_s, end_s
    for begin, until in spans:
        if begin <= first + 0.05 < until:
            first = min(until, end_s)
    for begin, until in reversed(spans):
        if begin < last - 0.05 <= until:
            last = max(begin, start_s)
    return (first, last) if last - first >= min(0.4, end_s - start_s) else (start_s, end_s)


def _picture(sharpness: float, remarks: Sequence[str], coherence: float) -> float:
    """How good a shot looks: 0 to 1 from relative sharpness, coherence and what was remarked."""
    return max(0.0, 0.45 * min(1.0, float(sharpness**0.5)) + 0.55 * coherence - 0.2 * len(remarks))


def _track(analysis: VideoAnalysis, index: int, fps: float) -> tuple[tuple[float, Box], ...]:
    if index >= len(analysis.subjects.shots):
        return ()
    shot = analysis.subjects.shots[index]
    rows = zip(shot.frames, shot.x, shot.y, shot.w, shot.h, shot.confidence, shot.source, strict=True)
    boxes = [(frame / fps, Box(x + w / 2, y + h / 2, w, h, sure, _moving(kind))) for frame, x, y, w, h, sure, kind in rows]
    return tuple((at, replace(box, moving=box.moving * _way(boxes, index))) for index, (at, box) in enumerate(boxes))


def _way(boxes: Sequence[tuple[float, Box]], index: int) -> float:
    """0 where a box stays as it is between samples, as a title does that comes and goes; 1 where it goes about."""
    here = boxes[index][1]
    near = [boxes[other][1] for other in (index - 1, index + 1) if 0 <= other < len(boxes)]
    most = max((abs(box.x - here.x) + abs(box.y - here.y) + abs(box.w - here.w) + abs(box.h - here.h) for box in near), default=1.0)
    return min(1.0, most / EASILY_SEEN_WAY)


def _still(subject: SubjectBox) -> Box:
    return Box(subject.centre_x, subject.centre_y, subject.w, subject.h, subject.confidence, _moving(subject.source))


def _moving(source: str) -> float:
    """What is seen by its looks alone stands still."""
    return 0.0 if source == "saliency" else 1.0


def _lufs(analysis: VideoAnalysis) -> Curve:
    """Momentary loudness on the grid; the value of a cell is that of the window around it."""
    if analysis.sound is None or not analysis.sound.loudness.momentary_lufs:
        return Curve(())
    loudness = analysis.sound.loudness
    cells = max(1, round(analysis.duration_s / STEP_S))
    middle = loudness.momentary_start_s - 0.2  # windows are 400 ms long and named by their end
    values = loudness.momentary_lufs
    places = [round(((cell + 0.5) * STEP_S - middle) / loudness.momentary_step_s) for cell in range(cells)]
    return Curve(tuple(values[min(max(place, 0), len(values) - 1)] for place in places))


def loud_share(lufs: Curve) -> Curve:
    """Loudness from 0 (the softest tenth of what is heard) to 1 (the loudest twentieth)."""
    heard = sorted(value for value in lufs.values if value > SILENT_LUFS)
    if not heard:
        return Curve((0.0,) * len(lufs.values))
    low, high = heard[len(heard) // 10], heard[min(len(heard) - 1, len(heard) * 19 // 20)]
    spread = max(high - low, SPREAD_LU)
    return Curve(tuple(min(1.0, max(0.0, (value - high) / spread + 1)) for value in lufs.values))


def _action(analysis: VideoAnalysis, curves: Curves | None) -> list[float]:
    cells = max(1, round(analysis.duration_s / STEP_S))
    if curves is not None and {"hold_rest", "coh_rest"} <= curves.columns.keys():
        return _action_measured(analysis, curves, cells)
    found = [0.0] * cells
    fps = analysis.media.info.video.fps
    for index, scene in enumerate(analysis.scenes):
        track = _track(analysis, index, fps)
        camera = analysis.camera.shots[index] if index < len(analysis.camera.shots) else None
        for cell in range(int(scene.start_s / STEP_S), min(cells, int(scene.end_s / STEP_S) + 1)):
            at = (cell + 0.5) * STEP_S
            moves = [m.speed_percent_per_s for m in camera.moves if m.start_s <= at < m.end_s] if camera else []
            right = bisect_left([t for t, _ in track], at)
            way = 0.0
            if 0 < right < len(track):
                (t0, one), (t1, two) = track[right - 1], track[right]
                way = 100 * (abs(two.x - one.x) + abs(two.y - one.y)) / (t1 - t0)
            found[cell] = way + 0.3 * max(moves, default=0.0) + 20 * (camera.foreground_motion if camera else 0.0)
    return found


def _action_measured(analysis: VideoAnalysis, curves: Curves, cells: int) -> list[float]:
    """What changes on its own: the block of the picture that changes most and the picture as a whole, camera taken out."""
    import numpy as np

    rest = np.asarray(curves["hold_rest"], dtype=float) + 4 * np.asarray(curves["coh_rest"], dtype=float)
    for scene in analysis.scenes:  # a cut is no action
        if scene.start_frame + 1 < len(rest):
            rest[scene.start_frame] = rest[scene.start_frame + 1]
    places = np.clip((np.asarray(curves.times_s) / STEP_S).astype(int), 0, cells - 1)
    sums, counts = np.bincount(places, rest, cells), np.bincount(places, minlength=cells)
    known = np.flatnonzero(counts)
    means = sums[known] / counts[known]
    return [float(value) for value in np.interp(np.arange(cells), known, means)]


def scaled(values: Sequence[float], bad: Sequence[tuple[float, float]]) -> Curve:
    """Smoothed over half a second and brought to 0..1 by the liveliest twentieth; nothing happens in ``bad`` spans."""
    smooth = [sum(values[max(0, i - 2) : i + 3]) / len(values[max(0, i - 2) : i + 3]) for i in range(len(values))]
    for begin, until in bad:
        for cell in range(int(begin / STEP_S), min(len(smooth), int(until / STEP_S) + 1)):
            smooth[cell] = 0.0
    high = sorted(smooth)[min(len(smooth) - 1, len(smooth) * 19 // 20)]
    return Curve(tuple(min(1.0, value / high) if high > 0 else 0.0 for value in smooth))


def hits_of(lufs: Curve, sound: Curve, onsets: Sequence[float], action: Curve, cuts: Sequence[float]) -> tuple[Hit, ...]:
    """Attacks of the sound that are loud or a leap, and bursts of action away from cuts; the strongest within a short while."""
    found = []
    for at in onsets:
        leap = lufs.mean(at, at + 0.3) - lufs.mean(max(0.0, at - 0.5), max(0.1, at - 0.1))
        found.append(Hit(at, min(1.0, 0.75 * sound.highest(at, at + 0.3)[1] + 0.25 * max(0.0, leap) / (3 * ATTACK_LU)), "sound"))
    values = action.values
    for cell in range(1, len(values) - 1):
        at = (cell + 0.5) * STEP_S
        if values[cell] >= 0.5 and values[cell - 1] < values[cell] >= values[cell + 1] and all(abs(at - cut) > NEAR_S for cut in cuts):
            found.append(Hit(at, 0.9 * values[cell], "action"))
    chosen: list[Hit] = []
    room = max(4, int(MOST_HITS_PER_S * len(values) * STEP_S))
    taken: set[int] = set()
    for hit in sorted(found, key=lambda hit: (-hit.strength, hit.at_s)):
        cell = int(hit.at_s / NEAR_S)
        if hit.strength < STRONG or len(chosen) >= room:
            break
        if taken.isdisjoint((cell - 1, cell, cell + 1)):
            taken.add(cell)
            chosen.append(hit)
    return tuple(sorted(chosen, key=lambda hit: hit.at_s))
