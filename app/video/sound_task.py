"""Listens to the sound on a thread of its own while the pictures are looked at."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from app.video.memory import give_back
from app.video.models import MediaInfo
from configs.errors import StudioError

if TYPE_CHECKING:
    from app.video.analysers.sound import Sound


class Stopped(Exception):
    """The analysis has ended before the sound did."""


class SoundTask:
    """``with SoundTask(path, info) as task: ...; task.result()``. Leaving the block stops it."""

    def __init__(self, path: Path, info: MediaInfo) -> None:
        self._path, self._info = path, info
        self._stop = threading.Event()
        self._sound: Sound | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    def __enter__(self) -> SoundTask:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def result(self) -> Sound | None:
        """What was heard, None for nothing; waits for the end. Raises what went wrong."""
        self._thread.join()
        if self._error is not None and not isinstance(self._error, StudioError):
            raise self._error
        return self._sound

    def _run(self) -> None:
        from app.video.analysers.sound import analyse_sound

        def on_step(fraction: float, message: str) -> None:
            if self._stop.is_set():
                raise Stopped

        try:
            self._sound = analyse_sound(self._path, self._info, on_step)
        except BaseException as error:
            self._error = error
        finally:
            give_back()
