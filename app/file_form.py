"""One file with a few fields as multipart/form-data (RFC 7578), streamed: what commands send to a running studio."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PIECE = 1 << 20


def _boundary() -> str:
    return f"studio-{secrets.token_hex(16)}"


@dataclass(frozen=True)
class FileForm:
    """The file goes into the field ``file``; nothing of it is held in memory."""

    path: Path
    fields: Mapping[str, str] = field(default_factory=dict)
    boundary: str = field(default_factory=_boundary)

    def headers(self) -> dict[str, str]:
        """Content-Type and Content-Length."""
        length = len(self._head()) + self.path.stat().st_size + len(self._tail())
        return {"content-type": f"multipart/form-data; boundary={self.boundary}", "content-length": str(length)}

    def pieces(self) -> Iterator[bytes]:
        """The body."""
        yield self._head()
        with self.path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
        yield self._tail()

    def _head(self) -> bytes:
        text = "".join(f'--{self.boundary}\r\ncontent-disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in self.fields.items())
        name = self.path.name.replace("\\", "_").replace('"', "_")
        disposition = f'content-disposition: form-data; name="file"; filename="{name}"'
        return f"{text}--{self.boundary}\r\n{disposition}\r\ncontent-type: application/octet-stream\r\n\r\n".encode("utf-8", "replace")

    def _tail(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()
