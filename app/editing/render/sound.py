"""The film's sound, made beside its pictures and kept like a piece of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from app.editing.render.cache import PieceCache
from app.editing.timeline import Timeline

_SUFFIXES = {"mp4": ".m4a", "mov": ".m4a", "webm": ".opus", "gif": ""}
_LOOK_S = 0.1
WAITING = 0.96  # how far a film is when only its sound is missing


class _Stopped(Exception):
    """The film is not wanted any more."""


class Sound:
    """Mixes on a thread of its own; used as a context, and stopped when the context is left early."""

    def __init__(self, timeline: Timeline, folder: Path, cache: PieceCache, *, silent: bool = False) -> None:
        self._timeline, self._folder, self._cache = timeline, folder, cache
        self._suffix = "" if silent else _SUFFIXES[timeline.plan.output.format]
        self._made: Path | None = None
        self._error: BaseException | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Sound:
        from app.editing.audio import mix

        if self._suffix and mix.has_sound(self._timeline):
            key = f"{mix.key(self._timeline)}"
            self._made = self._cache.find(key, self._suffix)
            if self._made is None:
                self._thread = threading.Thread(target=self._work, args=(key,), name="sound of a film", daemon=True)
                self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def check(self) -> None:
        """Raises what went wrong with the sound, so that nobody waits for pictures in vain."""
        if self._error is not None:
            raise self._error

    def wait(self, on_step: Callable[[float, str], None]) -> Path | None:
        """The finished sound; None where nothing is heard."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(_LOOK_S)
            on_step(WAITING, "Mixing sound")
        self.check()
        return self._made

    def _work(self, key: str) -> None:
        from app.editing.audio import mix

        try:
            path = self._folder / f"sound{self._suffix}"
            mix.render(self._timeline, path, folder=self._folder, on_step=self._step)
            self._made = self._cache.keep(key, path)
        except _Stopped:
            pass
        except BaseException as error:
            self._error = error

    def _step(self, fraction: float, message: str) -> None:
        if self._stop.is_set():
            raise _Stopped
