"""`doctor`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app import doctor

Cli = Callable[..., Any]
OK = doctor.Finding("Disk", "ok", "There is space.")
WARN = doctor.Finding("GPU", "warn", "There is none.", "buy one")
BAD = doctor.Finding("Data folder", "bad", "It is read-only.", "chmod u+w x")


@pytest.mark.parametrize(
    ("findings", "level", "code", "closing"),
    [([OK], "ok", 0, "All is well."), ([OK, WARN], "warn", 0, "The studio runs"), ([WARN, BAD, OK], "bad", 1, "Mend the lines marked BAD")],
)
def test_the_worst_decides(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, findings: list[doctor.Finding], level: str, code: int, closing: str
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda settings: findings)
    said = cli("doctor")
    assert said.code == code
    assert closing in said.out
    for finding in findings:
        assert finding.sentence in said.out
        assert finding.remedy in said.out
    document = cli("doctor", "--json").document
    assert document["level"] == level
    assert len(document["findings"]) == len(findings)
