"""Which files of a repository a variant needs: `*` stays within one folder, `**` does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

WEIGHTS = (".safetensors", ".onnx", ".bin")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", pattern)
    return re.compile("".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts))


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path (forward slashes) is meant by any of the patterns."""
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


def choose(paths: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """The paths that are meant, sorted."""
    return sorted(path for path in paths if matches(path, patterns))


def unmet(paths: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """Patterns that a usable copy must meet and these paths do not: weights, and what lies in folders."""
    needed = [pattern for pattern in patterns if "/" in pattern or pattern.endswith(WEIGHTS)]
    return [pattern for pattern in needed if not any(matches(path, (pattern,)) for path in paths)]


def missing_shards(folder: Path) -> list[str]:
    """Files that an index (``*.safetensors.index.json``) names and that are not there."""
    gone = []
    for index in folder.rglob("*.safetensors.index.json"):
        try:
            named = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            named = set()  # no index of ours; the weights beside it count
        gone += [str(shard) for shard in named if not (index.parent / str(shard)).is_file()]
    return sorted(gone)


def holds(folder: Path, patterns: Sequence[str]) -> bool:
    """Whether a folder has everything a variant needs to be loaded."""
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    return bool(paths) and not unmet(paths, patterns) and not missing_shards(folder)
