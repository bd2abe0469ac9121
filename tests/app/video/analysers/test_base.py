"""The table of analysers holds what it promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.video.analysers import ANALYSERS
from app.video.analysers.base import Analyser
from app.video.document import VideoAnalysis
from tests.app.video.analysers.films import frames, measured, picture

ROOT = Path(__file__).resolve().parents[4]
MEASURING = [a for a in ANALYSERS if a.measure is not None and a.measure().columns]


@pytest.mark.parametrize("row", ANALYSERS, ids=lambda row: row.name)
def test_every_analyser_has_its_key_in_the_document(row: Analyser) -> None:
    assert VideoAnalysis.model_fields[row.name].annotation is row.result


@pytest.mark.parametrize("row", MEASURING, ids=lambda row: row.name)
def test_a_measure_started_early_enough_has_forgotten_where(row: Analyser) -> None:
    """What lets a killed analysis resume with the same result."""
    assert row.measure is not None
    wide = picture(3, (180, 640))
    film = frames([np.ascontiguousarray(wide[:, 2 * n : 2 * n + 320]) if n < 50 else picture(n // 9, (180, 320)) for n in range(90)])
    whole = measured(row.measure(), film)
    for start in (40, 61, 72):
        late = row.measure()
        fresh = frames([frame.y for frame in film])
        for frame in fresh[max(0, start - late.memory) : start]:
            late.measure(frame)
        found = np.asarray([late.measure(frame) for frame in fresh[start:]], dtype=np.float32)
        expected = np.stack([whole[name][start:] for name in late.columns], axis=1)
        assert np.array_equal(found, expected, equal_nan=True)


@pytest.mark.parametrize("row", [a for a in ANALYSERS if a.sampler is not None], ids=lambda row: row.name)
def test_a_sampler_keeps_no_state(row: Analyser) -> None:
    assert row.sampler is not None
    film = frames([picture(n, (180, 320)) for n in range(3)])
    one = row.sampler()
    first = [one.sample(frame) for frame in film]
    assert np.array_equal(first[2], row.sampler().sample(frames([picture(2, (180, 320))])[0]), equal_nan=True)
    assert all(len(numbers) == len(one.columns) for numbers in first)


def test_the_table_imports_nothing_heavy() -> None:
    code = (
        "import sys, app.video.document, app.video.outputs; print([m for m in ('cv2', 'numpy', 'av', 'scenedetect') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
