"""THE tables of what a score is made of. To add a part: write a function of the evidence, name it here with its weight."""

from __future__ import annotations

from collections.abc import Callable

from app.editing.judge import parts_goal, parts_picture, parts_sound, parts_time
from app.editing.judge.evidence import Evidence, Judged
from app.editing.judge.forms import Evaluation, Issue, Part

Judge = Callable[[Evidence], Judged]

TECHNICAL: dict[str, tuple[float, Judge]] = {
    "sharpness": (0.14, parts_picture.sharpness),
    "exposure": (0.06, parts_picture.exposure),
    "colour": (0.08, parts_picture.colour),
    "coherence": (0.12, parts_picture.coherence),
    "composition": (0.03, parts_picture.composition),
    "pacing": (0.10, parts_sound.pacing),
    "loudness": (0.08, parts_sound.loudness),
    "clipping": (0.09, parts_sound.clipping),
    "sync": (0.14, parts_time.sync),
    "black": (0.12, parts_time.black),
    "frozen": (0.12, parts_time.frozen),
    "flash": (0.05, parts_time.flash),
    "speed": (0.14, parts_time.speed),
}
GOAL: dict[str, tuple[float, Judge]] = {
    "duration": (0.35, parts_goal.duration),
    "aspect": (0.20, parts_goal.aspect),
    "style": (0.20, parts_goal.style),
}
CONTENT, CONTENT_WEIGHT = "content", 0.4
WORST_SHARE = 0.25  # of the technical score hangs on its worst part
TECHNICAL_SHARE = 0.6
_GRAVITY = {"error": 0, "warning": 1, "note": 2}
METHOD = (
    "Technical score = 0.75 x the weighted mean of its parts + 0.25 x the worst of them; goal score = the weighted mean of its parts. "
    "Parts that cannot be judged do not count."
)


def judge(evidence: Evidence, content: Judged, *, engine: str, took_s: float) -> Evaluation:
    """The whole evaluation. ``content``: what a model that sees said, or why none did."""
    technical = _judged(TECHNICAL, evidence)
    goals = {**_judged(GOAL, evidence), CONTENT: _weighed(content, CONTENT_WEIGHT)}
    issues = [one for found in (*technical.values(), *goals.values()) for one in found.issues]
    quality = pooled({name: found.part for name, found in technical.items()}, WORST_SHARE)
    met = pooled({name: found.part for name, found in goals.items()}, 0.0)
    technical_score = 0.0 if quality is None else quality
    score = technical_score if met is None else TECHNICAL_SHARE * technical_score + (1 - TECHNICAL_SHARE) * met
    return Evaluation(
        score=round(score, 4),
        technical=round(technical_score, 4),
        goal_score=None if met is None else round(met, 4),
        parts={name: found.part for name, found in {**technical, **goals}.items()},
        issues=sorted(issues, key=_order),
        engine=engine,
        took_s=round(took_s, 3),
    )


def pooled(parts: dict[str, Part], worst_share: float) -> float | None:
    """Weighted mean of the judged parts, ``worst_share`` of it the worst part alone; None where none is judged.

    A viewer remembers the worst; pooling it with the mean follows Moorthy and Bovik (2009).
    """
    known = [(part.weight, part.score) for part in parts.values() if part.score is not None]
    total = sum(weight for weight, _ in known)
    if total <= 0:
        return None
    mean = sum(weight * score for weight, score in known) / total
    return (1 - worst_share) * mean + worst_share * min(score for _, score in known)


def _judged(table: dict[str, tuple[float, Judge]], evidence: Evidence) -> dict[str, Judged]:
    return {name: _weighed(function(evidence), weight) for name, (weight, function) in table.items()}


def _weighed(found: Judged, weight: float) -> Judged:
    return Judged(found.part.model_copy(update={"weight": 0.0 if found.part.score is None else weight}), found.issues)


def _order(one: Issue) -> tuple[int, float, str]:
    return (_GRAVITY[one.severity], -1.0 if one.at_s is None else one.at_s, one.code)
