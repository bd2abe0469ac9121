"""Does the judge rank damaged films below their originals? Eleven kinds of damage, with the plan, with the source alone, with nothing.

The parts were tuned on the seeds below `FIRST_SEED`; what is reported is from seeds that nothing was tuned on.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.editing.judge.evidence import Asked
from tests.app.editing.judge.bench_film import MODES, Seen, evaluate, see, trace_of
from tests.app.editing.judge.damages import DAMAGES, FPS, Film, damage, drawn_film, real_film, sample_film

Row = dict[str, Any]
TARGET = 0.95
FIRST_SEED = 20
_SEEDS, _QUICK_SEEDS = 4, 1
_REAL = (("bbb_0_30_720p.webm", 8.0), ("bbb_0_30_720p.webm", 18.0), ("nasa_13013.mp4", 5.0))  # name, from which second
_JUDGED = ("plan", "reference")


def run(quick: bool) -> list[Row]:
    """A row per kind of damage; real clips join where STUDIO_BENCH_MEDIA names a folder."""
    wins: dict[tuple[str, str], list[bool]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for film in films(Path(folder), quick):
            for (kind, mode), won in ranked(film, Path(folder), quick).items():
                wins.setdefault((kind, mode), []).extend(won)
    rows = [_row(kind, {mode: wins[kind, mode] for mode in MODES}) for kind in DAMAGES]
    rows.append(_row("all", {mode: [won for kind in DAMAGES for won in wins[kind, mode]] for mode in MODES}))
    return rows


def films(folder: Path, quick: bool) -> Iterator[Film]:
    """Originals of seeds that nothing was tuned on."""
    seeds = range(FIRST_SEED, FIRST_SEED + (_QUICK_SEEDS if quick else _SEEDS))
    yield from (drawn_film(seed, folder) for seed in seeds)
    yield from (sample_film(folder, seed) for seed in (seeds if quick else seeds[:2]))
    media = Path(os.environ.get("STUDIO_BENCH_MEDIA", ""))
    real = [(media / name, since_s) for name, since_s in _REAL if "STUDIO_BENCH_MEDIA" in os.environ and (media / name).is_file()]
    for number, (clip, since_s) in enumerate(real[:1] if quick else real):
        yield real_film(clip, folder, FIRST_SEED + number, since_s=since_s, seconds=9.5)


def ranked(film: Film, folder: Path, quick: bool) -> dict[tuple[str, str], list[bool]]:
    """(kind, mode) -> whether each damaged version scored below the original."""
    whole = see(film.write(folder / f"{film.name.replace(' ', '-')}.mp4"), folder / "seen")
    source = trace_of(film.source)
    found: dict[tuple[str, str], list[bool]] = {}
    original = folder / f"{film.name.replace(' ', '-')}.mp4"
    for kind in DAMAGES:
        made = damage(kind, film, original, folder, FIRST_SEED + len(film.name))
        hurt: Seen = see(made.path, folder / "seen")
        asked = Asked(duration_s=film.frames / FPS) if kind == "wrong_duration" else Asked()
        for mode in MODES:
            scores = [evaluate(seen, one, source, mode, asked).score for seen, one in ((whole, film), (hurt, made.film))]
            found.setdefault((kind, mode), []).append(scores[1] < scores[0])
    return found


def _row(kind: str, wins: dict[str, Sequence[bool]]) -> Row:
    shares = {mode: sum(won) / len(won) for mode, won in wins.items()}
    met = all(shares[mode] >= TARGET for mode in _JUDGED)
    return {
        "what": f"{kind.replace('_', ' ')}: ranked below the original", "ours": shares["plan"], "target": f">= {TARGET:g}", "met": met,
        "with the source alone": shares["reference"], "film alone": shares["alone"], "n": len(wins["plan"]),
    }  # fmt: skip
