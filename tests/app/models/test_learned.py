"""What was learned is kept, and only so much of it."""

from __future__ import annotations

from pathlib import Path

from app.models import learned
from app.models.learned import Learned


def test_what_is_added_is_read_by_the_next_run(tmp_path: Path) -> None:
    Learned(tmp_path / "cache" / "l.jsonl").add({"peak": 1})
    Learned(tmp_path / "cache" / "l.jsonl").add({"peak": 2})
    assert Learned(tmp_path / "cache" / "l.jsonl").read() == [{"peak": 1}, {"peak": 2}]


def test_damaged_lines_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    path.write_text('{"a": 1}\n{"half\n[1]\n{"b": 2}\n')
    assert Learned(path).read() == [{"a": 1}, {"b": 2}]
    path.write_bytes(b"\xff\xfe")
    assert Learned(path).read() == []


def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: object) -> None:
    path = tmp_path / "l.jsonl"
    kept = Learned(path)
    for number in range(2 * learned.KEPT + 10):
        kept._count = None if number == 0 else kept._count
        kept.add({"n": number})
    assert len(path.read_text().splitlines()) < 2 * learned.KEPT
    assert kept.read()[-1] == {"n": 2 * learned.KEPT + 9}
