"""The table and the report of a ranking."""

from __future__ import annotations

import csv
import re
from typing import Any

from app.video.rank_models import RankedTake, Ranking, TakeParts, WorstFrame
from app.video.rank_outputs import to_csv, to_html

HOSTILE = "<script>alert(1)</script> & 'x'.mp4"


def a_take(place: int, name: str, **more: Any) -> RankedTake:
    plain: dict[str, Any] = dict.fromkeys(TakeParts.model_fields, 0) | {"motion_smoothness": 0.996, "mean_coherence": 0.9, "jumps": 1}
    worst = WorstFrame(
        frame=7, time_s=0.29, timecode="00:00:00:07", coherence=0.3, why="the motion jumps", picture_id=f"p{place}", before_id=f"b{place}"
    )
    fields: dict[str, Any] = {
        "take": place - 1, "artifact_id": f"a-{place}", "score": 0.8123, "parts": TakeParts(**plain), "worst": worst, "width": 320,
        "height": 180, "fps": 24, "frame_count": 72, "duration_s": 3.0,
    }  # fmt: skip
    return RankedTake(place=place, name=name, **{**fields, **more})


def a_ranking() -> Ranking:
    lost = {"score": None, "parts": None, "worst": None, "failed": "It is no video.", "take": None, "artifact_id": None}
    tied = a_take(2, "=cmd()", tie="Level with the first.", remarks=["60 frames, 12 shorter than most takes."])
    return Ranking(method="How.", takes=[a_take(1, HOSTILE), tied, a_take(3, "torn.mp4", **lost)], remarks=["The sizes differ."])


def test_the_table_has_a_row_for_every_take() -> None:
    rows = list(csv.DictReader(to_csv(a_ranking()).splitlines()))
    assert [row["place"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["name"] == HOSTILE
    assert (rows[0]["score"], rows[0]["jumps"], rows[0]["worst_frame"], rows[0]["worst_why"]) == ("0.8123", "1", "7", "the motion jumps")
    assert rows[1]["name"] == "'=cmd()", "no spreadsheet takes it for a formula"
    assert rows[1]["remarks"] == "60 frames, 12 shorter than most takes."
    assert (rows[2]["score"], rows[2]["failed"], rows[2]["worst_frame"]) == ("", "It is no video.", "")


def test_the_report_shows_every_take_and_escapes_names() -> None:
    html = to_html(a_ranking(), {"p1": "QUJD", "b1": "REVG", "p2": "R0hJ"})
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert html.count('<section class="take') == 3
    assert html.count("data:image/jpeg;base64,") == 3
    assert "Worst at 00:00:00:07, frame 7: the motion jumps" in html
    assert "Level with the first." in html
    assert "level with =cmd()" in html
    assert "It is no video." in html
    assert "The sizes differ." in html
    assert not re.search(r"(src|href)=\"(?!data:)", html), "nothing outside itself"


def test_a_take_in_which_nothing_stands_out_is_not_marked() -> None:
    quiet = a_take(1, "a")
    quiet = quiet.model_copy(update={"worst": quiet.worst.model_copy(update={"why": "nothing stands out"}) if quiet.worst else None})
    html = to_html(Ranking(method="How.", takes=[quiet]), {"p1": "QUJD"})
    assert "Nothing stands out" in html
    assert '<figure class="worst">' not in html
    assert "none" in re.findall(r'<ul class="remarks (\w*)">', html)
