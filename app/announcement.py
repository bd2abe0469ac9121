"""What a studio tells commands of the same person: where it answers, in files that only this person may read."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def read_announcement(data_dir: Path) -> dict[str, Any]:
    """What the studio on this folder wrote about itself; empty when there is nothing readable."""
    try:
        found = json.loads((data_dir / "studio.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def command_name() -> str:
    """The command that this process runs, such as ``parody``; empty where it is the studio with its page."""
    said = sys.argv[1] if len(sys.argv) > 1 else ""
    return said if said.isalpha() and said != "serve" else ""


def held_by(other: dict[str, Any], folder: Path) -> tuple[str, str]:
    """Who works on a data folder, in a sentence, and what to do about it."""
    process = f" as process {other['pid']}" if other.get("pid") else ""
    if other.get("command") and not other.get("url"):
        said = f"The command `{other['command']}` is at work{process} on the data folder {folder}; it has no page."
        return said, "Wait for its end, stop it, or give another folder with --data-dir."
    where = f" at {other['url']}" if other.get("url") else process
    return f"A studio already runs{where} on the data folder {folder}.", "Use that one, stop it, or give another folder with --data-dir."


def write_private(path: Path, text: str) -> None:
    """Replaces a file that only its owner may read."""
    temporary = path.with_suffix(path.suffix + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
