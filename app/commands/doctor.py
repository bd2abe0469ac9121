"""`doctor`: what works on this machine, what does not, and the command that mends it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.commands.base import DONE, FAILED, Command, Console, settings_of

MARKS = {"ok": "ok ", "warn": "!  ", "bad": "BAD"}


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    """Only the common flags."""


def _run(arguments: argparse.Namespace, console: Console) -> int:
    from app.doctor import examine, worst

    findings = examine(settings_of(arguments))
    level = worst(findings)
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.level]} {finding.name:<12} {finding.sentence}")
        if finding.remedy:
            lines.append(f"{'':17}-> {finding.remedy}")
    closing = {"ok": "All is well.", "warn": "The studio runs; see the lines marked !.", "bad": "Mend the lines marked BAD first."}
    lines += ["", closing[level]]
    console.result({"level": level, "findings": [finding.as_dict() for finding in findings]}, "\n".join(lines))
    return FAILED if level == "bad" else DONE


COMMAND = Command("Say what works on this machine, what does not, and the command that mends it.", _configure, _run)
