"""One end of the JSON-lines pipe between the studio and a worker."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import IO, Any

Message = dict[str, Any]


class Pipe:
    """Whole messages only: writes are serialised, a broken pipe reads as its end."""

    def __init__(self, reader: IO[bytes], writer: IO[bytes]) -> None:
        self._reader, self._writer = reader, writer
        self._lock = threading.Lock()

    def send(self, message: Message) -> bool:
        """Writes one message; False when the other side is gone."""
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        try:
            with self._lock:
                self._writer.write(line)
                self._writer.flush()
        except (OSError, ValueError):
            return False
        return True

    def __iter__(self) -> Iterator[Message]:
        try:
            for line in self._reader:
                if not line.endswith(b"\n"):
                    return  # the sender died in mid-message
                yield json.loads(line)
        except (OSError, ValueError):
            return

    def close(self) -> None:
        """Closes both directions."""
        for stream in (self._writer, self._reader):
            try:
                stream.close()
            except OSError:
                continue
