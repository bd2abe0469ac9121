"""How true the analysis is: scenes, movement, pictures and sound, each on material whose truth is known."""

from __future__ import annotations

from typing import Any

from tests.benchmarks import accuracy_motion, accuracy_picture, accuracy_scenes, accuracy_subjects


def run(quick: bool) -> list[dict[str, Any]]:
    """The rows of all."""
    parts = (accuracy_scenes, accuracy_motion, accuracy_picture, accuracy_subjects)
    return [row for part in parts for row in part.run(quick)]
