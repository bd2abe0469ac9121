"""Transitions as they stand in the document."""

from __future__ import annotations

import numpy as np

from app.video.analysers.base import Findings
from app.video.analysers.changes import Changes
from app.video.analysers.scenes import ANALYSER, decide
from app.video.curves import Curves, Shot
from app.video.models import MediaInfo
from tests.app.video.analysers.films import frames, measured, picture


def test_what_interrupts_the_shots_is_listed_with_its_extent() -> None:
    white = np.full((90, 160), 255, np.uint8)
    film = [picture(1)] * 30 + [picture(7)] * 20 + [white] + [picture(7)] * 30
    curves = measured(Changes(), frames(film))
    info = MediaInfo.model_construct()
    found = decide(Findings(curves, Curves(2.0, np.zeros(0)), [Shot(0, 30), Shot(30, 81)], info))
    assert (found.cuts, found.flashes, found.gradual) == (1, 1, 0)
    assert [(t.kind, t.start_frame, t.end_frame) for t in found.items] == [("cut", 30, 31), ("flash", 50, 51)]
    assert all(0 < t.strength <= 1 for t in found.items)


def test_its_row_in_the_table() -> None:
    assert (ANALYSER.name, ANALYSER.measure) == ("transitions", Changes)
