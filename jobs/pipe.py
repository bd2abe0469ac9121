"""One end of the JSON-lines pipe between the studio and a worker."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from typing import IO, Any

Message = dict[str, Any]


class Pipe:
    """Whole messages only: writes are serialised, a broken pipe reads as its end.

    With ``plain_text``, half characters (Python's stand-ins for bytes of a file name that are no text) leave as "?",
    and numbers that are none (NaN, infinity) as null: the store, and JSON in a browser, know no such things.
    """

    def __init__(self, reader: IO[bytes], writer: IO[bytes], *, plain_text: bool = False) -> None:
        self._reader, self._writer, self._plain_text = reader, writer, plain_text
        self._lock = threading.Lock()

    def send(self, message: Message) -> bool:
        """Writes one message; False when the other side is gone."""
        line = self._encode(message) + b"\n"
        try:
            with self._lock:
                self._writer.write(line)
                self._writer.flush()
        except (OSError, ValueError):
            return False
        return True

    def _encode(self, message: Message) -> bytes:
        if not self._plain_text:
            return json.dumps(message, separators=(",", ":")).encode()
        try:
            text = json.dumps(message, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        except ValueError:
            text = json.dumps(_finite(message), separators=(",", ":"), ensure_ascii=False)
        return text.encode(errors="replace")

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


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
