"""How the film runs: black, frozen and flash frames, speed, sync. What the plan wants, and what the source has by itself, is no fault."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.editing.judge.evidence import Evidence, Judged, falling, issue, known, unknown
from app.editing.judge.forms import Issue, Severity
from app.editing.judge.spans import runs_of
from app.editing.judge.sync import Lag
from app.video.analysers.technical import BLACK_SHARE

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_LISTED = 10
_FADE_STEPS = 3  # frames beside a black run in which a fade has to show
_FADE_SHARE = 0.6  # of the light beyond, that a frame beside the black has at most, where it fades
_LIVELY = 0.6  # levels of change, at 32 x 18, below which a source counts as still by itself
_STILL_SHARE = 0.12
_STANDS_FRAMES, _STANDS_LEVELS, _MOVED_LEVELS = 4, 0.15, 1.5
_PLANNED_SHARE = 0.9
_WHITE_SHARE = 0.6
_GOOD_LAG_S, _LOST_LAG_S = 0.045, 0.4
_LEAST_TOLD_S = 0.4


def _by_events(count: int, share: float) -> float:
    """What is left of 1 after so many faults that take such a share of the film: the first ones weigh most."""
    return 1.0 / (1.0 + 0.45 * math.sqrt(count) + 6.0 * share)


def black(e: Evidence) -> Judged:
    """Black frames that are neither planned, nor black in the source, nor the end of a fade."""
    dark = e.trace["dark"] >= BLACK_SHARE
    wanted = e.flag("dark")
    if e.sources:
        wanted = wanted | ((e.in_source("dark") >= BLACK_SHARE) & (e.source >= 0))
    faults = [run for run in runs_of(dark) if wanted[run[0] : run[1]].mean() < 0.8 and not (e.expected is None and _fades(e, run))]
    frames = sum(end - start for start, end in faults)
    found = [
        issue(
            "black", "error", f"{end - start} black frame{'s' if end - start > 1 else ''} that nobody planned.",
            "Cut them out.", (e.time_of(start), e.time_of(end)), end - start,
        )
        for start, end in faults[:_LISTED]
    ]  # fmt: skip
    limits = "1 / (1 + 0.45 root of the places + 6 x share of the film); fades and the source's own black do not count"
    why = f"{frames} unplanned black frames in {len(faults)} places" if faults else "no unplanned black frames"
    return known(_by_events(len(faults), frames / len(e.trace)), frames, "frames", limits, why, found)


def _fades(e: Evidence, run: tuple[int, int]) -> bool:
    """Whether the light goes down before the run, or comes up behind it, over several frames; the film's ends count as dark."""
    luma, (start, end) = e.trace["luma"], run
    sides = []
    for edge, step in ((start - 1, -1), (end, 1)):
        far = edge + step * 2 * _FADE_STEPS
        if not 0 <= edge < len(luma) or not 0 <= far < len(luma):
            sides.append(True)
            continue
        sides.append(float(luma[edge]) < _FADE_SHARE * float(luma[far]))
    return all(sides)


def frozen(e: Evidence) -> Judged:
    """Pictures that stand still although neither the plan nor the source does."""
    import numpy as np

    still = _stills(e)
    faults = runs_of(still)
    frames = int(still.sum())
    found = [
        issue(
            "frozen", "error" if end - start >= 5 else "warning",
            f"The picture stands still for {end - start} frame{'s' if end - start > 1 else ''}.", "Trim it, or freeze it on purpose.",
            (e.time_of(max(0, start - 1)), e.time_of(end)), end - start,
        )
        for start, end in sorted(faults, key=lambda run: run[0] - run[1])[:_LISTED]
    ]  # fmt: skip
    limits = "1 / (1 + 0.45 root of the places + 6 x share of the film); held drawings of the source and planned freezes do not count"
    why = f"{frames} frames stand still in {len(faults)} places" if faults else "nothing stands still that should move"
    return known(_by_events(len(faults), frames / max(1, len(still))), float(np.sum(still)), "frames", limits, why, found)


def _stills(e: Evidence) -> Array:
    """(N,) frames that repeat the one before against plan and source."""
    import numpy as np

    marked = np.zeros(len(e.trace), bool)
    for shot in e.film.coherence.shots:
        for span in (*shot.frozen, *shot.repeated):
            marked[span.start_frame + 1 : span.end_frame] = True
    for timed in e.film.technical.frozen:
        marked[timed.start_frame + 1 : timed.end_frame] = True
    marked &= ~(e.flag("still") | e.flag("dark") | e.flag("bright"))
    marked &= e.trace["dark"] < BLACK_SHARE
    if e.sources:
        own = e.in_source("change")
        known_still = ~np.isnan(own) & (own < _LIVELY)
        stands = ~np.isnan(own) & (e.source >= 0) & (own > _LIVELY) & (e.trace.change < _STILL_SHARE * own)
        stands[1:] &= e.source[1:] == e.source[:-1]
        stands &= ~(e.flag("still") | e.flag("covered") | e.flag("moved") | e.flag("dark") | e.flag("bright"))
        if e.expected is not None:
            stands &= _near_own_speed(e)
        marked = (marked & ~known_still) | _lasting(stands) | _standing(e)
    return marked


def _standing(e: Evidence) -> Array:
    """(N,) longer runs of frames without change over which the source goes on, at whatever speed."""
    import numpy as np

    found = np.zeros(len(e.trace), bool)
    quiet = (e.trace.change < _STANDS_LEVELS) & ~(e.flag("dark") | e.flag("bright"))
    for start, end in runs_of(quiet, _STANDS_FRAMES):
        first, last = start - 1, end - 1
        if first < 0 or e.source[first] < 0 or e.source[first] != e.source[last] or e.flag("still")[start:end].mean() > _PLANNED_SHARE:
            continue
        tiny = e.sources[int(e.source[first])].tiny
        shown = [tiny[min(max(int(e.frame[n]), 0), len(tiny) - 1)].astype(np.float32) for n in (first, last)]
        moved = float(np.abs(shown[1] - shown[0]).mean())
        here = float(np.abs(e.trace.tiny[last].astype(np.float32) - e.trace.tiny[first]).mean())
        found[start:end] = moved > _MOVED_LEVELS and here < _STILL_SHARE * moved
    return found


def _near_own_speed(e: Evidence) -> Array:
    """(N,) frames planned at no less than half speed: slower ones repeat by nature."""
    import numpy as np

    fast = np.zeros(len(e.trace), bool)
    assert e.expected is not None
    rates = np.abs(e.expected.rate[: len(fast)])
    fast[: len(rates)] = rates > 0.9
    return fast


def _lasting(marked: Array) -> Array:
    """Only runs of two frames and more: a single one may be a drawing held by a coder."""
    import numpy as np

    kept = np.zeros(len(marked), bool)
    for start, end in runs_of(marked, 2):
        kept[start:end] = True
    return kept


def flash(e: Evidence) -> Judged:
    """Flashes and near-white frames that neither the plan nor the source has."""
    flashes = [item for item in e.film.transitions.items if item.kind == "flash"]
    planned = e.flag("bright") | e.flag("moved") | e.flag("dark")
    if e.sources:
        planned = planned | ((e.in_source("highlights") > _WHITE_SHARE) & (e.source >= 0))
    faults = [
        item for item in flashes
        if not planned[max(0, item.start_frame - 1) : item.end_frame + 1].any()
        and e.trace["dark"][item.start_frame : item.end_frame].max(initial=0.0) < BLACK_SHARE
    ]  # fmt: skip
    found = [
        issue(
            "flash", "warning", "The picture flashes.", "Cut the frames out, or use another part of the source.",
            (e.time_of(item.start_frame), e.time_of(item.end_frame)), item.strength,
        )
        for item in faults[:_LISTED]
    ]  # fmt: skip
    frames = sum(item.end_frame - item.start_frame for item in faults)
    why = f"{len(faults)} flashes" if faults else "no flashes that the plan or the source lacks"
    return known(
        _by_events(len(faults), frames / len(e.trace)),
        len(faults),
        "flashes",
        "1 / (1 + 0.45 root of the flashes + 6 x share of the film)",
        why,
        found,
    )


def speed(e: Evidence) -> Judged:
    """Whether the picture runs at the planned rate; without a plan, at that of the source."""
    if not e.sources:
        return unknown("How fast it should run cannot be told without the clip the film was made of.")
    told = [w for w in e.windows if w.found and w.tells_rate]
    seconds = sum(w.end - w.first for w in told) / e.trace.fps
    if seconds < _LEAST_TOLD_S:
        return unknown("Too little of the film moves in a way that could be found in its sources.")
    off = [(w, _octaves(w.rate, w.usual)) for w in told if w.off_rate]
    loss = sum(min(1.0, octaves / 0.5) * (w.end - w.first) for w, octaves in off) / e.trace.fps / seconds
    share = sum(w.end - w.first for w, _ in off) / e.trace.fps / seconds
    wanted = "planned" if e.expected is not None else "the source's"
    found = [
        issue(
            "speed", "error" if octaves > 0.2 else "warning", f"The picture runs at {w.rate:.2f} x, not {w.usual:.2f} x.",
            "Set the speed of this segment.", (e.time_of(w.first), e.time_of(w.end)), w.rate / w.usual,
        )
        for w, octaves in sorted(off, key=lambda row: -row[1])[:_LISTED]
    ]  # fmt: skip
    limits = "1 where every window found runs as wanted; 0 where all are off by half an octave (x1.41); less than 7 % is not seen"
    why = f"{share:.0%} of the {seconds:.1f} s in which it can be told do not run at {wanted} speed"
    return known(1.0 - loss, share, "share", limits, why, found)


def _octaves(rate: float, usual: float) -> float:
    return 1.0 if rate * usual <= 0 else abs(math.log2(rate / usual))


def sync(e: Evidence) -> Judged:
    """How far the sound stands from the picture: onsets of the film against those of the source where its pictures are from."""
    if not e.trace.has_sound:
        return unknown("The film has no sound.")
    if not e.sources:
        return unknown("Without the clip the film was made of it cannot be told whether sound and picture belong together.")
    if not any(source.has_sound for source in e.sources):
        return unknown("The sources have no sound.")
    if not e.runs:
        return unknown("No part of the film was found at its own speed in the sources.")
    if e.synced is None or e.synced.whole is None:
        return unknown("The sources' own sound is not heard in the film, or has no onsets to go by.")
    whole = e.synced.whole
    apart = [lag for lag in e.synced.lone if abs(lag.seconds - whole.seconds) > 2 * _GOOD_LAG_S]
    worst = max((whole, *apart), key=lambda lag: abs(lag.seconds))
    value = 0.7 * abs(whole.seconds) + 0.3 * abs(worst.seconds)
    found = [_late(lag) for lag in apart[:_LISTED] if abs(lag.seconds) > _GOOD_LAG_S]
    if abs(whole.seconds) > _GOOD_LAG_S:
        found.insert(0, _late(whole))
    limits = "1 up to 45 ms (ITU-R BT.1359: what can be detected), 0 from 0.4 s; farther than 0.75 s is not looked for"
    why = f"the sound is {abs(whole.seconds) * 1000:.0f} ms {'late' if whole.seconds > 0 else 'early'} (correlation {whole.strength:.2f})"
    return known(falling(value, _GOOD_LAG_S, _LOST_LAG_S), whole.seconds, "s", limits, why, found)


def _late(lag: Lag) -> Issue:
    side = "late" if lag.seconds > 0 else "early"
    span = (lag.start_s, lag.end_s) if lag.end_s > lag.start_s else None
    grave: Severity = "error" if abs(lag.seconds) > 0.09 else "warning"
    text = f"The sound is {abs(lag.seconds) * 1000:.0f} ms {side}."
    return issue(
        "out_of_sync",
        grave,
        text,
        f"Move it {abs(lag.seconds) * 1000:.0f} ms {'forward' if side == 'late' else 'back'}.",
        span,
        lag.seconds,
    )
