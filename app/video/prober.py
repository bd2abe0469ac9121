"""Probing in a warm child process: damaged media may crash or hang a decoder, and must not take the studio along."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from app.video.models import MediaInfo
from configs.errors import BadInput, BadMedia, Unavailable

TIMEOUT_S = 20.0
KINDS = ("video", "image", "audio", "lut", "subtitles", "media")  # media: whichever of these it is
_MEMORY_BYTES = 6 * 2**30  # address space, of which decoder threads reserve far more than they touch
_MEND = "Export it again, or convert it to mp4."
_ROOT = Path(__file__).resolve().parents[2]


class Prober:
    """Owner of one probing child; started at the first call, started again after a crash or a timeout. Thread safe."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._closed = False

    def probe(self, path: Path, kind: str = "video") -> MediaInfo:
        """What is in the file.

        Raises:
            BadMedia: the file is not a readable video; the message is one sentence for a person.
            BadInput: ``kind`` is not one that can be probed.
            Unavailable: the prober is closed, or cannot be started.
        """
        return MediaInfo.model_validate(self.look(path, kind))

    def look(self, path: Path, kind: str) -> dict[str, Any]:
        """What is in a file of any kind that `app.video.probe_other` knows, as JSON; all but a video's says its ``kind``.

        Raises:
            BadMedia, BadInput: as `probe`.
        """
        if kind not in KINDS:
            raise BadInput(f"Files of kind {kind!r} cannot be checked.", f"Kinds: {', '.join(KINDS)}.")
        with self._lock:
            answer = self._ask({"path": os.path.abspath(path), "kind": kind}, Path(path).name)
        if "media" in answer:
            found: dict[str, Any] = answer["media"]
            return found
        raise BadMedia(answer["message"], answer["remedy"])

    def close(self) -> None:
        """Ends the child. Nothing can be probed afterwards."""
        with self._lock:
            self._closed = True
            self._stop()

    def __enter__(self) -> Prober:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _ask(self, request: Mapping[str, Any], name: str) -> dict[str, Any]:
        child = self._start()
        timed_out = threading.Event()

        def give_up() -> None:
            timed_out.set()
            child.kill()

        timer = threading.Timer(self._timeout_s, give_up)
        timer.daemon = True
        timer.start()
        try:
            line = _exchange(child, request)
        finally:
            timer.cancel()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self._stop()
        if timed_out.is_set():
            raise BadMedia(f"{name!r} could not be read within {self._timeout_s:g} s; it is probably damaged.", _MEND)
        raise BadMedia(f"{name!r} is so damaged that reading it crashed the decoder.", _MEND)

    def _start(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise Unavailable("The studio is closing and takes no more media.", "Start it again.")
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._stop()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))}
        environment["CUDA_VISIBLE_DEVICES"] = ""
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "app.video.prober", str(self._timeout_s)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise Unavailable(f"The process that checks media cannot be started: {error}.", "Free some memory and try again.") from error
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _exchange(child: subprocess.Popen[bytes], request: Mapping[str, Any]) -> bytes:
    """Sends one line and waits for one; empty when the child died."""
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
        line = child.stdout.readline()
    except (BrokenPipeError, ConnectionResetError):
        return b""
    return line if line.endswith(b"\n") else b""


def serve(timeout_s: float) -> None:
    """The child's life: answer each line on stdin with one line on stdout, end when stdin closes.

    The kernel's parent-death signal is no use here: it follows the thread that started the child, which may be a
    short-lived one. The thread that reads stdin sees its end instead, also in the middle of a decode.
    """
    answers = _private_stdout()
    _limit_memory()
    lines = _Lines(sys.stdin.buffer)
    while True:
        request = json.loads(lines.next())
        if hasattr(signal, "alarm"):
            signal.alarm(int(timeout_s) * 2 + 1)  # ends a decoder that hangs holding the interpreter after the studio is gone
        answer = _answer(Path(request["path"]), request["kind"])
        if hasattr(signal, "alarm"):
            signal.alarm(0)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(path: Path, kind: str) -> dict[str, Any]:
    from app.video.probe_other import look

    try:
        return {"media": look(path, kind)}
    except BadInput as error:
        return error.as_dict()
    except MemoryError:
        return {"message": f"{path.name!r} asks for more memory than a video may need; it is probably damaged.", "remedy": _MEND}
    except Exception as error:
        return {"message": f"{path.name!r} is damaged and cannot be read ({type(error).__name__}).", "remedy": _MEND}


class _Lines:
    """Lines of stdin, read ahead by a thread that ends the process the moment the other side is gone."""

    def __init__(self, source: IO[bytes]) -> None:
        import queue

        self._queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._source = source
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> bytes:
        return self._queue.get()

    def _read(self) -> None:
        for line in self._source:
            self._queue.put(line)
        os._exit(0)


def _private_stdout() -> IO[bytes]:
    """Keeps the pipe for answers alone: what C libraries print goes to nowhere."""
    private = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return private


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on this platform
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    serve(float(sys.argv[1]))
