"""THE table: every row once, in a lane that exists, said in words; and nothing heavy is loaded by reading it."""

from __future__ import annotations

import subprocess
import sys

from app.capabilities import CAPABILITIES
from app.capability import LANES

HEAVY = ("cv2", "numpy", "av", "PIL", "moviepy", "opentimelineio", "torch", "gradio", "scenedetect")


def test_every_row_stands_once_in_a_lane_with_a_title() -> None:
    names = [row.name for row in CAPABILITIES]
    assert len(names) == len(set(names))
    assert all(row.lane in LANES and row.title and len(row.summary) > 40 for row in CAPABILITIES)


def test_the_names_that_are_to_be_kept_are_there() -> None:
    assert {"video.analyze", "video.plan", "video.edit", "video.parody", "video.evaluate", "video.auto_edit", "video.export"} <= {
        row.name for row in CAPABILITIES
    }


def test_reading_the_table_loads_nothing_heavy() -> None:
    code = f"import app.capabilities, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
