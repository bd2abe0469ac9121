"""What a studio tells commands of the same person: where it answers, in files that only this person may read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def read_announcement(data_dir: Path) -> dict[str, Any]:
    """What the studio on this folder wrote about itself; empty when there is nothing readable."""
    try:
        found = json.loads((data_dir / "studio.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_private(path: Path, text: str) -> None:
    """Replaces a file that only its owner may read."""
    temporary = path.with_suffix(path.suffix + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
