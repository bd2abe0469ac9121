"""Runs a server and ends it, with all its children, when the process that started this one is gone: `python -m backends.tether ARGV...`.

Standard input is the tether: the starter holds its other end, and however the starter ends, the kernel closes it. (The parent-death
signal of Linux would follow the starting thread, not the process.)
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

GRACE_S = 10.0


def main(argv: Sequence[str]) -> int:
    """The server's exit code; 0 when it was ended because the tether was cut."""
    server = subprocess.Popen(argv, stdin=subprocess.DEVNULL, start_new_session=True, cwd=os.path.abspath(os.sep))
    cut = threading.Event()

    def hold() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        cut.set()
        end(server)

    threading.Thread(target=hold, daemon=True).start()
    code = server.wait()
    end(server)
    return 0 if cut.is_set() else code


def end(server: subprocess.Popen[bytes], grace_s: float = GRACE_S) -> None:
    """Asks the server's whole group to stop, then stops it."""
    _signal(server, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(timeout=grace_s)
    _signal(server, signal.SIGKILL)


def _signal(server: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(server.pid, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
