"""Are characters told apart, and bad pictures from good ones? On rendered characters that nothing was tuned on, and planted damage."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tests.app.imaging.consistency.trial import Trial, at, auc, equal_error_rate, tried
from tests.app.imaging.consistency.views import families

Row = dict[str, Any]
FIRST, FAMILIES = 100, 20  # the scorer was tuned on families 0 to 19
THRESHOLD = 0.65
LEAST_AUC = 0.95


def run(quick: bool) -> list[Row]:
    """Rows of likeness, then of quality and of repeated pictures."""
    from tests.app.imaging.damages import damage_rows

    return [*likeness_rows(trial_of(4 if quick else FAMILIES)), *speed_rows(), *damage_rows(FIRST, 12 if quick else 60)]


def trial_of(count: int) -> Trial:
    """Sheets of four pictures; views are shared out over the processors, every one against all sheets."""
    with ProcessPoolExecutor(min(count, os.cpu_count() or 1)) as pool:
        parts = list(pool.map(_part, *zip(*[(count, number) for number in range(count)], strict=True)))
    whole = Trial([], [], {})
    for part in parts:
        whole.same.extend(part.same)
        whole.strangers.extend(part.strangers)
        for way, values in part.look_alikes.items():
            whole.look_alikes.setdefault(way, []).extend(values)
    return whole


def _part(count: int, number: int) -> Trial:
    return tried(families(count, FIRST), FIRST, only=number)


def likeness_rows(trial: Trial) -> list[Row]:
    """What the similarities of a trial say."""
    alike = trial.all_look_alikes
    total = auc(trial.same, trial.different)
    rate, level = equal_error_rate(trial.same, trial.different)
    rows: list[Row] = [
        {"what": f"same or different, AUC ({len(trial.same):,} and {len(trial.different):,} pairs)", "ours": round(total, 4),
         "target": f">= {LEAST_AUC}", "met": total >= LEAST_AUC},
        {"what": "the same against strangers, AUC", "ours": round(auc(trial.same, trial.strangers), 4)},
        {"what": "the same against look-alikes only, AUC", "ours": round(auc(trial.same, alike), 4)},
        *({"what": f"... that share {way}", "ours": round(auc(trial.same, seen), 4)} for way, seen in trial.look_alikes.items() if seen),
        {"what": f"equal error rate (at similarity {level:.2f})", "ours": round(rate, 4)},
        {"what": f"of the same, reach {THRESHOLD}", "ours": round(at(THRESHOLD, trial.same), 4)},
        {"what": f"of strangers, reach {THRESHOLD}", "ours": round(at(THRESHOLD, trial.strangers), 4)},
        {"what": f"of look-alikes, reach {THRESHOLD}", "ours": round(at(THRESHOLD, alike), 4)},
    ]  # fmt: skip
    return rows


def speed_rows() -> list[Row]:
    """What one picture costs against a sheet of four."""
    from app.imaging.consistency.likeness import Sheet
    from app.imaging.duplicates import prints_of
    from app.imaging.quality import measure
    from tests.app.imaging.consistency.figures import a_figure
    from tests.app.imaging.consistency.views import sheet, view

    picture = view(a_figure(FIRST), 1).resize((1024, 1024))
    whom = Sheet(sheet(a_figure(FIRST)))
    works = (("likeness to four references", lambda: whom.likeness(picture)), ("quality", lambda: measure(picture)),
             ("hashes", lambda: prints_of(picture)))  # fmt: skip
    return [
        {"what": f"{name} of a picture of 1024 x 1024, ms of processor time", "ours": round(_median_ms(work), 1)} for name, work in works
    ]


def _median_ms(work: Any) -> float:
    taken: list[float] = []
    for _ in range(7):
        began = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - began))
    return middle(taken)


def middle(values: Sequence[float]) -> float:
    """The median of an odd number of values."""
    return sorted(values)[len(values) // 2]
