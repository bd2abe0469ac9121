"""The only caller of the ffmpeg program: progress, cancelling, and nothing half-written left behind."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO

from configs.errors import StudioError, Unavailable

OnStep = Callable[[float, str], None]

_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-stats_period", "0.1")  # so often it says how far it is
_TAIL_LINES = 12
FULL, FULL_REMEDY = "The disk is full: the film could not be written.", "Free some space and render again."
_FULL = ("No space left on device", "There is not enough space on the disk", "Disk quota exceeded")
_SHIM = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); "  # PR_SET_PDEATHSIG, SIGKILL
    "os.getppid() == int(sys.argv[1]) or os._exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)


def executable() -> str:
    """Path of the ffmpeg program that came with the studio.

    Raises:
        Unavailable: no ffmpeg for this platform.
    """
    import imageio_ffmpeg

    try:
        path: str = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise Unavailable("No ffmpeg was found on this machine.", "Install ffmpeg and start the studio again.") from error
    return path


def leash() -> list[str]:
    """What stands before a command so that the kernel ends it when the thread that started it ends; nothing where there is no such thing.

    A ``preexec_fn`` would do it too, but with one Python must fork, and a fork runs handlers of libraries in this process: the one of
    the numerical library waits for its threads, for ever when another thread of ours is using them.
    """
    if not sys.platform.startswith("linux"):
        return []
    program = _setpriv()
    return [program, "--pdeathsig", "KILL", "--"] if program else [sys.executable, "-I", "-S", "-c", _SHIM, str(os.getpid())]


@lru_cache(maxsize=1)
def _setpriv() -> str | None:
    """util-linux's small program for this, where it is there and knows how."""
    program = shutil.which("setpriv")
    if program is None:
        return None
    tried = subprocess.run([program, "--pdeathsig", "KILL", "--", "true"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return program if tried.returncode == 0 else None


def run(
    arguments: Sequence[str],
    output: Path,
    *,
    duration_s: float = 0.0,
    on_step: OnStep | None = None,
    message: str = "Encoding",
    frames: Iterable[bytes] | None = None,
) -> Path:
    """Runs ``ffmpeg arguments output`` and returns ``output``, which appears only when it is whole.

    Args:
        arguments: everything between ``ffmpeg`` and the output, paths included; no shell is involved.
        duration_s: length of the output in seconds, to turn ffmpeg's clock into a fraction; 0 when unknown.
        on_step: called with (fraction, message); whatever it raises stops ffmpeg, removes the half file and is raised on.
        frames: raw pictures for ffmpeg's standard input.

    Raises:
        StudioError: ffmpeg failed; the message ends with what ffmpeg said.
    """
    part = output.with_name(f".{output.stem}.part{os.getpid()}-{threading.get_ident()}{output.suffix}")
    command = [executable(), *_QUIET, "-progress", "pipe:1", "-nostats", *arguments, str(part)]
    if frames is not None:
        command.remove("-nostdin")
    try:
        _watch(command, duration_s, on_step, message, frames)
        if not part.is_file() or part.stat().st_size == 0:
            raise StudioError("ffmpeg wrote nothing.", "Try the clip in another player; it may hold no decodable picture.")
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)
    return output


def watch(arguments: Sequence[str], *, duration_s: float = 0.0, on_step: OnStep | None = None, message: str = "Encoding") -> None:
    """Runs ``ffmpeg arguments``, outputs included, for what leaves several files or none; what it leaves half done is the caller's.

    Args and errors as in `run`.
    """
    _watch([executable(), *_QUIET, "-progress", "pipe:1", "-nostats", *arguments], duration_s, on_step, message, None)


def version() -> str:
    """The program's own version, as it says it."""
    return _version(executable())


@lru_cache(maxsize=4)
def _version(program: str) -> str:
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return said.stdout.partition("Copyright")[0].strip()


def _watch(command: Sequence[str], duration_s: float, on_step: OnStep | None, message: str, frames: Iterable[bytes] | None) -> None:
    """Runs the command to its end, killing it when ``on_step`` raises."""
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            [*leash(), *command],
            stdin=subprocess.DEVNULL if frames is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        try:
            feeder = _Feeder(child.stdin, frames) if frames is not None and child.stdin is not None else None
            assert child.stdout is not None
            for fraction in _fractions(child.stdout, duration_s):
                if on_step is not None:
                    on_step(fraction, message)
            code = child.wait()
            if feeder is not None:
                feeder.join()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            for pipe in (child.stdout, child.stdin):
                if pipe is not None:
                    _close(pipe)
        if code != 0:
            said = _tail(errors)
            if any(words in said for words in _FULL):
                raise Unavailable(FULL, FULL_REMEDY, "disk_full")
            raise StudioError(f"ffmpeg stopped with code {code}: {said}", "Check that the clip plays and that the disk has room.")


class _Feeder(threading.Thread):
    """Writes pictures to ffmpeg while its progress is read; an error in making them is raised by `join`."""

    def __init__(self, pipe: IO[bytes], frames: Iterable[bytes]) -> None:
        super().__init__(daemon=True)
        self._pipe, self._frames = pipe, frames
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            for frame in self._frames:
                self._pipe.write(frame)
        except BrokenPipeError:
            pass  # ffmpeg ended first; its exit code says why
        except BaseException as error:
            self._error = error
        finally:
            _close(self._pipe)

    def join(self, timeout: float | None = None) -> None:
        super().join(timeout)
        if self._error is not None:
            raise self._error


def _fractions(stdout: IO[bytes], duration_s: float) -> Iterable[float]:
    """Reads ``-progress`` blocks; one fraction per block, 1.0 at the end."""
    fraction = 0.0
    for line in stdout:
        key, _, value = line.decode("ascii", "replace").strip().partition("=")
        if key == "out_time_us" and value.lstrip("-").isdigit() and duration_s > 0:
            fraction = min(1.0, max(fraction, int(value) / 1e6 / duration_s))
        elif key == "progress":
            yield 1.0 if value == "end" else fraction


def _tail(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines: deque[str] = deque(maxlen=_TAIL_LINES)
    for line in errors:
        text = re.sub(r"^\[[^]]*\]\s*", "", line.decode("utf-8", "replace").strip())
        if text:
            lines.append(text)
    return " | ".join(lines) or "it said nothing"


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(BrokenPipeError):
        pipe.close()
