"""Why a row is in the film, in one sentence with figures."""

from __future__ import annotations

from collections.abc import Mapping

from app.editing.planner.footage import Footage
from app.editing.planner.scoring import Stretch, leading


def because(footage: Footage, stretch: Stretch, weights: Mapping[str, float], done: str) -> str:
    """ "Shot 4, 0:20.1 to 0:22.4: sound up to -9.1 LUFS, movement 92 %; punch to 1.5x." """
    evidence = [word for name in leading(stretch.parts, weights, 3) if (word := _evidence(footage, stretch, name))][:2]
    where = f"Shot {stretch.shot + 1}, {time_words(stretch.start_s)} to {time_words(stretch.end_s)}"
    return f"{where}: {', '.join([*evidence, done])}."


def _evidence(footage: Footage, stretch: Stretch, name: str) -> str:
    start, end, share = stretch.start_s, stretch.end_s, stretch.parts.get(name, 0.0)
    if name == "sound":
        return f"sound up to {footage.lufs.highest(start, end)[1]:.1f} LUFS" if footage.has_sound else ""
    if name == "calm":
        return f"calm, movement {percent(footage.action.mean(start, end))}"
    if name == "action":
        return f"movement up to {percent(footage.action.highest(start, end)[1])}"
    if name == "wide":
        return footage.shots[stretch.shot].size or ""
    if name == "speech":
        return f"speech in {percent(share)} of it"
    if name == "hit":
        return ""  # the gesture says which
    return {"subject": f"a subject {percent(share)} sure", "picture": f"picture {percent(share)} good"}.get(name, "")


def percent(share: float) -> str:
    """ "92 %"."""
    return f"{100 * share:.0f} %"


def time_words(seconds: float) -> str:
    """ "1:02.4"."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
