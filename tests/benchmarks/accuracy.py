"""How true the analysis is: scenes, movement, pictures and sound, each on material whose truth is known."""

from __future__ import annotations

from typing import Any

from tests.benchmarks import accuracy_motion, accuracy_picture, accuracy_scenes


def run(quick: bool) -> list[dict[str, Any]]:
    """The rows of all three."""
    return [*accuracy_scenes.run(quick), *accuracy_motion.run(quick), *accuracy_picture.run(quick)]
