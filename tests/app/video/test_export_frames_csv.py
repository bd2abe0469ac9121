"""The per-frame table is read back by the standard CSV reader, number by number."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest

from app.video.curves import Curves
from app.video.export_frames_csv import frames_csv
from app.video.models import Rational, VideoStream


def video(rate: tuple[int, int] = (24, 1), **changes: Any) -> VideoStream:
    fps = rate[0] / rate[1]
    return VideoStream(
        codec="h264", pix_fmt="yuv420p", width=1280, height=720, coded_width=1280, coded_height=720,
        sample_aspect_ratio=Rational(num=1, den=1), rotation_deg=0, fps=fps, fps_rational=Rational(num=rate[0], den=rate[1]),
        avg_fps=fps, frame_count=48, frame_count_estimated=False, keyframe_interval_s=1, start_time_s=0, bit_depth=8,
        **{"vfr": False, **changes},
    )  # fmt: skip


def table(count: int) -> Curves:
    rng = np.random.default_rng(1)
    columns = {"luma_mean": rng.uniform(0, 255, count).astype(np.float32), "sharpness": rng.uniform(0, 3000, count).astype(np.float32)}
    return Curves(24, np.arange(count) / 24, columns)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_number_comes_back() -> None:
    curves = table(50)
    rows = read("".join(frames_csv(curves, video())))
    assert list(rows[0]) == ["frame", "time_s", "timecode", "luma_mean", "sharpness"]
    assert [int(row["frame"]) for row in rows] == list(range(50))
    assert [float(row["time_s"]) for row in rows] == pytest.approx(curves.times_s.tolist(), abs=1e-6)
    for name in curves.columns:
        assert [float(row[name]) for row in rows] == pytest.approx(curves[name].tolist(), rel=1e-5)
    assert rows[25]["timecode"] == "00:00:01:01"


def test_timecode_counts_from_the_start_of_the_film() -> None:
    film = video((30000, 1001), start_timecode="00:00:59;28", drop_frame=True)
    rows = read("".join(frames_csv(table(4), film)))
    assert [row["timecode"] for row in rows] == ["00:00:59;28", "00:00:59;29", "00:01:00;02", "00:01:00;03"]


def test_uneven_frame_rates_take_the_nearest_timecode() -> None:
    curves = Curves(24, np.array([0, 0.5, 0.51]), {})
    assert [r["timecode"] for r in read("".join(frames_csv(curves, video(vfr=True))))] == ["00:00:00:00", "00:00:00:12", "00:00:00:12"]


def test_what_was_not_measured_is_empty() -> None:
    curves = Curves(24, np.array([0.0]), {"x": np.array([np.nan], np.float32)})
    assert read("".join(frames_csv(curves, video())))[0]["x"] == ""


def test_long_films_come_in_pieces() -> None:
    pieces = list(frames_csv(table(4500), video()))
    assert len(pieces) == 4
    assert len(read("".join(pieces))) == 4500
    assert "".join(frames_csv(table(0), video())) == "frame,time_s,timecode,luma_mean,sharpness\r\n"
