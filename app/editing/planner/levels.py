"""Quiet rows are lifted, so that a film is heard from its first second on: on a telephone 25 dB below the rest is silence."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from app.editing.operations.sounds import Volume
from app.editing.planner.footage import Footage
from app.editing.planner.rows import Row

BELOW_DB = 8.0  # a row may be so much quieter than the film's median row and still be told as quiet
MOST_DB = 12.0
LEAST_DB = 1.5
SILENT_LUFS = -55.0  # what is no sound is not lifted: only its noise would be heard


def lift_quiet(rows: Sequence[Row], footage: Footage, source: str) -> None:
    """Gives rows that are much quieter than the film's median row a gain, unless their volume is set already."""
    if not footage.lufs.values:
        return
    levels = {id(row): footage.lufs.mean(float(row.first / row.rate), float(row.end / row.rate)) for row in rows if row.source == source}
    heard = [level for level in levels.values() if level > SILENT_LUFS]
    if not heard:
        return
    wanted = statistics.median(heard) - BELOW_DB
    for row in rows:
        level = levels.get(id(row), wanted)
        lack = min(wanted - level, MOST_DB)
        if level > SILENT_LUFS and lack >= LEAST_DB and not any(isinstance(one, Volume) for one in row.operations):
            row.operations.append(Volume(gain_db=round(lack, 1)))
