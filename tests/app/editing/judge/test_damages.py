"""Damaged films stand below their original, whatever the damage; this is the small fixed part of the bench `judge`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.editing.judge.evidence import Asked
from app.editing.judge.forms import Evaluation
from app.editing.judge.trace import Trace
from tests.app.editing.judge.bench_film import Seen, evaluate
from tests.app.editing.judge.damages import DAMAGES, FPS, Damaged, Film

Hurt = Callable[[str], tuple[Damaged, Seen]]
Whole = Callable[[str, Asked], Evaluation]
# What the judge is to say of each, besides the lower score: the part that falls, and the issue it names.
FALLS = {
    "black": ("black", "black"),
    "wrong_speed": ("speed", "speed"),
    "off_beat": ("pacing", "off_beat"),
    "out_of_sync": ("sync", "out_of_sync"),
    "blurred": ("sharpness", "blurred"),
    "clipped_audio": ("clipping", "clipped_audio"),
    "frozen": ("frozen", "frozen"),
    "flicker": ("coherence", "flicker"),
    "wrong_duration": ("duration", "too_short"),
    "colour_cast": ("colour", "colour_cast"),
    "low_resolution": ("sharpness", "blurred"),
}


@pytest.fixture(scope="module")
def whole(film: Film, original: Seen, source: Trace) -> Callable[[str, Asked], Evaluation]:
    """The original, judged once for every question."""
    made: dict[tuple[str, Asked], Evaluation] = {}

    def judged(mode: str, wish: Asked) -> Evaluation:
        if (mode, wish) not in made:
            made[mode, wish] = evaluate(original, film, source, mode, wish)
        return made[mode, wish]

    return judged


def asked(kind: str, film: Film) -> Asked:
    return Asked(duration_s=film.frames / FPS) if kind == "wrong_duration" else Asked()


@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("mode", ["plan", "reference"])
def test_it_ranks_below_the_original(kind: str, mode: str, film: Film, source: Trace, hurt: Hurt, whole: Whole) -> None:
    found, seen = hurt(kind)
    original = whole(mode, asked(kind, film))
    damaged = evaluate(seen, found.film, source, mode, asked(kind, film))
    assert damaged.score < original.score, f"{found.how}: {damaged.parts}"
    name, code = FALLS[kind]
    before, after = original.parts[name].score, damaged.parts[name].score
    assert before is not None
    assert after is not None
    assert after < before
    if mode == "plan":
        assert code in [one.code for one in damaged.issues]
        assert code not in [one.code for one in original.issues]


def test_alone_it_says_what_it_cannot_tell(film: Film, original: Seen, source: Trace) -> None:
    found = evaluate(original, film, source, "alone")
    for name in ("speed", "sync", "colour"):
        assert found.parts[name].score is None
        assert found.parts[name].weight == 0
        assert "without the clip" in found.parts[name].why.lower()


def test_every_damage_has_its_expectation() -> None:
    assert FALLS.keys() == DAMAGES.keys()
