"""The running studio's log: everything in a file of the data folder, what needs attention on stderr as well."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

from configs.settings import Settings

FILE = "studio.log"
FILE_BYTES = 2 << 20
OLD_FILES = 3
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Libraries whose everyday remarks say nothing about the studio; what they fail at is logged by us as well.
QUIET = {"uvicorn.error": logging.CRITICAL, "httpx": logging.WARNING, "asyncio": logging.WARNING, "alembic": logging.WARNING}


def log_file(settings: Settings) -> Path:
    """Where the newest log lies; older ones have ``.1`` to ``.3`` after their name."""
    return settings.data_dir / "logs" / FILE


@contextlib.contextmanager
def logging_to(settings: Settings) -> Iterator[None]:
    """Logs as the settings say for as long as the block runs; a file that cannot be written leaves stderr alone."""
    root = logging.getLogger()
    level_before, quiet_before = root.level, {name: logging.getLogger(name).level for name in QUIET}
    handlers = _handlers(settings)
    for handler in handlers:
        handler.setFormatter(logging.Formatter(FORMAT))
        root.addHandler(handler)
    root.setLevel(settings.log_level)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        root.setLevel(level_before)
        for name, level in quiet_before.items():
            logging.getLogger(name).setLevel(level)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _handlers(settings: Settings) -> list[logging.Handler]:
    screen = logging.StreamHandler(sys.stderr)
    screen.setLevel(logging.WARNING)
    path = log_file(settings)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8")
    except OSError:
        return [screen]
    return [screen, file]
