"""Reads the lists that prompts choose from: `wildcards/*.txt` here, and the same folder in the data folder, which adds to them."""

from __future__ import annotations

from pathlib import Path

from configs.errors import BadInput
from configs.settings import CONFIG_DIR

FOLDER = "wildcards"
MOST_BYTES = 4 << 20
COMMENT = "#"


def wildcards(data_dir: Path | None = None, config_dir: Path = CONFIG_DIR) -> dict[str, tuple[str, ...]]:
    """Name -> values, one a line, without comments. A file in a folder is named ``folder/file``; the person's own replace ours.

    Raises:
        BadInput: a file cannot be read as UTF-8, or is too large.
    """
    found = _folder(config_dir / FOLDER)
    if data_dir is not None:
        found |= _folder(data_dir / FOLDER)
    return dict(sorted(found.items()))


def _folder(root: Path) -> dict[str, tuple[str, ...]]:
    return {path.relative_to(root).with_suffix("").as_posix(): _values(path) for path in sorted(root.rglob("*.txt")) if path.is_file()}


def _values(path: Path) -> tuple[str, ...]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path} is larger than {MOST_BYTES >> 20} MiB.", "Split the list.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path} is no UTF-8 text.", "Save it as UTF-8.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.", "Check its permissions.") from None
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith(COMMENT))
